"""One pass over what is due: find it, then settle each piece in a unit of work of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.alerts import raise_alert, resolve_alerts
from core.cascade import advance
from core.cascade.closing import EXPIRES_AFTER
from core.domain import CLOCK, Actor, AlertCause, EventKind, JobStatus, OfferStatus
from core.models import Job, Offer
from core.router.approval import cancel
from core.router.by_hand import complete
from core.router.offering import start_held_job
from core.runner import Abandon, Unit, as_utc
from core.work import Work

# What is due by $1, the longest overdue first. Conditions are literals, so that the partial
# indexes over just these rows are used: a tick with nothing due reads nothing.
OVERDUE_OFFERS = (
    "SELECT job_id AS id FROM offers WHERE status = 'sent' AND expires_at <= $1"
    " ORDER BY expires_at, offers.id LIMIT $2"
)
DUE_JOBS = (
    "SELECT id FROM jobs WHERE next_action_at IS NOT NULL AND next_action_at <= $1"
    " ORDER BY next_action_at, id LIMIT $2"
)
JOBS_AT_RISK = (
    "SELECT id FROM jobs WHERE risk_at IS NOT NULL AND risk_at <= $1 ORDER BY risk_at, id LIMIT $2"
)
OVERDUE_CONFIRMATIONS = (
    "SELECT job_id AS id FROM offers WHERE reconfirm_by IS NOT NULL AND reconfirm_by <= $1"
    " ORDER BY reconfirm_by, offers.id LIMIT $2"
)
DUE_REMINDERS = (
    "SELECT id FROM offers WHERE remind_at IS NOT NULL AND remind_at <= $1"
    " ORDER BY remind_at, id LIMIT $2"
)
DUE_ALERTS = (
    "SELECT id FROM alerts WHERE next_at IS NOT NULL AND next_at <= $1"
    " ORDER BY next_at, id LIMIT $2"
)


NEXT_DEADLINE = (
    "SELECT MIN(at) AS at FROM ("
    "SELECT MIN(expires_at) AS at FROM offers WHERE status = 'sent'"
    " UNION ALL SELECT MIN(next_action_at) FROM jobs WHERE next_action_at IS NOT NULL"
    " UNION ALL SELECT MIN(reconfirm_by) FROM offers WHERE reconfirm_by IS NOT NULL"
    " UNION ALL SELECT MIN(remind_at) FROM offers WHERE remind_at IS NOT NULL"
    " UNION ALL SELECT MIN(risk_at) FROM jobs WHERE risk_at IS NOT NULL"
    " UNION ALL SELECT MIN(next_at) FROM alerts WHERE next_at IS NOT NULL) AS due"
)


async def due(unit: Unit, query: str, now: datetime, limit: int) -> list[int]:
    """Return the ids that one of the queries above finds, each once."""
    rows = await unit.rows(query, now, limit)
    return list(dict.fromkeys(row["id"] for row in rows))


async def next_deadline(unit: Unit) -> datetime | None:
    """Return the earliest moment at which anything timed is due."""
    return as_utc((await unit.rows(NEXT_DEADLINE))[0]["at"])


async def act_on_job(work: Work, job_id: int) -> tuple[int, int]:
    """Do what is due on one job; return (1, offers opened) when it was this tick that did it."""
    due = Job.filter(id=job_id, next_action_at__lte=work.now)
    if not await due.update(updated_at=work.now):
        return (0, 0)
    job = await Job.get(id=job_id)
    match job.next_action:
        case "alert" if job.status == JobStatus.OFFERING.value:
            return (int(await _alert_paused(work, job)), 0)
        case "alert":
            return (int(await _alert_sitting(work, job)), 0)
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


async def _alert_paused(work: Work, job: Job) -> bool:
    """Alert about a paused job; at its cutoff it is decided, without one it alerts daily.

    Daily means also after somebody acknowledged the last one: nothing else would ever happen.
    """
    if job.cutoff is None:
        await resolve_alerts(work, job.id, AlertCause.AT_RISK)
    job.next_action = "alert" if job.cutoff is None else "cascade"
    job.next_action_at = job.cutoff or work.now + timedelta(days=1)
    await job.save(update_fields=["next_action", "next_action_at"])
    return await raise_alert(work, AlertCause.AT_RISK, job=job, reason="it is paused")


async def alert_risk(work: Work, job_id: int) -> int:
    """Alert once that a job's cutoff is near and nobody has it; return how many alerts."""
    due = Job.filter(id=job_id, risk_at__lte=work.now)
    if not await due.update(risk_at=None):
        return 0
    job = await Job.get(id=job_id)
    if job.status != JobStatus.OFFERING.value:
        return 0
    return int(await raise_alert(work, AlertCause.AT_RISK, job=job, reason="the cutoff is near"))


async def _clear(job: Job) -> None:
    job.next_action = job.next_action_at = None
    await job.save(update_fields=["next_action", "next_action_at"])


async def _open_offers(job_id: int) -> int:
    return await Offer.filter(job_id=job_id, status=OfferStatus.SENT.value).count()
