"""YES, NO and DROP about one offer: decide by the table, then do it by compare-and-set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.alerts import raise_alert
from core.cascade import Step, advance, assign_by_offer
from core.cascade.closing import close_offer, withdraw
from core.cascade.opening import CODE_REST
from core.decisions import (
    DROP_CONFIRMED_WITHIN,
    OfferFacts,
    ReplyOutcome,
    Situation,
    outcome_of,
)
from core.domain import (
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    LateYes,
    OfferStatus,
)
from core.models import Agent, InboxEntry, Job, Offer
from core.outcomes import ReplyAnswer
from core.replies import Reading
from core.router.offering import told_step
from core.router.telling import start_facts
from core.runner import Abandon
from core.work import AGAIN, Work

_LATE_SOURCES = (OfferStatus.TIMED_OUT, OfferStatus.DECLINED)

# outcomes that change nothing: whether the reply got what it asked for, and the answer's code
_NOTHING_TO_DO = {
    ReplyOutcome.STILL_ACCEPTED: (True, "accepted"),
    ReplyOutcome.STILL_RESERVED: (True, "standby"),
    ReplyOutcome.STILL_DROPPED: (True, "dropped"),
    ReplyOutcome.ASK_FOR_DROP: (True, "confirm_drop"),
    ReplyOutcome.COVERED: (False, "already_covered"),
    ReplyOutcome.CANCELLED: (False, "job_cancelled"),
    ReplyOutcome.CHANGED: (False, "job_changed"),
    ReplyOutcome.NO_OPEN_OFFER: (False, "no_open_offer"),
}


@dataclass(frozen=True, slots=True)
class Received:
    """A reply as read, and when and as which inbox entry it came."""

    reading: Reading
    entry_id: int
    at: datetime


async def offers_lately(
    work: Work, agent: Agent, *, job_id: int | None = None, offer_id: int | None = None
) -> list[OfferFacts]:
    """Return the agent's live offers, those closed in the last 7 days, and the one named."""
    rows = [
        *await Offer.filter(agent_id=agent.id, closed_at=None),
        *await Offer.filter(agent_id=agent.id, closed_at__gte=work.now - CODE_REST),
    ]
    if job_id is not None:
        rows += await Offer.filter(agent_id=agent.id, job_id=job_id)
    if offer_id is not None:
        rows += await Offer.filter(agent_id=agent.id, id=offer_id)
    return [
        OfferFacts(o.id, o.job_id, o.code, OfferStatus(o.status), o.sent_at)
        for o in {o.id: o for o in rows}.values()
    ]


async def answer_about(
    work: Work, agent: Agent, chosen: OfferFacts, received: Received, by: Actor
) -> ReplyAnswer:
    """Do what the reply to this offer leads to, and return what the driver is told."""
    offer = await Offer.get(id=chosen.id)
    job = await Job.get(id=offer.job_id)
    outcome = outcome_of(await _situation(work, job, offer, agent, received))
    ids: dict[str, Any] = {"job_id": job.id, "agent_id": agent.id}
    if outcome in _NOTHING_TO_DO:
        ok, code = _NOTHING_TO_DO[outcome]
        return ReplyAnswer(ok, code, ids if ok else {})
    match outcome:
        case ReplyOutcome.ACCEPT:
            await _accept(work, job, offer, by)
            return ReplyAnswer(True, "accepted", ids)
        case ReplyOutcome.ACCEPT_LATE:
            await _accept_late(work, job, offer, by)
            return ReplyAnswer(True, "accepted", ids)
        case ReplyOutcome.RESERVE:
            await _reserve(work, job, offer, by)
            return ReplyAnswer(True, "standby", ids)
        case ReplyOutcome.DECLINE:
            step = await _decline(work, job, offer, received.reading.reason, by)
            return ReplyAnswer(True, "declined_advanced", {"next": await _next(step, job)})
        case ReplyOutcome.RELEASE_RESERVE:
            await _release(work, job, offer, by)
            return ReplyAnswer(True, "declined_advanced", {"next": {}})
        case ReplyOutcome.CONFIRM_DROP:
            await _ask_for_drop(work, job, offer, by)
            return ReplyAnswer(True, "confirm_drop", ids)
        case ReplyOutcome.DROP:
            await _drop(work, job, offer, agent, by)
            return ReplyAnswer(True, "dropped", ids)
        case _:  # STILL_DECLINED
            return await _said_before(offer, received)


async def _situation(
    work: Work, job: Job, offer: Offer, agent: Agent, received: Received
) -> Situation:
    others = Offer.filter(job_id=job.id, status=OfferStatus.SENT.value, id__not=offer.id)
    policy = job.policy or {}
    asked_at = offer.drop_asked_at
    return Situation(
        verdict=received.reading.verdict,
        job_status=JobStatus(job.status),
        offer_status=OfferStatus(offer.status),
        in_time=received.at <= offer.expires_at,
        same_version=offer.version == job.version,
        mine=job.assigned_agent_id == agent.id,
        another_open=await others.exists(),
        before_cutoff=job.cutoff is None or work.now < job.cutoff,
        reserved=offer.reserved_at is not None,
        drop_asked=asked_at is not None and work.now - asked_at <= DROP_CONFIRMED_WITHIN,
        late_yes=LateYes(policy.get("late_yes", LateYes.STANDBY.value)),
    )


async def _accept(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await assign_by_offer(work, job, offer, by):
        raise Abandon(AGAIN)


async def _accept_late(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    """Give a free job to a late YES; an offer that is overdue but not yet timed out is first."""
    job_sources = (JobStatus.OFFERING, JobStatus.UNCOVERED)
    if not await work.hold_job(job.id, *job_sources, version=offer.version):
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


async def _reserve(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus.OFFERING, version=offer.version):
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


async def _time_out_first(work: Work, job: Job, offer: Offer) -> None:
    if offer.status == OfferStatus.SENT.value:
        await close_offer(work, job, offer, OfferStatus.TIMED_OUT, EventKind.TIMED_OUT, by=_LATE)
        await offer.refresh_from_db()


_LATE = Actor("clock", "overtaken by a late reply")


async def _decline(work: Work, job: Job, offer: Offer, reason: str | None, by: Actor) -> Step:
    if not await work.hold_job(job.id, JobStatus.OFFERING):
        raise Abandon(AGAIN)
    closed = await close_offer(
        work, job, offer, OfferStatus.DECLINED, EventKind.DECLINED, by, reason
    )
    if not closed:
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(responded_at=work.now)
    await job.refresh_from_db()
    return await advance(work, job, by)


async def _release(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus(job.status)):
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(reserved_at=None)
    await work.note(
        EventKind.RESERVE_RELEASED, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )


async def _ask_for_drop(work: Work, job: Job, offer: Offer, by: Actor) -> None:
    if not await work.hold_job(job.id, JobStatus.ASSIGNED):
        raise Abandon(AGAIN)
    await Offer.filter(id=offer.id).update(drop_asked_at=work.now)
    await work.note(
        EventKind.DROP_ASKED, by, job_id=job.id, offer_id=offer.id, agent_id=offer.agent_id
    )


async def _drop(work: Work, job: Job, offer: Offer, agent: Agent, by: Actor) -> None:
    """Take the job back from the driver who dropped it, alert, and ask the others."""
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
    )
    held_by_offer = offer.status == OfferStatus.ACCEPTED.value
    withdrawn = await withdraw(work, job, offer, EventKind.DROPPED, by, "dropped")
    if not moved or withdrawn != held_by_offer:
        raise Abandon(AGAIN)
    await work.note(
        EventKind.REOPENED,
        by,
        job_id=job.id,
        source=JobStatus.ASSIGNED.value,
        target=JobStatus.OFFERING.value,
    )
    await job.refresh_from_db()
    reason = f"{agent.name} dropped the job after saying YES"
    await raise_alert(work, AlertCause.DROPPED, job=job, agent=agent, reason=reason)
    await advance(work, job, by)


async def _next(step: Step, job: Job) -> dict[str, Any]:
    return start_facts(await told_step(step, job))


async def _said_before(offer: Offer, received: Received) -> ReplyAnswer:
    """Return the answer that the same word about the same offer got before."""
    earlier = InboxEntry.filter(
        offer_id=offer.id, verdict=received.reading.verdict.value, id__not=received.entry_id
    )
    entry = await earlier.order_by("id").first()
    if entry is None or entry.answer is None:
        return ReplyAnswer(True, "declined_advanced", {"next": {}})
    return ReplyAnswer(entry.answer["ok"], entry.answer["code"], entry.answer["facts"])
