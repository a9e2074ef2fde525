"""Open this for what a driver's text means: text to Verdict, offer code and reason. Pure.

Nothing is guessed: a text is read only when every word of it is known, else it is UNCLEAR.
A driver is understood in their language and in English.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from core.domain import DEFAULT_LANGUAGE, Verdict, language_of
from core.policy_forms import parse_duration
from core.reply_words import VERDICT_WORDS
from core.reply_words.lexicon import APOSTROPHES, Lexicon, lexicon_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

__all__ = ["VERDICT_WORDS", "Reading", "read_reply"]

LOWEST_CODE = 30  # so that "YES 17" cannot mean a clock
HIGHEST_CODE = 9999
CODED_VERDICTS = frozenset({Verdict.YES, Verdict.NO, Verdict.DROP})
_EMOJI_MODIFIERS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_BETWEEN_PHRASES = re.compile(r"\s*,\s*|\s*[\r\n]\s*")
_NUMBER_BESIDE_WORD = re.compile(r"(?<=[0-9])(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means; `code` names an offer, `duration` belongs to OFF."""

    verdict: Verdict
    code: int | None = None
    reason: str | None = None
    duration: timedelta | None = None


SHORT = 12  # characters of a reply that is most likely a word or a code that many send
UNCLEAR = Reading(Verdict.UNCLEAR)


def read_reply(text: str, language: str = "en", *, reasons: bool = False) -> Reading:
    """Read a reply; with `reasons`, as in mail, NO may be followed by why.

    An unknown language is read as English. A reason is never taken from a text that asks
    something, says YES too, or continues NO into something else ("no problem").
    """
    return (_read_short if len(text) <= SHORT else _read)(text, language, reasons)


def _read(text: str, language: str, reasons: bool) -> Reading:
    words = lexicon_of(language_of(language) or DEFAULT_LANGUAGE)
    plain = _plain(text)
    reading = _read_words(_tokens(plain, words), words)
    if reasons and reading == UNCLEAR:
        return _read_refusal(text, plain, words)
    return reading


# The few words that most replies are, are read once: that was 6 % of a YES in process, by cProfile.
_read_short = lru_cache(maxsize=1_000)(_read)


def _plain(text: str) -> str:
    """Fold case, width and apostrophes; drop emoji modifiers and one final `.` or `!`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = APOSTROPHES.sub("'", _EMOJI_MODIFIERS.sub("", folded)).strip()
    return plain[:-1].rstrip() if plain.endswith((".", "!")) else plain


def _tokens(plain: str, words: Lexicon) -> list[str]:
    """Split at spaces, single commas and line ends, and join the known expressions.

    None reaches over a comma: "nie mogę" is "I can't", "nie, mogę" is "no, I can".
    """
    spaced = words.symbols.sub(r" \g<0> ", plain).strip()
    return [
        token
        for phrase in _BETWEEN_PHRASES.split(spaced)
        for token in _expressions(phrase.split() or [""], words)
    ]


def _expressions(said: Sequence[str], words: Lexicon) -> Iterable[str]:
    start = 0
    while start < len(said):
        ends = range(min(len(said), start + words.longest), start + 1, -1)
        spans = (" ".join(said[start:end]) for end in ends)
        known = (span for span in spans if span in words.verdict_of or span in words.polite)
        token = next(known, said[start])
        yield token
        start += token.count(" ") + 1


def _read_words(tokens: Sequence[str], words: Lexicon) -> Reading:
    meant = [token for token in tokens if token not in words.polite]
    if meant and words.verdict_of.get(meant[0]) is Verdict.OFF and len(meant) > 1:
        return _read_off_duration(" ".join(meant[1:]), words)
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


def _number_apart(token: str, words: Lexicon) -> list[str]:
    """Split `34y` and `y34`, not an expression of two words."""
    return [token] if token in words.verdict_of else _NUMBER_BESIDE_WORD.sub(" ", token).split(" ")


def _code(numbers: Sequence[str]) -> int | None:
    """Return the one offer code, written plainly; None for anything else."""
    if len(numbers) != 1 or not re.fullmatch(r"[1-9][0-9]{1,3}", numbers[0]):
        return None
    code = int(numbers[0])
    return code if LOWEST_CODE <= code <= HIGHEST_CODE else None


def _read_off_duration(text: str, words: Lexicon) -> Reading:
    text = words.hours.sub("h", text) if words.hours else text
    text = words.minutes.sub("m", text) if words.minutes else text
    try:
        duration = parse_duration(text)
    except ValueError:
        return UNCLEAR
    return Reading(Verdict.OFF, duration=duration) if duration else UNCLEAR


def _read_refusal(text: str, plain: str, words: Lexicon) -> Reading:
    """Read `NO reason` and `34 NO reason`, keeping the reason as it was written."""
    if "?" in plain or words.says_yes.search(plain) or words.not_refusal.search(plain):
        return UNCLEAR
    written = APOSTROPHES.sub("'", unicodedata.normalize("NFC", text)).strip()
    found = words.refusal.fullmatch(written)
    if found is None:
        return UNCLEAR
    code = _code([found["code"]]) if found["code"] else None
    if found["code"] and code is None:
        return UNCLEAR
    return Reading(Verdict.NO, code, reason=" ".join(found["reason"].split()))
