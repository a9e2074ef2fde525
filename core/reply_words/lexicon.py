"""Open this for how the words of a driver's language and of English are made ready to match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from core.domain import Verdict
from core.reply_words import Words, spoken_with

APOSTROPHES = re.compile("[\u2019\u2018\u02bc`]")
_SIGN = r"(?:\s*[,:\r\n]\s*|\s+[-\u2013\u2014]\s*|[-\u2013\u2014]\s+)"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words that one driver is understood by; of the patterns only `refusal` reads it all."""

    verdict_of: Mapping[str, Verdict]
    polite: frozenset[str]
    longest: int  # words in one expression
    symbols: re.Pattern[str]  # emoji, which people write without spaces
    says_yes: re.Pattern[str]
    refusal: re.Pattern[str]
    not_refusal: re.Pattern[str]
    hours: re.Pattern[str] | None
    minutes: re.Pattern[str] | None


@cache
def lexicon_of(language: str) -> Lexicon:
    """Return what a driver of a known language is understood by."""
    spoken = spoken_with(language)
    left_out = {word for words in spoken for word in words.not_english}
    verdict_of = {
        word: verdict
        for words in spoken
        for verdict, said in words.verdicts.items()
        for word in words.spellings(said)
        if word not in left_out
    }
    polite = frozenset(word for words in spoken for word in words.spellings(words.polite))
    known = {*verdict_of, *polite}
    symbols = "".join(re.escape(w) for w in known if len(w) == 1 and not w.isalnum())
    return Lexicon(
        verdict_of=verdict_of,
        polite=polite,
        longest=max(word.count(" ") + 1 for word in known),
        symbols=re.compile(f"[{symbols}]"),
        says_yes=_says_yes(w for w, verdict in verdict_of.items() if verdict is Verdict.YES),
        refusal=_refusal(spoken, left_out),
        not_refusal=_not_refusal(spoken, left_out),
        hours=_units(unit for words in spoken for unit in words.spellings(words.hours)),
        minutes=_units(unit for words in spoken for unit in words.spellings(words.minutes)),
    )


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for one of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _says_yes(agreeing: Iterable[str]) -> re.Pattern[str]:
    said = list(agreeing)
    words = _any_of(word for word in said if word[0].isalnum())
    signs = _any_of(word for word in said if not word[0].isalnum())
    return re.compile(rf"(?<!\w)(?<!\w')(?:{words})(?!\w)|{signs}")


def _refusal(spoken: Iterable[Words], left_out: set[str]) -> re.Pattern[str]:
    """Match `NO reason`; a number after NO could be a code or part of it: left to a person."""
    ways = "|".join(
        f"(?:{_any_of(_refusing(words, left_out))})"
        + (rf"(?:{_SIGN}|\s+)" if words.reason_after_space else _SIGN)
        for words in spoken
    )
    pattern = rf"(?:(?P<code>[0-9]+)\s+)?(?:{ways})(?P<reason>[^\W\d].*)"
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _not_refusal(spoken: tuple[Words, ...], left_out: set[str]) -> re.Pattern[str]:
    """Match what only looks like `NO reason`: "no problem", "nie, mogę", "nein, kein Problem"."""
    ways: list[str] = []
    turning = [t for words in spoken for t in words.spellings(words.not_a_no)]
    for words in spoken:
        refusing = _any_of(_refusing(words, left_out))
        if words.reason_after_space:
            ways.append(rf"\b(?:{refusing})\s+(?:{_any_of(turning)})\b")
        else:
            everything = _any_of(r for each in spoken for r in _refusing(each, left_out))
            own = _any_of(words.spellings(words.not_a_no))
            ways.append(rf"\b(?:{everything}){_SIGN}(?:{own})\b")
        if words.reassuring:
            ways.append(rf"\b(?:{_any_of(words.spellings(words.reassuring))})\b")
    return re.compile("|".join(ways))


def _refusing(words: Words, left_out: set[str]) -> list[str]:
    return [word for word in words.spellings(words.reason_after) if word not in left_out]


def _units(names: Iterable[str]) -> re.Pattern[str] | None:
    found = _any_of(names)
    return re.compile(rf"(?<=[0-9])\s*(?:{found})(?![^\W\d_])\.?") if found else None
