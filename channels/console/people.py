"""Open this for whom a typed line means. What it knows of people, it saw in what was sent."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"[\s().-]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")

HOW_TO_ANSWER = "Write who answers and what they say, like this:  Driver One: YES"


class NotUnderstood(Exception):
    """The line cannot be used; says in one sentence what to type instead."""


class People:
    """Names and handles of those who were written to since the start."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {}  # folded name -> handle -> name as written
        self._handles: dict[str, str] = {}  # folded handle -> handle

    def meet(self, name: str, handle: str) -> None:
        """Remember whom a message went to."""
        self._names.setdefault(_folded(name), {})[handle] = name
        self._handles[_folded(handle)] = handle

    def read_line(self, line: str) -> tuple[str, str]:
        """Return handle and text of `Driver One: YES` or `+44 7700 900001: YES`.

        Raises NotUnderstood.
        """
        who, colon, text = (part.strip() for part in line.partition(":"))
        if not (who and colon and text):
            raise NotUnderstood(HOW_TO_ANSWER)
        return self._handle_of(who), text

    def _handle_of(self, who: str) -> str:
        named = self._names.get(_folded(who), {})
        if len(named) > 1:
            raise NotUnderstood(f"{len(named)} people are called {who}: type {' or '.join(named)}")
        if named:
            return next(iter(named))
        joined = _PUNCTUATION.sub("", who)
        known = self._handles.get(_folded(who)) or self._handles.get(_folded(joined))
        if known is not None:
            return known
        if _PHONE.fullmatch(joined):
            return joined
        if _MAIL.fullmatch(who):
            return who
        raise NotUnderstood(f"Nobody called {who} was written to. {self._whom()}")

    def _whom(self) -> str:
        names = sorted({name for named in self._names.values() for name in named.values()})
        if not names:
            return "Type their full number, such as +447700900001: YES"
        return f"Known here: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
