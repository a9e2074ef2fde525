"""Open this for how a pickup's date and time are read: day first, ISO too, nothing guessed."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIRST_YEAR = 2000
LAST_YEAR = 2100
BLANKS = " \t\r\n"
HOW_DATES = "write it like 30/01/2026 or 2026-01-30"
HOW_TIMES = "write it like 14:30 or 2.30pm"

_DAY_FIRST = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::([0-9]{2}))?")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")
_HALF_DAY = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])\.?m\.?", re.IGNORECASE)


class DateProblem(ValueError):
    """A date or time that cannot be used: one line that says what would be right."""


@dataclass(frozen=True, slots=True)
class Pickup:
    """When a job is picked up, UTC; with `date_only` the first moment of that local day."""

    at: datetime | None
    date_only: bool


def read_pickup(date: str | None, time: str | None, zone: ZoneInfo) -> Pickup:
    """Read a date, and a time unless the date carries one; blank counts as absent.

    Local times are the zone's; one that a clock change skips or repeats is refused.
    Raises DateProblem, and nothing else.
    """
    day_text, clock_text = (date or "").strip(BLANKS), (time or "").strip(BLANKS)
    if not day_text:
        if clock_text:
            raise DateProblem(f"the time {shown(clock_text)} has no date: add the pickup date")
        return Pickup(None, date_only=False)
    if found := _DATE_TIME.fullmatch(day_text):
        if clock_text:
            raise DateProblem(f"the date {shown(day_text)} has a time already: leave the time out")
        return Pickup(_read_date_time(found, zone), date_only=False)
    day = read_day(day_text)
    if not clock_text:
        return Pickup(_first_moment(day, zone), date_only=True)
    return Pickup(_moment(day, read_clock(clock_text), zone), date_only=False)


def shown(text: str) -> str:
    """Return text as sentences quote it: short, on one line."""
    return repr(text[:40])


def _read_date_time(found: re.Match[str], zone: ZoneInfo) -> datetime:
    day_text, clock_text, offset = found.groups()
    day = read_day(day_text)
    try:
        clock = time.fromisoformat(clock_text + (offset or "").upper())
    except ValueError:
        raise DateProblem(
            f"{shown(found[0])} is no time of day: write it like 2026-01-30T14:30:00+00:00"
        ) from None
    if clock.tzinfo is None:
        return _moment(day, clock, zone)
    return datetime.combine(day, clock).astimezone(UTC)


def read_day(text: str) -> date:
    """Read one date with its year. Raises DateProblem."""
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
    elif _SHORT_YEAR.fullmatch(text):
        raise DateProblem(f"the date {shown(text)} needs a year of four digits: {HOW_DATES}")
    else:
        raise DateProblem(f"the date {shown(text)} cannot be read: {HOW_DATES}")
    return existing_day(text, year, month, day)


def existing_day(text: str, year: int, month: int, day: int) -> date:
    """Return the date, or say why there is none such. Raises DateProblem."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateProblem(
            f"the date {shown(text)} is out of range: the year must be {FIRST_YEAR} to {LAST_YEAR}"
        )
    if not 1 <= month <= 12:
        raise DateProblem(f"the date {shown(text)} has no such month: {HOW_DATES}, day first")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise DateProblem(
            f"the date {shown(text)} does not exist: {month_name[month]} {year} has {last} days"
        )
    return date(year, month, day)


def read_clock(text: str) -> time:
    """Read one time of day. Raises DateProblem."""
    word = text.lower()
    if word in {"noon", "midday"}:
        return time(12)
    if word == "midnight":
        raise DateProblem("midnight may begin or end the day: write 00:00 or 23:59")
    if found := _HALF_DAY.fullmatch(text):
        return _half_day_time(text, int(found[1]), int(found[2] or 0), found[3].lower())
    found = _CLOCK.fullmatch(text) or _FOUR_DIGITS.fullmatch(text)
    if found is None:
        raise DateProblem(f"the time {shown(text)} cannot be read: {HOW_TIMES}")
    return _existing_time(text, *(int(part) for part in found.groups() if part))


def _half_day_time(text: str, hour: int, minute: int, half: str) -> time:
    if not 1 <= hour <= 12:
        raise DateProblem(f"the time {shown(text)} does not exist: {HOW_TIMES}")
    if (hour, minute, half) == (12, 0, "a"):
        raise DateProblem(f"the time {shown(text)} is midnight: write 00:00 or 23:59")
    return _existing_time(text, hour % 12 + (12 if half == "p" else 0), minute)


def _existing_time(text: str, hour: int, minute: int, second: int = 0) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise DateProblem(f"the time {shown(text)} does not exist: {HOW_TIMES}") from None


def _first_moment(day: date, zone: ZoneInfo) -> datetime:
    """Return the start of a local day; where a clock change skips midnight, the change itself."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, clock)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        raise DateProblem(
            f"{wall:%d/%m/%Y %H:%M} is skipped by a clock change in {zone.key}: "
            f"the clock shows {first.astimezone(zone):%H:%M} then"
        )
    if first != second:
        raise DateProblem(
            f"{wall:%d/%m/%Y %H:%M} exists twice in {zone.key}: "
            f"add an offset, like {first.astimezone(zone).isoformat()}"
        )
    return first
