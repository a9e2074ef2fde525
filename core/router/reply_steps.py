"""What replies do to offers and jobs; each step begins with the write that decides its race."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alerts import raise_alert
from core.cascade import Step, advance, assign_by_offer, begin, risk_time
from core.cascade.closing import close_offer, tell_closed, withdraw
from core.domain import (
    CLOCK,
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    OfferStatus,
)
from core.models import Agent, Job, Offer
from core.replies import Reading
from core.runner import Abandon
from core.work import AGAIN, Work

_LATE_SOURCES = (OfferStatus.TIMED_OUT, OfferStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Received:
    """A reply as read, and when and as which inbox entry it came."""

    reading: Reading
    entry_id: int  # 0 while the entry is not stored yet
    at: datetime


async def accept(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await assign_by_offer(work, job, offer, by):
        raise Abandon(AGAIN)


async def accept_late(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    """Give a free job to a late YES; an offer that is overdue but not yet timed out is first."""
    job_sources = (JobStatus.OFFERING, JobStatus.UNCOVERED)
    if not await work.hold_job(job.id, *job_sources, version=offer.version):
        raise Abandon(AGAIN)
    if await another_is_asked(work, offer):  # since it was decided: then this one waits
        raise Abandon(AGAIN)
    await _time_out_first(work, job, offer)
    await work.note(
        EventKind.LATE_YES, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )
    accepted = await assign_by_offer(
        work, job, offer, by, job_sources=job_sources, offer_sources=_LATE_SOURCES
    )
    if not accepted:
        raise Abandon(AGAIN)


async def reserve(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus.OFFERING, version=offer.version):
        raise Abandon(AGAIN)
    if not await another_is_asked(work, offer):  # any more: two who wait for each other wait long
        raise Abandon(AGAIN)
    await _time_out_first(work, job, offer)
    held = await Offer.filter(id=offer.id, status__in=[s.value for s in _LATE_SOURCES]).update(
        reserved_at=work.now, responded_at=work.now
    )
    if not held:
        raise Abandon(AGAIN)
    await work.note(
        EventKind.RESERVED, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )


async def another_is_asked(work: Work, offer: Offer) -> bool:
    """Tell whether somebody else holds an open offer of the same job."""
    return bool(
        await work.unit.records(
            "SELECT 1 FROM offers WHERE job_id = $1 AND status = $2 AND id <> $3 LIMIT 1",
            offer.job_id,
            OfferStatus.SENT.value,
            offer.id,
        )
    )


async def _time_out_first(work: Work, job: Job, offer: Offer) -> None:
    if offer.status == OfferStatus.SENT.value:
        await close_offer(work, job, offer, OfferStatus.TIMED_OUT, EventKind.TIMED_OUT, by=_LATE)
        await offer.refresh_from_db()


_LATE = Actor("clock", "overtaken by a late reply")


async def decline(work: Work, job: Job, offer: Offer, reason: str | None, by: Actor) -> Step:
    if not await work.hold(job, JobStatus.OFFERING):
        raise Abandon(AGAIN)
    declined = OfferStatus.DECLINED
    if not await close_offer(work, job, offer, declined, EventKind.DECLINED, by, reason):
        raise Abandon(AGAIN)
    return await advance(work, job, by)


async def add_reason(work: Work, offer: Offer, reason: str | None, by: Actor) -> None:
    """Keep why the driver declined when they say it after the NO; the first reason stays."""
    if reason is None:
        return
    if await Offer.filter(id=offer.id, reason=None).update(reason=reason):
        await work.note(
            EventKind.REASON_GIVEN,
            by,
            job_id=offer.job_id,
            offer_id=offer.id,
            agent_id=offer.agent_id,
            reason=reason,
        )


async def release(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus(job.status)):
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(reserved_at=None)
    await work.note(
        EventKind.RESERVE_RELEASED, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )


async def ask_for_drop(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus.ASSIGNED):
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(drop_asked_at=work.now)
    await work.note(
        EventKind.DROP_ASKED, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )


async def drop(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    """Take the job back from the driver who dropped it, alert, and ask the others."""
    agent = await Agent.get(id=offer.agent_id)
    reason = f"{agent.name} dropped the job after saying YES"
    await _reopen_without(work, job, offer, agent, by, reason)


async def ask_for_drop_without_offer(work: Work, job: Job, agent: Agent, by: Actor) -> None:
    """Note the first DROP of a driver who was given the job by hand."""
    if not await work.hold_job(job.id, JobStatus.ASSIGNED, version=job.version):
        raise Abandon(AGAIN)
    await work.note(EventKind.DROP_ASKED, by, job_id=job.id, agent_id=agent.id)


async def drop_without_offer(work: Work, job: Job, agent: Agent, by: Actor) -> None:
    """Take a job given by hand back from its driver, alert, and ask the others."""
    reason = f"{agent.name} dropped the job that they were given by hand"
    await _reopen_without(work, job, None, agent, by, reason)


async def reconfirm(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    """Keep the job with its driver, who said YES to what it is now."""
    if not await work.hold_job(job.id, JobStatus.ASSIGNED, version=job.version):
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(reconfirm_by=None)
    await work.note(
        EventKind.RECONFIRMED,
        by,
        job_id=job.id,
        offer_id=offer.id,
        agent_id=offer.agent_id,
        version=job.version,
    )


async def give_back(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    """Take the job back from a driver who does not want what it has become."""
    agent = await Agent.get(id=offer.agent_id)
    reason = f"{agent.name} does not take the job as it was changed"
    await _reopen_without(work, job, offer, agent, by, reason)


async def give_back_unconfirmed(work: Work, job_id: int) -> int:
    """Take a changed job back from a driver who kept silent; return how many were."""
    if not await work.hold_job(job_id, JobStatus.ASSIGNED):
        return 0
    overdue = Offer.filter(
        job_id=job_id, status=OfferStatus.ACCEPTED.value, reconfirm_by__lte=work.now
    )
    offer = await overdue.first()
    if offer is None:
        raise Abandon(0)
    job, agent = await Job.get(id=job_id), await Agent.get(id=offer.agent_id)
    reason = f"{agent.name} did not confirm the job as it was changed"
    await _reopen_without(work, job, offer, agent, CLOCK, reason)
    await tell_closed(work, job, offer, "taken_back")
    return 1


async def _reopen_without(
    work: Work, job: Job, offer: Offer | None, agent: Agent, by: Actor, reason: str
) -> None:
    """Re-open the job without its driver; one that was never offered before begins to be."""
    moved = await work.move_job(
        job.id,
        (JobStatus.ASSIGNED,),
        JobStatus.OFFERING,
        version=job.version,
        assigned_agent_id=None,
        assigned_at=None,
        assigned_by_hand=False,
        next_action=None,
        next_action_at=None,
        risk_at=risk_time(job.cutoff, work),
        skipped=[*(job.skipped or ()), agent.id],
    )
    if not moved:
        raise Abandon(AGAIN)
    if offer is not None and offer.status == OfferStatus.ACCEPTED.value:
        if not await withdraw(work, job, offer, EventKind.DROPPED, by, "dropped"):
            raise Abandon(AGAIN)
    else:
        await work.note(
            EventKind.DROPPED,
            by,
            job_id=job.id,
            offer_id=offer.id if offer is not None else None,
            agent_id=agent.id,
            reason="dropped",
        )
    await work.note(
        EventKind.REOPENED,
        by,
        job_id=job.id,
        source=JobStatus.ASSIGNED.value,
        target=JobStatus.OFFERING.value,
        reason=reason,
    )
    await job.refresh_from_db()
    await raise_alert(work, AlertCause.DROPPED, job=job, agent=agent, reason=reason)
    if job.policy is None:
        await begin(work, job, by, source=JobStatus.OFFERING)
    else:
        await advance(work, job, by)
