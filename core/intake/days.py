"""Open this for which words name a day: `30/01/27`, `Fri 29 Jan`, `tomorrow`, `next Tuesday`."""

from __future__ import annotations

import re
from calendar import day_name
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.intake.dates import FIRST_YEAR, LAST_YEAR, DateProblem, existing_day, read_day, shown
from core.intake.day_words import (
    DAYS_AHEAD,
    MONTH_NUMBERS,
    NEXT_WORDS,
    ORDINAL_ENDS,
    SHORT_WEEKDAY_NUMBERS,
    THIS_WORDS,
    WEEKDAY_NUMBERS,
)
from core.intake.wording import Word

LONGEST_WAIT = timedelta(days=335)  # a date without a year lies within eleven months

_FULL = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_YEAR = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_NO_YEAR_DOTS = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.")
_NUMBER = re.compile(r"([0-9]{1,2})(st|nd|rd|th)?")
_YEAR = re.compile(r"[0-9]{4}|[0-9]{2}")
_GLUED = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[-/.]?([^\W\d_]{3,12})\.?(?:[-/.]?([0-9]{4}|[0-9]{2}))?"
)


@dataclass(frozen=True, slots=True)
class DayFound:
    """So many words that name a day, or why the day that they name cannot be used."""

    length: int
    day: date | None = None
    problem: str | None = None


def day_at(words: Sequence[Word], at: int, today: date, *, firmly: bool) -> DayFound | None:
    """Return the day that is named from word `at` on; `firmly` where only a day can stand."""
    begin = at
    leaning = words[at].folded in NEXT_WORDS | THIS_WORDS
    if leaning:
        at += 1
    if at >= len(words):
        return None
    weekday = _weekday_at(words, at, today, firmly=firmly)
    if weekday is None:
        return None if leaning else _date_at(words, at, today, firmly=firmly)
    after = at + 1
    if after < len(words) and words[after].text in {",", "("}:
        after += 1
    named = _date_at(words, after, today, firmly=firmly) if after < len(words) else None
    if named is not None:
        length = after + named.length - begin
        length += after + named.length < len(words) and words[after + named.length].text == ")"
        return _agreeing(weekday, named, length)
    said = _written(words, begin, at + 1)
    return _coming(weekday, today, said, at + 1 - begin, next_one=words[begin].folded in NEXT_WORDS)


def _weekday_at(words: Sequence[Word], at: int, today: date, *, firmly: bool) -> int | None:
    name = words[at].folded
    if name in SHORT_WEEKDAY_NUMBERS and at + 1 < len(words):
        follows = _date_at(words, at + 1, today, firmly=firmly)
        return SHORT_WEEKDAY_NUMBERS[name] if follows else None
    return WEEKDAY_NUMBERS.get(name)


def _coming(weekday: int, today: date, said: str, length: int, *, next_one: bool) -> DayFound:
    ahead = (weekday - today.weekday()) % 7
    coming = today + timedelta(days=ahead or 7)
    if next_one:
        later = coming + timedelta(days=7)
        why = f"{said} may be {coming:%d/%m/%Y} or {later:%d/%m/%Y}: write the date"
        return DayFound(length, problem=why)
    if not ahead:
        why = f"{said} may be today or {coming:%d/%m/%Y}: write the date"
        return DayFound(length, problem=why)
    return DayFound(length, coming)


def _agreeing(weekday: int, named: DayFound, length: int) -> DayFound:
    if named.day is None or named.day.weekday() == weekday:
        return DayFound(length, named.day, named.problem)
    is_a = day_name[named.day.weekday()]
    why = f"{named.day:%d/%m/%Y} is a {is_a}, not a {day_name[weekday]}: say which is right"
    return DayFound(length, problem=why)


def _date_at(words: Sequence[Word], at: int, today: date, *, firmly: bool) -> DayFound | None:
    name = words[at].folded
    if name in DAYS_AHEAD:
        return DayFound(1, today + timedelta(days=DAYS_AHEAD[name]))
    if [word.folded for word in words[at : at + 3]] == ["day", "after", "tomorrow"]:
        return DayFound(3, today + timedelta(days=2))
    if found := _FULL.fullmatch(name):
        day, month, year = found[1], found[3], found[4]
        return _read(f"{day}/{month}/{year if len(year) == 4 else f'20{year}'}", 1)
    if _ISO.fullmatch(name):
        return _read(name, 1)
    if (found := _NO_YEAR.fullmatch(name)) and (firmly or len(name) == 5):
        return _without_year(words[at].text, int(found[1]), int(found[2]), today, 1)
    if firmly and (found := _NO_YEAR_DOTS.fullmatch(words[at].text)):
        return _without_year(words[at].text, int(found[1]), int(found[2]), today, 1)
    return _glued(words[at], today) or _month_named(words, at, today)


def _read(text: str, length: int) -> DayFound:
    try:
        return DayFound(length, read_day(text))
    except DateProblem as problem:
        return DayFound(length, problem=str(problem))


def _glued(word: Word, today: date) -> DayFound | None:
    """Read `29Jan`, `29-Jan-2027`, `29.Jan.27`."""
    found = _GLUED.fullmatch(word.folded)
    month = MONTH_NUMBERS.get(found[2]) if found else None
    if found is None or month is None:
        return None
    if found[3] is None:
        return _without_year(word.text, int(found[1]), month, today, 1)
    year = int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])
    return _with_year(word.text, year, month, int(found[1]), 1)


def _month_named(words: Sequence[Word], at: int, today: date) -> DayFound | None:
    """Read `29 Jan`, `29th of January 2027`, `January 29, 2027`."""
    after = at
    if month := MONTH_NUMBERS.get(words[at].folded):
        after += 1
        number = _NUMBER.fullmatch(words[after].folded) if after < len(words) else None
        after += 1
    else:
        number = _NUMBER.fullmatch(words[at].folded)
        after += 1
        for name in (*ORDINAL_ENDS, "of"):
            after += after < len(words) and words[after].folded == name
        month = MONTH_NUMBERS.get(words[after].folded) if after < len(words) else None
        after += 1
    if number is None or month is None:
        return None
    day = int(number[1])
    year, after = _year_after(words, after, today)
    said = _written(words, at, after)
    if year is None:
        return _without_year(said, day, month, today, after - at)
    if today.year + 2 < year and year % 100 < 60 and year <= 2100 and year < 2060:
        why = f"{said} may end in a year or in a time: write it like {day:02}/{month:02}/{year}"
        return DayFound(after - at, problem=why)
    return _with_year(said, year, month, day, after - at)


def _year_after(words: Sequence[Word], at: int, today: date) -> tuple[int | None, int]:
    """Return the year that follows a month, if one does, and where the next word stands."""
    place = at + (at < len(words) and words[at].text == ",")
    if place >= len(words) or not _YEAR.fullmatch(text := words[place].folded):
        return None, at
    if len(text) == 4:
        return (int(text), place + 1) if FIRST_YEAR <= int(text) <= LAST_YEAR else (None, at)
    year = 2000 + int(text)
    near = today.year - 1 <= year <= today.year + 2
    return (year, place + 1) if near else (None, at)


def _with_year(said: str, year: int, month: int, day: int, length: int) -> DayFound:
    try:
        return DayFound(length, existing_day(said, year, month, day))
    except DateProblem as problem:
        return DayFound(length, problem=str(problem))


def _without_year(said: str, day: int, month: int, today: date, length: int) -> DayFound:
    """Take the nearest such date to come, at most eleven months away."""
    first = _with_year(said, today.year, month, day, length)
    if first.day is not None and first.day >= today:
        found = first
    else:
        second = _with_year(said, today.year + 1, month, day, length)
        found = second if second.day is not None else first
    if found.day is not None and not today <= found.day <= today + LONGEST_WAIT:
        why = f"the date {shown(said)} is just past or far ahead: write it with its year"
        return DayFound(length, problem=why)
    return found


def _written(words: Sequence[Word], begin: int, end: int) -> str:
    return " ".join(word.text for word in words[begin:end])
