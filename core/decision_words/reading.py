"""Open this for what a coordinator's text asks for. Pure; nothing is guessed.

Only the first line counts and it must begin with a known word. What follows APPROVE can only be
a reference; what follows REJECT or CANCEL is a reference, a reason, or both: who holds the record
tells them apart. A question, a condition or a second decision in that line makes it unclear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from core.decision_words import spoken_with
from core.decision_words.shape import Asks
from core.domain.languages import DEFAULT_LANGUAGE, language_of

_REASONED = (Asks.REJECT, Asks.CANCEL)
_APOSTROPHES = re.compile("[\u2019\u2018\u02bc`]")
_SIGNS = " \t,:;-\u2013\u2014"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; `rest` is what stood after the word, as it was written."""

    asks: Asks
    rest: str = ""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    asks_of: Mapping[str, Asks]
    action: re.Pattern[str]
    polite: re.Pattern[str]
    doubtful: re.Pattern[str]


def read_decision(text: str, language: str | None) -> Asked | None:
    """Return what a coordinator of that language asks for; None when it is not plain."""
    words = _lexicon_of(language_of(language) or DEFAULT_LANGUAGE)
    line = _first_line(text)
    found = words.action.match(line)
    if found is None or "?" in line:
        return None
    rest = words.polite.sub("", line[found.end() :].strip(_SIGNS)).strip(_SIGNS)
    asks = words.asks_of[" ".join(found.group().casefold().split())]
    if words.doubtful.search(rest):
        return None
    if asks not in _REASONED and len(rest.split()) > 1:
        return None
    return Asked(asks, rest)


def _first_line(text: str) -> str:
    """Return the first line that says something, without its final `.` or `!`."""
    plain = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
    line = next((one.strip() for one in plain.splitlines() if one.strip()), "")
    return line[:-1].rstrip() if line.endswith((".", "!")) else line


@cache
def _lexicon_of(language: str) -> _Lexicon:
    spoken = spoken_with(language)
    asks_of = {
        word: asks for words in spoken for asks, said in words.actions.items() for word in said
    }
    polite = _any_of(word for words in spoken for word in words.polite)
    unsure = (word for words in spoken for word in words.not_a_reason)
    return _Lexicon(
        asks_of=asks_of,
        action=re.compile(rf"(?:{_any_of(asks_of)})(?![\w'&+]|-\w)", re.IGNORECASE),
        polite=re.compile(rf"(?:^|[\s,]+)(?:{polite})$", re.IGNORECASE),
        doubtful=_whole({*unsure, *asks_of}),
    )


def _whole(words: set[str]) -> re.Pattern[str]:
    """Match one of the words by itself, not as part of a reference such as STATUS-3."""
    return re.compile(rf"(?<![\w'-])(?:{_any_of(words)})(?![\w'-])", re.IGNORECASE)


def _any_of(words: Iterator[str] | Mapping[str, Asks] | set[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
