"""Open this for what the writer of a reply said: the first line of their own, and no other.

A quoted "YES" must never count. So what cannot be told from a quotation is left out, and where
the two forms of one mail disagree, the reading says both: that is no known word.
"""

from __future__ import annotations

import re
from itertools import islice

from channels.email.replying.html import text_of_html
from channels.email.replying.lines import own_lines, plain_lines
from channels.email.replying.signatures import LOOKED_AT, without_signature

LONGEST_ANSWER = 1_000
LONGEST_UNBROKEN = 60  # characters that no mail program breaks a line before
_UNSPOKEN = re.compile(r"[\s*_]+")  # how text shows what HTML shows as bold


def own_words(text: str | None, html: str | None) -> str:
    """Return the first own line of a mail; empty when its writer added nothing."""
    written = None if text is None or not text.strip() else _first_own_line(text)
    if html is None or not html.strip():
        return written or ""
    shown = _first_own_line(text_of_html(html))
    return shown if written is None else _agreed(written, shown)


def _first_own_line(text: str) -> str:
    said = without_signature(list(islice(own_lines(plain_lines(text)), LOOKED_AT)))
    return said[0][:LONGEST_ANSWER] if said else ""


def _agreed(written: str, shown: str) -> str:
    """Return what both forms say; one may break a long line that the other keeps whole."""
    if not written or not shown:
        return ""
    short, long = sorted((written, shown), key=len)
    plain_short, plain_long = (_UNSPOKEN.sub("", words.casefold()) for words in (short, long))
    if plain_short == plain_long:
        return shown
    if len(short) >= LONGEST_UNBROKEN and plain_long.startswith(plain_short):
        return long
    return f"{written} / {shown}"
