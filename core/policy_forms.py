"""Open this for how a Policy is written down: durations, plugins.toml tables, stored JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from core.domain import LateYes, Policy, QuietHours

LONGEST = timedelta(days=366)
MOST = 10_000
_DURATION = re.compile(
    r"(?:([0-9]+(?:\.[0-9]+)?)d)? ?"
    r"(?:([0-9]+(?:\.[0-9]+)?)h)? ?"
    r"(?:([0-9]+(?:\.[0-9]+)?)m)? ?"
    r"(?:([0-9]+(?:\.[0-9]+)?)s)?"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_QUIET_HOURS = re.compile(rf"({_CLOCK}) ?- ?({_CLOCK})")

Reader = Callable[[object], object]


def parse_duration(text: str) -> timedelta:
    """Read `30m`, `1h30m`, `90s`, `0.5m`, `1d`; ValueError says how to write one."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise ValueError(f"{text[:40]!r} is not a duration: write it like 30m, 1h30m or 90s")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if total > LONGEST.total_seconds():
        raise ValueError(f"{text[:40]!r} is too long: at most {LONGEST.days}d")
    return timedelta(seconds=total)


def parse_quiet_hours(text: str) -> QuietHours:
    """Read `22:00-06:00`, local times; ValueError says how to write them."""
    found = _QUIET_HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text[:40]!r} are not quiet hours: write them like 22:00-06:00")
    quiet = QuietHours(time.fromisoformat(found[1]), time.fromisoformat(found[2]))
    if quiet.start == quiet.end:
        raise ValueError(f"{text[:40]!r} begins when it ends: write it like 22:00-06:00")
    return quiet


def quiet_hours_text(quiet: QuietHours) -> str:
    """Return the form that `parse_quiet_hours` reads."""
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"


def policy_as_json(policy: Policy) -> dict[str, Any]:
    """Return the policy as JSON holds it: durations in seconds, quiet hours as text."""
    return {field.name: _as_json(getattr(policy, field.name)) for field in fields(Policy)}


def policy_from_json(mapping: Mapping[str, Any]) -> Policy:
    """Return the policy that `policy_as_json` wrote; a field it did not know has its default."""
    return _policy_of(tuple(mapping.items()))


# Kept, because nearly all jobs have one of a few policies: 1 µs where reading it anew took 12.
@lru_cache(maxsize=64)
def _policy_of(items: tuple[tuple[str, Any], ...]) -> Policy:
    known = {field.name for field in fields(Policy)}
    values: dict[str, Any] = {
        key: _FROM_JSON[key](value) if key in _FROM_JSON and value is not None else value
        for key, value in items
        if key in known
    }
    return Policy(**values)


def policy_from_table(
    name: str, table: Mapping[str, object], *, default_timeout: timedelta
) -> Policy:
    """Read the table `[policies.<name>]`; ValueError names the key and the fix in one line."""
    policy = Policy(name=name, timeout=default_timeout)
    values: dict[str, Any] = {key: _read_key(name, key, value) for key, value in table.items()}
    return replace(policy, **values)


def _read_key(name: str, key: str, value: object) -> object:
    reader = READERS.get(key)
    if reader is None:
        near = get_close_matches(key, READERS, n=1, cutoff=0)
        raise ValueError(f"[policies.{name}] unknown key {key[:40]!r}: did you mean {near[0]!r}?")
    try:
        return reader(value)
    except ValueError as problem:
        raise ValueError(f"[policies.{name}] {key}: {problem}") from None


def _as_json(value: object) -> object:
    match value:
        case timedelta():
            return value.total_seconds()
        case QuietHours():
            return quiet_hours_text(value)
        case LateYes():
            return value.value
        case _:
            return value


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes, not {value!r:.40}")  # noqa: TRY004 one error kind
    return value


def _duration(value: object) -> timedelta:
    return parse_duration(_text(value))


def _some_time(value: object) -> timedelta:
    duration = _duration(value)
    if not duration:
        raise ValueError("must be more than 0")
    return duration


def _quiet_hours(value: object) -> QuietHours:
    return parse_quiet_hours(_text(value))


def _fraction(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"must be a number between 0 and 1 such as 0.5, not {value!r:.40}")
    return float(value)


def _count(least: int) -> Reader:
    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= MOST:  # a bool is no count
            raise ValueError(f"must be a whole number from {least} to {MOST}, not {value!r:.40}")
        return value

    return read


def _one_of(*choices: str) -> Reader:
    def read(value: object) -> str:
        for choice in choices:
            if choice == value:
                return choice
        raise ValueError(f"must be {' or '.join(map(repr, map(str, choices)))}, not {value!r:.40}")

    return read


READERS: Mapping[str, Reader] = {
    "order": _one_of("priority"),
    "width": _count(least=0),
    "timeout": _some_time,
    "min_window": _duration,
    "min_lead": _duration,
    "rounds": _count(least=1),
    "start_before": _some_time,
    "quiet_hours": _quiet_hours,
    "remind_at": _fraction,
    "late_yes": _one_of(*LateYes),
    "max_open_offers_per_agent": _count(least=0),
    "busy_buffer": _duration,
    "urgent_within": _duration,
}
_FROM_JSON: Mapping[str, Callable[[Any], object]] = {
    "timeout": _seconds,
    "min_window": _seconds,
    "min_lead": _seconds,
    "start_before": _seconds,
    "busy_buffer": _seconds,
    "urgent_within": _seconds,
    "quiet_hours": parse_quiet_hours,
    "late_yes": LateYes,
}
