"""Open this for how a reply's text becomes plain lines, and which of them its writer wrote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from channels.email.replying import marks

LONGEST = 200_000  # characters of a text that are looked at
SHORTEST_WRAP = 64  # columns: nobody's mail program breaks lines earlier
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_JOINER = "\u200d"
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")


def plain_lines(text: str) -> list[str]:
    """Return the lines without what nobody sees; odd spaces become plain ones."""
    plain = _UNSEEN.sub(
        lambda found: _JOINER if found[0] == _JOINER else "",
        _BREAKS.sub("\n", unicodedata.normalize("NFC", text[:LONGEST])),
    )
    return [re.sub(r"\s+", " ", line).strip() for line in plain.split("\n")]


def own_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield what the writer wrote, above, between and below what is quoted with `>`.

    What is quoted without marks cannot be told from what stands below it, so nothing there counts.
    """
    at = 0
    before = ""
    while at < len(lines):
        line = lines[at]
        if line.startswith(marks.QUOTES):
            before = line
            at += 1
        elif before and _is_wrapped(before, line):
            before = f"{before[:1]}{line}"
            at += 1
        elif marks.ends_own_text(lines, at):
            return
        elif taken := marks.attribution_at(lines, at):
            at = _next_said(lines, at + taken)
            if at < len(lines) and not lines[at].startswith(marks.QUOTES):
                return
        else:
            if line and not marks.is_machine_made(line):
                yield line
            before = ""
            at += 1


def _next_said(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _is_wrapped(quoted: str, line: str) -> bool:
    """Tell whether this is the end of a quoted line that was too long for some mail program."""
    word = line.split(" ", 1)[0]
    return bool(word) and len(quoted) + 1 + len(word) > SHORTEST_WRAP
