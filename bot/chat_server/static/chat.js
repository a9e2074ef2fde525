"use strict";
// One column per person. Texts become text nodes only: nothing that was written is ever markup.

const STYLES = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code",
  blockquote: "q", text_link: "a", bot_command: "b" };
const columns = new Map();
const seenPopups = new Map();

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function act(action, wanted) {
  const answer = await fetch(`/act/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wanted),
  });
  trouble(answer.ok ? "" : (await answer.json()).error);
}

function trouble(text) {
  const place = document.getElementById("trouble");
  place.hidden = !text;
  place.textContent = text;
}

function formatted(text, entities) {
  // JavaScript counts in UTF-16 units, as the offsets do. Inner entities come after outer ones.
  const edges = [...new Set([0, text.length, ...entities.flatMap((e) => [e.offset, e.offset + e.length])])];
  edges.sort((a, b) => a - b);
  const words = element("p");
  for (let n = 0; n + 1 < edges.length; n += 1) {
    let node = document.createTextNode(text.slice(edges[n], edges[n + 1]));
    for (const entity of entities) {
      if (entity.offset > edges[n] || entity.offset + entity.length < edges[n + 1]) continue;
      const wrapped = element(STYLES[entity.type] || "span", entity.type === "spoiler" ? "spoiler" : "");
      if (entity.type === "text_link" && /^https?:/.test(entity.url)) {
        wrapped.href = entity.url;
        wrapped.target = "_blank";
        wrapped.rel = "noreferrer noopener";
      }
      wrapped.append(node);
      node = wrapped;
    }
    words.append(node);
  }
  return words;
}

function button(person, message, facts) {
  if (facts.url) {
    const link = element("a", "button", facts.text);
    if (/^https?:/.test(facts.url)) link.href = facts.url;
    link.target = "_blank";
    link.rel = "noreferrer noopener";
    return link;
  }
  const waits = person.waiting.includes(message.id) ? "waits" : "";
  const made = element("button", waits, facts.text);
  made.type = "button";
  made.addEventListener("click", () =>
    act("press", { person: person.id, message: message.id, data: facts.callback_data }));
  return made;
}

function bubble(person, message) {
  const made = element("div", message.bot ? "message" : "message own");
  if (message.reply_to) made.append(element("p", "quoted", message.reply_to));
  if (message.contact) made.append(element("p", "", `contact: +${message.contact}`));
  if (message.photo) made.append(element("p", "", "[photo]"));
  if (message.text) made.append(formatted(message.text, message.entities));
  const at = new Date(message.at * 1000).toLocaleTimeString();
  made.append(element("small", "", message.edited ? `${at}, edited` : at));
  for (const row of message.buttons) {
    const line = element("div", "row");
    line.append(...row.map((facts) => button(person, message, facts)));
    made.append(line);
  }
  return made;
}

function column(person) {
  const made = element("section", "phone");
  const talk = element("div", "talk");
  const form = element("form");
  const input = element("input");
  input.setAttribute("aria-label", `Write as ${person.name}`);
  input.placeholder = "Message";
  const send = element("button", "", "Send");
  form.append(input, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) act("write", { person: person.id, text: input.value });
    input.value = "";
  });
  const extras = element("div", "extras");
  for (const [label, action] of [["/start", "start"], ["Photo", "photo"], ["Share contact", "share"]]) {
    const extra = element("button", "", label);
    extra.type = "button";
    extra.addEventListener("click", () => act(action, { person: person.id }));
    extras.append(extra);
  }
  const block = element("button", "", "Block");
  block.type = "button";
  block.addEventListener("click", () =>
    act(block.textContent === "Block" ? "block" : "unblock", { person: person.id }));
  extras.append(block);
  const title = element("h2", "", person.name);
  if (person.phone) title.append(element("small", "", ` ${person.phone}`));
  made.append(title, talk, element("div", "row"), form, extras);
  document.getElementById("people").append(made);
  return { talk, keyboard: made.children[2], block, shown: "" };
}

function popup(person, place) {
  const before = seenPopups.get(person.id) ?? 0;
  seenPopups.set(person.id, person.popups.length);
  for (const said of person.popups.slice(before)) {
    const made = element("div", "popup", said.text);
    place.talk.after(made);
    setTimeout(() => made.remove(), said.alert ? 8000 : 4000);
  }
}

function show(state) {
  for (const person of state.people) {
    if (!columns.has(person.id)) {
      columns.set(person.id, column(person));
      seenPopups.set(person.id, person.popups.length);
    }
    const place = columns.get(person.id);
    place.block.textContent = person.blocked ? "Unblock" : "Block";
    const now = JSON.stringify([person.messages, person.waiting, person.keyboard]);
    if (now !== place.shown) {
      place.shown = now;
      place.talk.replaceChildren(...person.messages.map((message) => bubble(person, message)));
      place.talk.scrollTop = place.talk.scrollHeight;
      place.keyboard.replaceChildren(...person.keyboard.flat().map((label) => {
        const made = element("button", "", label);
        made.type = "button";
        made.addEventListener("click", () => act("press", { person: person.id, label }));
        return made;
      }));
    }
    popup(person, place);
  }
}

async function follow() {
  let after = "";
  for (;;) {
    try {
      const answer = await fetch(`/chats${after}`);
      const state = await answer.json();
      show(state);
      after = `?after=${state.changes}`;
      trouble("");
    } catch {
      trouble("The demonstration has ended, or is not reached.");
      after = "";
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

follow();
