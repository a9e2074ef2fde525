// Renews the desk when something happened: the server renders, this swaps what it rendered.
(() => {
  const QUIET = 400; // ms: a burst of events is one look
  let source = null;
  let waiting = null;
  let looking = false;

  const say = (words) => {
    document.getElementById("liveness").textContent = words;
  };

  const look = async () => {
    waiting = null;
    if (looking) return soon();
    looking = true;
    try {
      const answer = await fetch("/desk", { headers: { Accept: "text/html" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      const shown = document.getElementById("live");
      if (fresh && !shown.contains(document.activeElement)) shown.replaceWith(fresh);
      else if (fresh) soon(); // somebody is about to press a button there: it stays in its place
    } catch {
      say("No connection: what is shown may be old.");
    } finally {
      looking = false;
    }
  };

  const soon = () => {
    waiting = waiting || setTimeout(look, QUIET);
  };

  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource(document.getElementById("live").dataset.stream);
    source.onopen = soon; // what happened before the stream was open
    source.onmessage = soon;
    source.onerror = () => say("No connection: what is shown may be old.");
  };

  const rest = () => {
    if (source) source.close();
    source = null;
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
})();
