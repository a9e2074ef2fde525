"""Open this for the HTML form of a mail: the same words, facts set off, links as buttons.

A fact stands on one line with its label, and a button's label is a phrase: whatever a mail
program makes of them when it quotes, no line of it reads as an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from channels.email.sending.phrases import phrases_of
from channels.email.sending.threads import subject_of
from core.channel import Outgoing
from core.domain import DEFAULT_LANGUAGE, MessageKind, language_of

_FOLDER = Path(__file__).parents[1] / "templates"
_FACT = re.compile(r"(?P<label>[^\W\d_][^:\n]{0,29}):\s+(?P<value>\S.*)")
_ANSWERED_BY_BUTTON = (MessageKind.OFFER, MessageKind.REMINDER, MessageKind.CHANGED)
_LINKS = ("approve_url", "url")
_LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class Button:
    """A link to press; a mailto: link opens the answer, ready to be sent."""

    label: str
    href: str
    weighty: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines of one sort: facts beside their labels, plain lines, or a button."""

    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    button: Button | None = None


def page(message: Outgoing, text: str, answers_to: str | None) -> str:
    """Return the whole HTML document; every word in it is escaped."""
    heading = None if subject_of(message) != message.subject else message.subject.strip()
    return _template().render(
        language=language_of(message.language) or DEFAULT_LANGUAGE,
        heading=heading,
        blocks=tuple(blocks_of(text, message.facts)),
        answers=_answer_buttons(message, answers_to),
    )


def blocks_of(text: str, facts: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the text in its order, cut where the sort of line changes."""
    links = [str(facts[name]) for name in _LINKS if facts.get(name)]
    for paragraph in re.split(r"\n{2,}", text.strip()):
        said: list[str] = []
        shown: list[tuple[str, str]] = []
        depth = 0
        for indented in paragraph.split("\n"):
            line = indented.strip()
            depth, above = len(indented) - len(indented.lstrip()), depth
            button = _button(line, links)
            fact = None if button else _FACT.fullmatch(line)
            if said and (button or fact):
                yield Block(lines=tuple(said))
                said = []
            if shown and (not fact or depth != above):
                yield Block(facts=tuple(shown))
                shown = []
            if button:
                yield Block(button=button)
            elif fact:
                shown.append((fact["label"], fact["value"]))
            elif line.strip():
                said.append(line)
        if said or shown:
            yield Block(lines=tuple(said), facts=tuple(shown))


def _button(line: str, links: list[str]) -> Button | None:
    """Return the link of a line `label: link`, or of a line that is nothing but a link."""
    for link in links:
        label, found, rest = line.partition(link)
        if found and not rest.strip() and link.startswith(("https://", "http://")):
            return Button(label.strip().rstrip(":").strip() or link, link)
    return None


def _answer_buttons(message: Outgoing, answers_to: str | None) -> tuple[Button, ...]:
    if answers_to is None or message.kind not in _ANSWERED_BY_BUTTON:
        return ()
    phrases = phrases_of(message.language)
    plain = " ".join(message.subject.encode("utf-8", "replace").decode().split())
    subject = quote(f"Re: {plain[:_LONGEST_SUBJECT]}", safe="")
    start = f"mailto:{quote(answers_to, safe='@')}?subject={subject}&body="
    return (
        Button(phrases.yes_label, start + quote(phrases.yes)),
        Button(phrases.no_label, start + quote(phrases.no), weighty=False),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("mail.html")
