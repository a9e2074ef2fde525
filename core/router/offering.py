"""Start offering an approved job, and what the clock does to a cascade that is under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.alerts import resolve_alerts
from core.cascade import Step, advance, begin
from core.domain import (
    CLOCK,
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    OfferStatus,
)
from core.fleet import fleet_of
from core.models import Job, Offer
from core.outbox.promises import promise_reminder
from core.outcomes import (
    GivenToReserve,
    NobodyLeft,
    NotFound,
    OthersAsked,
    Refused,
    Scheduled,
    Started,
    StartOutcome,
)
from core.policy import start_at_of
from core.reach import asked_at
from core.rows import JOBS
from core.runner import Abandon
from core.showing import agent_views, fresh_view, job_view, offer_views
from core.work import AGAIN, Work


async def start_offers(work: Work, job_id: int, by: Actor) -> StartOutcome:
    """Begin to ask, once; 409 for every later try."""
    return await start_held_job(work, job_id, by)


async def start_held_job(work: Work, job_id: int, by: Actor) -> StartOutcome:
    """Move an approved job to `offering` and ask; or schedule it, when it is too early."""
    job = await Job.get_or_none(id=job_id)
    if job is None:
        return NotFound()
    policy = work.site.policy(job.policy_name)
    start_at = start_at_of(job.pickup_at, policy)
    if start_at is not None and start_at > work.now:
        return await _schedule(work, job, start_at, by)
    moved = await work.move_job(
        job_id, (JobStatus.APPROVED,), JobStatus.OFFERING, version=job.version
    )
    if not moved:
        return await _not_startable(job_id)
    job = await Job.get(id=job_id)
    await resolve_alerts(work, job_id, AlertCause.NEVER_STARTED)
    return await told_step(await begin(work, job, by), job)


async def told_step(step: Step, job: Job) -> StartOutcome:
    """Return one step of a cascade as the answer to whoever caused it."""
    if step.opened:
        offer, agent = step.opened[0]
        return Started((await offer_views([offer]))[0], (await agent_views([agent]))[0])
    if step.waits_until is not None:
        return Scheduled(step.waits_until)
    if step.reserve is not None:
        return GivenToReserve(step.reserve[0].id, (await agent_views([step.reserve[1]]))[0])
    if not step.uncovered:
        return OthersAsked()
    return NobodyLeft(job_view(job), step.excluded)


async def _schedule(work: Work, job: Job, start_at: datetime, by: Actor) -> StartOutcome:
    held = await Job.filter(id=job.id, status=JobStatus.APPROVED.value).update(
        next_action="start", next_action_at=start_at, updated_at=work.now
    )
    if not held:
        return await _not_startable(job.id)
    if job.next_action != "start":
        await work.note(EventKind.OFFERING_SCHEDULED, by, job_id=job.id, at=start_at)
    return Scheduled(start_at)


async def _not_startable(job_id: int) -> StartOutcome:
    view = await fresh_view(job_id)
    if view.status == JobStatus.APPROVED.value:
        raise Abandon(AGAIN)  # edited between our reading and our writing
    if view.status == JobStatus.NEEDS_APPROVAL.value:
        return Refused("job_not_approved", "approve the job first", view)
    if view.started_at is None:
        return Refused("job_not_approved", f"the job is {view.status}", view)
    return Refused("already_started", f"offers were started; the job is {view.status}", view)


async def expire_offers_of(work: Work, job_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Time out the overdue offers of several jobs and ask on; as `expire_offers` for each.

    One reading of the fleet and one savepoint serve them all: with 50 drivers a tick with 1,000
    due took 1.5 ms a job one by one (`make bench ROW=tick`).
    """
    work.fleet = await fleet_of(work.unit, work.site)
    return [await expire_offers(work, job_id) for job_id in job_ids]


async def expire_offers(work: Work, job_id: int) -> tuple[int, int]:
    """Time out the job's overdue offers and ask on; return (timed out, offers opened).

    An offer waits while an answer that arrived before its end is stored but not yet read.
    """
    if not await work.hold_job(job_id, JobStatus.OFFERING):
        return (0, 0)
    closed = await work.unit.rows(
        "UPDATE offers SET status = $1, closed_at = $2, remind_at = NULL"
        " WHERE job_id = $3 AND status = $4 AND expires_at <= $2 AND NOT EXISTS ("
        "SELECT 1 FROM inbox LEFT JOIN addresses ON addresses.agent_id = offers.agent_id"
        " AND addresses.channel = inbox.channel AND addresses.handle = inbox.handle"
        " WHERE inbox.state = 'stored' AND inbox.received_at <= offers.expires_at"
        " AND (inbox.handle IS NULL OR addresses.id IS NOT NULL))"
        " RETURNING id, agent_id",
        OfferStatus.TIMED_OUT.value,
        work.now,
        job_id,
        OfferStatus.SENT.value,
    )
    if not closed:  # the job's row was only touched
        return (0, 0)
    for row in sorted(closed, key=lambda r: int(r["id"])):
        await work.note(
            EventKind.TIMED_OUT,
            CLOCK,
            job_id=job_id,
            offer_id=row["id"],
            agent_id=row["agent_id"],
            source=OfferStatus.SENT.value,
            target=OfferStatus.TIMED_OUT.value,
        )
    step = await advance(work, await JOBS.one(work.unit, "id = $1", job_id), CLOCK)
    return (len(closed), len(step.opened))


async def remind(work: Work, offer_id: int) -> bool:
    """Promise the one reminder of an open offer; False when it is not due any more."""
    due = Offer.filter(id=offer_id, status=OfferStatus.SENT.value, remind_at__lte=work.now)
    if not await due.update(remind_at=None):
        return False
    offer = await Offer.get(id=offer_id)
    job = await Job.get(id=offer.job_id)
    await promise_reminder(work, job, offer, await asked_at(offer))
    await work.note(
        EventKind.REMINDED, CLOCK, job_id=job.id, offer_id=offer_id, agent_id=offer.agent_id
    )
    return True
