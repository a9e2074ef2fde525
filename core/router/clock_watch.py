"""Open this for how a clock that stands still is noticed: much is due, and nothing is done."""

from __future__ import annotations

from datetime import datetime

from core.alerts import raise_alert, repeat_alert
from core.domain import AlertCause
from core.models import Alert
from core.router.tick import next_deadline
from core.runner import Unit
from core.site import Site
from core.work import Work

CAUSE = AlertCause.CLOCK_STOPPED


async def clock_is_amiss(unit: Unit, site: Site, now: datetime, ticked_at: datetime) -> bool:
    """Tell whether the watch has something to do: the clock stands, or an alert says so."""
    if await Alert.exists(cause=CAUSE.value, resolved_at=None):
        return True
    return await overdue_since(unit, site, now, ticked_at) is not None


async def watch_clock(work: Work, ticked_at: datetime) -> bool:
    """Raise the alert, say it again when it is time, or close it; return whether the clock stands.

    `ticked_at` is this process's last tick. The clock that would repeat an alert is the one that
    stands still, so the watch repeats it.
    """
    since = await overdue_since(work.unit, work.site, work.now, ticked_at)
    is_open = Alert.filter(cause=CAUSE.value, resolved_at=None)
    if since is None:
        await is_open.update(resolved_at=work.now, next_at=None)
        return False
    known = await is_open.first()
    if known is not None:
        await repeat_alert(work, known.id)
    else:
        told = f"Nothing that is due was done since {since.isoformat(timespec='seconds')}."
        await raise_alert(work, CAUSE, reason=told)
    return True


async def overdue_since(
    unit: Unit, site: Site, now: datetime, ticked_at: datetime
) -> datetime | None:
    """Return since when something waits for a clock that stands still; None when it runs."""
    latest = now - site.clock_slack
    if ticked_at > latest:
        return None
    due_at = await next_deadline(unit)
    return due_at if due_at is not None and due_at <= latest else None
