"""Open this for how texts are taken apart into words that compare alike in five languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\s,;()]+|[,;()]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_APOSTROPHES = str.maketrans(dict.fromkeys("'`\u2019\u02bc", None))
_LETTERS = str.maketrans({"ł": "l", "ø": "o"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written and as compared; a comma or bracket is a word of its own."""

    text: str
    folded: str


def clean(text: str) -> str:
    """Return text in normal form, without what cannot be seen; lines stay lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", lines)).replace("\xa0", " ")


def fold(text: str) -> str:
    """Return text without case, accents, apostrophes and kinds of dashes."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return bare.translate(_APOSTROPHES).translate(_DASHES)


def words_of(text: str) -> list[Word]:
    """Return the words of a text; a full stop or mark after a word does not belong to it."""
    return [Word(token, _bare(fold(token))) for token in _TOKEN.findall(text)]


def _bare(token: str) -> str:
    return token.rstrip(".!?:") or token
