"""Open this for what commands such as `/off 2h` mean: drivers' words, a link, a job. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_WORDS: Mapping[str, str] = {
    "start": "START",
    "on": "ON",
    "off": "OFF",
    "jobs": "STATUS",
    "status": "STATUS",
    "help": "HELP",
    "stop": "STOP",
}


@dataclass(frozen=True, slots=True)
class Invited:
    """/start with the one-use token of an invitation."""

    token: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """/new with what describes the job."""

    text: str


def command_in(text: str) -> str | Invited | NewJob | None:
    """Return the words that a command stands for; None for a text that is no command.

    A command that does not exist asks for help.
    """
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, rest = found[1].lower(), (found[2] or "").strip()
    if name == "start" and _TOKEN.fullmatch(rest):
        return Invited(rest)
    if name == "new":
        return NewJob(rest)
    if name in ("off", "status") and rest:
        return f"{_WORDS[name]} {rest}"
    return _WORDS.get(name, "HELP")
