"""Open this for what a driver's text means: text to Verdict, offer code and reason. Pure.

Nothing is guessed: a text is read only when every word of it is known, else it is UNCLEAR.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from core.domain import Verdict
from core.policy_forms import parse_duration
from core.reply_words import VERDICT_WORDS, WORDS, Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

__all__ = ["VERDICT_WORDS", "Reading", "read_reply"]

LOWEST_CODE = 30  # so that "YES 17" cannot mean a clock
HIGHEST_CODE = 9999
CODED_VERDICTS = frozenset({Verdict.YES, Verdict.NO, Verdict.DROP})
_EMOJI_MODIFIERS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_APOSTROPHES = re.compile("[\u2019\u2018\u02bc`]")
_BETWEEN_WORDS = re.compile(r"\s*,\s*|\s+")
_NUMBER_BESIDE_WORD = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means; `code` names an offer, `duration` belongs to OFF."""

    verdict: Verdict
    code: int | None = None
    reason: str | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """One language's words, ready to match."""

    verdict_of: dict[str, Verdict]
    polite: frozenset[str]
    pairs: frozenset[str]  # the known expressions of two words
    symbols: re.Pattern[str]  # emoji, which people write without spaces
    refusal: re.Pattern[str]
    not_a_refusal: re.Pattern[str]


UNCLEAR = Reading(Verdict.UNCLEAR)


def read_reply(text: str, language: str = "en", *, reasons: bool = False) -> Reading:
    """Read a reply; with `reasons`, as in mail, NO may be followed by why.

    An unknown language is read as English. A reason is never taken from a text that asks
    something, says YES too, or continues NO into something else ("no problem").
    """
    words = _lexicon(language if language in WORDS else "en")
    plain = _plain(text)
    reading = _read_words(_tokens(plain, words), words)
    if reasons and reading == UNCLEAR:
        return _read_refusal(text, plain, words)
    return reading


def _plain(text: str) -> str:
    """Fold case, width and apostrophes; drop emoji modifiers and one final `.` or `!`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = _APOSTROPHES.sub("'", _EMOJI_MODIFIERS.sub("", folded)).strip()
    return plain[:-1].rstrip() if plain.endswith((".", "!")) else plain


def _tokens(plain: str, words: _Lexicon) -> list[str]:
    """Split at spaces and single commas, and join the known expressions of two words."""
    spaced = words.symbols.sub(r" \g<0> ", plain).strip()
    tokens: list[str] = []
    for token in _BETWEEN_WORDS.split(spaced):
        if tokens and f"{tokens[-1]} {token}" in words.pairs:
            tokens[-1] = f"{tokens[-1]} {token}"
        else:
            tokens.append(token)
    return tokens


def _read_words(tokens: Sequence[str], words: _Lexicon) -> Reading:
    meant = [token for token in tokens if token not in words.polite]
    if meant and words.verdict_of.get(meant[0]) is Verdict.OFF and len(meant) > 1:
        return _read_off_duration(" ".join(meant[1:]))
    parts = [part for token in meant for part in _number_apart(token, words)]
    numbers = [part for part in parts if part.isdecimal()]
    verdicts = {words.verdict_of.get(part) for part in parts if part not in numbers}
    verdict = verdicts.pop() if len(verdicts) == 1 else None
    if verdict is None:
        return UNCLEAR
    if not numbers:
        return Reading(verdict)
    code = _code(numbers)
    return Reading(verdict, code) if code and verdict in CODED_VERDICTS else UNCLEAR


def _number_apart(token: str, words: _Lexicon) -> list[str]:
    """Split `34y` and `y34`, not an expression of two words."""
    return [token] if token in words.verdict_of else _NUMBER_BESIDE_WORD.sub(" ", token).split(" ")


def _code(numbers: Sequence[str]) -> int | None:
    """Return the one offer code, written plainly; None for anything else."""
    if len(numbers) != 1 or not re.fullmatch(r"[1-9][0-9]{1,3}", numbers[0]):
        return None
    code = int(numbers[0])
    return code if LOWEST_CODE <= code <= HIGHEST_CODE else None


def _read_off_duration(text: str) -> Reading:
    try:
        duration = parse_duration(text)
    except ValueError:
        return UNCLEAR
    return Reading(Verdict.OFF, duration=duration) if duration else UNCLEAR


def _read_refusal(text: str, plain: str, words: _Lexicon) -> Reading:
    """Read `NO reason` and `34 NO reason`, keeping the reason as it was written."""
    said = re.findall(r"\w+|[^\w\s]", plain)
    says_yes = any(words.verdict_of.get(word) is Verdict.YES for word in said)
    if says_yes or "?" in plain or words.not_a_refusal.search(plain):
        return UNCLEAR
    found = words.refusal.fullmatch(_APOSTROPHES.sub("'", text).strip())
    if found is None:
        return UNCLEAR
    code = _code([found["code"]]) if found["code"] else None
    if found["code"] and code is None:
        return UNCLEAR
    return Reading(Verdict.NO, code, reason=" ".join(found["reason"].split()))


@cache
def _lexicon(language: str) -> _Lexicon:
    words: Words = WORDS[language]
    verdict_of = {word: verdict for verdict, said in words.verdicts.items() for word in said}
    known = {*verdict_of, *words.polite}
    symbols = [re.escape(word) for word in known if len(word) == 1 and not word.isalnum()]
    refusing = "|".join(map(re.escape, words.reason_after))
    turning = "|".join(map(re.escape, words.not_a_no))
    return _Lexicon(
        verdict_of=verdict_of,
        polite=frozenset(words.polite),
        pairs=frozenset(expression for expression in known if " " in expression),
        symbols=re.compile(f"[{''.join(symbols)}]"),
        # a number after NO could be a code or part of the reason: left to a person
        refusal=re.compile(
            rf"(?:(?P<code>[0-9]+)\s+)?(?:{refusing})"
            r"(?:\s*[,:]\s*|\s+[-\u2013\u2014]\s*|[-\u2013\u2014]\s+|\s+)(?P<reason>[^\W\d].*)",
            re.IGNORECASE | re.DOTALL,
        ),
        not_a_refusal=re.compile(rf"\b(?:{refusing})\s+(?:{turning})\b"),
    )
