"""One pass over what is due: find it, then settle each piece in a unit of work of its own."""

from __future__ import annotations

from datetime import datetime

from core.alerts import raise_alert
from core.cascade import advance
from core.cascade.closing import EXPIRES_AFTER
from core.domain import CLOCK, Actor, AlertCause, EventKind, JobStatus, OfferStatus
from core.models import Alert, Job, Offer
from core.router.approval import cancel
from core.router.by_hand import complete
from core.router.offering import start_held_job
from core.runner import Abandon, Unit, as_utc
from core.work import Work

AT_ONCE = 500


async def due_offers(unit: Unit, now: datetime, after: int) -> list[int]:
    """Return ids of jobs above `after` that have an overdue open offer, some at a time."""
    rows = (
        Offer.filter(status=OfferStatus.SENT.value, expires_at__lte=now, job_id__gt=after)
        .order_by("job_id")
        .limit(AT_ONCE)
    )
    return sorted({row[0] for row in await rows.values_list("job_id")})


async def due_jobs(unit: Unit, now: datetime, after: int) -> list[int]:
    """Return ids of jobs above `after` whose `next_action_at` has come."""
    rows = Job.filter(next_action_at__lte=now, id__gt=after).order_by("id").limit(AT_ONCE)
    return [row[0] for row in await rows.values_list("id")]


async def due_alerts(unit: Unit, now: datetime, after: int) -> list[int]:
    """Return ids of alerts above `after` that are to be said again."""
    rows = Alert.filter(next_at__lte=now, id__gt=after).order_by("id").limit(AT_ONCE)
    return [row[0] for row in await rows.values_list("id")]


async def next_deadline(unit: Unit) -> datetime | None:
    """Return the earliest moment at which anything timed is due."""
    found = await unit.rows(
        "SELECT MIN(at) AS at FROM ("
        "SELECT MIN(expires_at) AS at FROM offers WHERE status = 'sent'"
        " UNION ALL SELECT MIN(next_action_at) FROM jobs WHERE next_action_at IS NOT NULL"
        " UNION ALL SELECT MIN(next_at) FROM alerts WHERE next_at IS NOT NULL) AS due"
    )
    return as_utc(found[0]["at"])


async def act_on_job(work: Work, job_id: int) -> tuple[int, int]:
    """Do what is due on one job; return (1, offers opened) when it was this tick that did it."""
    due = Job.filter(id=job_id, next_action_at__lte=work.now)
    if not await due.update(updated_at=work.now):
        return (0, 0)
    job = await Job.get(id=job_id)
    match job.next_action:
        case "alert":
            return (1 if await _alert_sitting(work, job) else 0, 0)
        case "start":
            await _clear(job)
            await start_held_job(work, job_id, CLOCK)
            return (0, await _open_offers(job_id))
        case "cascade":
            await _clear(job)
            return (0, len((await advance(work, job, CLOCK)).opened))
        case "complete":
            await complete(work, job_id, CLOCK)
        case "expire":
            reason = "nobody acted on it for 7 days"
            await cancel(work, job_id, Actor("clock"), reason=reason, kind=EventKind.EXPIRED)
        case unknown:
            raise Abandon((0, 0)) from ValueError(f"job {job_id} has next action {unknown!r}")
    return (0, 0)


async def _alert_sitting(work: Work, job: Job) -> bool:
    """Alert about a job that nobody approves or starts; it expires in the end."""
    waiting = job.status == JobStatus.NEEDS_APPROVAL.value
    cause = AlertCause.UNAPPROVED if waiting else AlertCause.NEVER_STARTED
    since = max(job.pickup_at or job.created_at, job.created_at)
    job.next_action, job.next_action_at = "expire", max(since + EXPIRES_AFTER, work.now)
    await job.save(update_fields=["next_action", "next_action_at"])
    reason = "it waits for approval" if waiting else "it was approved but offers never started"
    return await raise_alert(work, cause, job=job, reason=reason)


async def _clear(job: Job) -> None:
    job.next_action = job.next_action_at = None
    await job.save(update_fields=["next_action", "next_action_at"])


async def _open_offers(job_id: int) -> int:
    return await Offer.filter(job_id=job_id, status=OfferStatus.SENT.value).count()
