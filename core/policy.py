"""Open this for how long and until when drivers are asked: windows, cutoffs, quiet hours. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from core.policy_forms import (
    parse_duration,
    parse_quiet_hours,
    policy_as_json,
    policy_from_json,
    policy_from_table,
    quiet_hours_text,
)

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from core.domain import Policy, QuietHours

__all__ = [
    "asks_remaining",
    "cutoff_of",
    "expires_at_of",
    "is_urgent",
    "parse_duration",
    "parse_quiet_hours",
    "policy_as_json",
    "policy_from_json",
    "policy_from_table",
    "quiet_hours_text",
    "quiet_until",
    "reminder_at_of",
    "shortest_window",
    "start_at_of",
    "window_of",
]

ONE_DAY = timedelta(days=1)
NO_TIME = timedelta(0)


def cutoff_of(
    pickup_at: datetime | None,
    *,
    date_only: bool,
    policy: Policy,
    zone: ZoneInfo,
    decided_at: datetime,
) -> datetime | None:
    """Return the moment by which the job must be settled: the pickup less `min_lead`.

    Only a date: the end of that local day. None without a pickup, and for a pickup that was
    already past at `decided_at`; a cutoff may be past while its pickup is still to come.
    """
    if pickup_at is None:
        return None
    ends_at = _end_of_local_day(pickup_at, zone) if date_only else pickup_at
    if ends_at <= decided_at:
        return None
    return ends_at if date_only else pickup_at - policy.min_lead


def asks_remaining(askable: int, *, width: int, rounds_left: int) -> int:
    """Return how many windows the time left is shared among, at least 1; a broadcast has one."""
    if width == 0:
        return 1
    steps_a_round = -(-askable // width)
    return max(1, steps_a_round * rounds_left)


def shortest_window(policy: Policy) -> timedelta:
    """Return `min_window`, which never counts for more than `timeout`."""
    return min(policy.min_window, policy.timeout)


def window_of(
    now: datetime, cutoff: datetime | None, *, remaining: int, policy: Policy
) -> timedelta | None:
    """Return how long the next offer stays open; None when too little time is left to ask."""
    if cutoff is None:
        return policy.timeout
    left = cutoff - now
    if left <= NO_TIME or left < shortest_window(policy):
        return None
    return min(max(left / remaining, shortest_window(policy)), policy.timeout)


def expires_at_of(now: datetime, window: timedelta, cutoff: datetime | None) -> datetime:
    """Return when an offer opened now ends: never past the cutoff."""
    return now + window if cutoff is None else min(now + window, cutoff)


def start_at_of(pickup_at: datetime | None, policy: Policy) -> datetime | None:
    """Return when asking may begin; None means at once."""
    if pickup_at is None or policy.start_before is None:
        return None
    return pickup_at - policy.start_before


def reminder_at_of(sent_at: datetime, expires_at: datetime, policy: Policy) -> datetime | None:
    """Return when an open offer is called to mind; None when the policy has no reminder."""
    if policy.remind_at is None or expires_at <= sent_at:
        return None
    return sent_at + (expires_at - sent_at) * policy.remind_at


def is_urgent(now: datetime, pickup_at: datetime | None, policy: Policy) -> bool:
    """Tell whether the pickup is so near that quiet hours are ignored."""
    if pickup_at is None or policy.urgent_within is None:
        return False
    return pickup_at - now <= policy.urgent_within


def quiet_until(now: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime | None:
    """Return the UTC moment at which the quiet hours that hold now end; None outside them.

    Where a clock change repeats or skips one of the two local times, the quiet stretch begins at
    the earlier and ends at the later reading: in doubt nobody is disturbed.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    today = now.astimezone(zone).date()
    nights = ONE_DAY if quiet.end < quiet.start else NO_TIME
    for day in (today, today - ONE_DAY):
        starts_at = min(_readings(day, quiet.start, zone))
        ends_at = max(_readings(day + nights, quiet.end, zone))
        if starts_at <= now < ends_at:
            return ends_at
    return None


def _end_of_local_day(moment: datetime, zone: ZoneInfo) -> datetime:
    next_day = moment.astimezone(zone).date() + ONE_DAY
    return datetime.combine(next_day, time.min, tzinfo=zone).astimezone(UTC)


def _readings(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Return the UTC moments a local time can mean: one, or two around a clock change."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
