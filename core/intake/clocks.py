"""Open this for which words name a time of day: `1430`, `2.30pm`, `14h30`, `2-4pm`, `noon`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from core.intake.dates import DateProblem, read_clock
from core.intake.day_words import (
    AFTERNOON_WORDS,
    AT_WORDS,
    BETWEEN_WORDS,
    FORENOON_WORDS,
    HOUR_WORDS,
    MIDNIGHT_WORDS,
    NOON_WORDS,
    OF_THE_CLOCK,
    UNTIL_WORDS,
)
from core.intake.wording import Word

_CLOCK = re.compile(
    r"([0-9]{1,2})(?:([:.h])([0-9]{2})(?::[0-9]{2})?)?(am|pm|a\.m|p\.m|hrs?|h|uhr)?"
)
_FOUR = re.compile(r"([0-9]{2})([0-9]{2})(hrs?|h|uhr)?")
_HOUR = re.compile(r"[0-9]{1,2}")
_BARE_HOUR_ENDS = HOUR_WORDS - {"hr", "hrs", "hour", "hours"}  # "2 hrs" may be a length of time


@dataclass(frozen=True, slots=True)
class ClockFound:
    """So many words that name a time, or why the time that they name cannot be used."""

    length: int
    clock: time | None = None
    problem: str | None = None
    warning: str | None = None


def clock_at(words: Sequence[Word], at: int, *, firmly: bool) -> ClockFound | None:
    """Return the time that is named from word `at` on; `firmly` where only a time can stand."""
    return _span_at(words, at, firmly=firmly) or _single_at(words, at, firmly=firmly)


def _single_at(words: Sequence[Word], at: int, *, firmly: bool) -> ClockFound | None:
    word = words[at]
    after = words[at + 1].folded if at + 1 < len(words) else ""
    if word.folded in NOON_WORDS:
        return ClockFound(1, time(12))
    if word.folded == "12" and after in NOON_WORDS:
        return ClockFound(2, time(12))
    if word.folded in MIDNIGHT_WORDS:
        return _read("midnight", 1)
    if found := _FOUR.fullmatch(word.folded):
        ended = after in HOUR_WORDS
        certain = firmly or bool(found[3]) or ended
        return _read(f"{found[1]}:{found[2]}", 1 + ended) if certain else None
    found = _CLOCK.fullmatch(word.folded)
    return _of_parts(words, at, found, after, firmly=firmly) if found else None


def _of_parts(
    words: Sequence[Word], at: int, found: re.Match[str], after: str, *, firmly: bool
) -> ClockFound | None:
    hour, between, minute, end = found.groups()
    half = _half_of(end or "") or ("" if end else _half_of(after))
    length = 1 + (not end and (bool(half) or after in HOUR_WORDS))
    if half:
        return _read(f"{hour}{f':{minute}' if minute else ''}{half}", length)
    if minute:
        certain = firmly or between != "." or bool(end) or length == 2
        night = hour in {"1", "2", "3", "4", "5"} and between != "h" and not end and length == 1
        return _read(f"{hour}:{minute}", length, at_night=night) if certain else None
    if end in {"h", "uhr"} or (not end and after in _BARE_HOUR_ENDS):
        return _read(f"{hour}:00", length)
    asked_for = at > 0 and words[at - 1].folded in AT_WORDS
    if end is None and asked_for and int(hour) > 12:
        return _read(f"{hour}:00", length)
    if end is None and (after == OF_THE_CLOCK or asked_for):
        why = f"the time '{hour}' may be morning or afternoon: write it like 14:30 or 2.30pm"
        return ClockFound(1 + (after == OF_THE_CLOCK), problem=why)
    return None


def _half_of(end: str) -> str:
    if end in FORENOON_WORDS:
        return "am"
    return "pm" if end in AFTERNOON_WORDS else ""


def _read(text: str, length: int, *, at_night: bool = False) -> ClockFound:
    try:
        clock = read_clock(text)
    except DateProblem as problem:
        return ClockFound(length, problem=str(problem))
    warning = f"the time {text} is read as {clock:%H:%M}, at night" if at_night else None
    return ClockFound(length, clock, warning=warning)


def _span_at(words: Sequence[Word], at: int, *, firmly: bool) -> ClockFound | None:
    """Read `2-4pm`, `14:00 to 16:00`, `between 2 and 4pm`: the beginning counts."""
    begin = at
    between = words[at].folded in BETWEEN_WORDS
    at += between
    if at >= len(words):
        return None
    first, _, last = words[at].folded.partition("-")
    if last:
        apart = [Word(first, first), Word("-", "-"), Word(last, last), *words[at + 1 : at + 2]]
        span = _span_of(apart, firmly=firmly or between)
        return _counted(span, words, begin, at - begin - 2) if span else None
    span = _span_of(words[at : at + 5], firmly=firmly or between)
    return _counted(span, words, begin, at - begin) if span else None


def _counted(span: ClockFound, words: Sequence[Word], begin: int, more: int) -> ClockFound:
    length = span.length + more
    if span.clock is None:
        return ClockFound(length, problem=span.problem)
    said = " ".join(word.text for word in words[begin : begin + length])
    why = f"{said!r} is a span of time: its beginning, {span.clock:%H:%M}, counts"
    return ClockFound(length, span.clock, warning=why)


def _span_of(words: Sequence[Word], *, firmly: bool) -> ClockFound | None:
    """Return the beginning of a span, with the length of the whole."""
    first = _single_at(words, 0, firmly=firmly)
    length = first.length if first else 1
    if len(words) < length + 2 or words[length].folded not in UNTIL_WORDS:
        return None
    last = _single_at(words, length + 1, firmly=firmly)
    if last is None:
        ends_bare = first is not None and firmly and _HOUR.fullmatch(words[length + 1].folded)
        return ClockFound(length + 2, first.clock, first.problem) if first and ends_bare else None
    whole = length + 1 + last.length
    if first is not None:
        return ClockFound(whole, first.clock, first.problem or last.problem)
    hour = _HOUR.fullmatch(words[0].folded)
    if hour is None or last.clock is None:
        return None
    return _same_half(int(hour[0]), last.clock, whole)


def _same_half(hour: int, last: time, length: int) -> ClockFound | None:
    """Give the first hour of `2-4pm` or `11-1pm` the half of the day that makes it the earlier."""
    if not 1 <= hour <= 12:
        return ClockFound(length, time(hour)) if hour < last.hour else None
    halves = (hour % 12, hour % 12 + 12)
    earlier = [half for half in halves if half < last.hour or (half == last.hour and last.minute)]
    if not earlier:
        return None
    return ClockFound(length, time(max(earlier)))
