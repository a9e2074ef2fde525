"""Give the job on a driver's behalf: award it to an earlier answer, or answer for somebody."""

from __future__ import annotations

from core.cascade import assign_by_offer
from core.domain import Actor, EventKind, JobStatus, OfferStatus, Verdict
from core.models import Agent, Job, Offer
from core.outbox.promises import promise_booking
from core.outcomes import DecisionOutcome, Done, NotFound, Refused
from core.reach import asked_at
from core.replies import Reading
from core.router.offer_replies import Received, answer_about
from core.router.overrides.steering import as_it_is
from core.runner import Abandon
from core.showing import fresh_view
from core.work import Work

_AWARDABLE = (OfferStatus.TIMED_OUT, OfferStatus.DECLINED)
_FREE = (JobStatus.OFFERING, JobStatus.UNCOVERED)


async def award(work: Work, job_id: int, offer_id: int, by: Actor) -> DecisionOutcome:
    """Give a free job to the driver of an offer that ran out or was declined."""
    if not await work.hold_job(job_id, *_FREE):
        return await as_it_is(work, job_id)
    job = await Job.get(id=job_id)
    offer = await Offer.get_or_none(id=offer_id, job_id=job_id)
    if offer is None:
        return NotFound("offer")
    if OfferStatus(offer.status) not in _AWARDABLE or offer.version != job.version:
        return Refused(
            "not_awardable", f"the offer is {offer.status}", await fresh_view(work.unit, job_id)
        )
    await work.note(
        EventKind.AWARDED, by, job_id=job_id, offer_id=offer.id, agent_id=offer.agent_id
    )
    if not await assign_by_offer(work, job, offer, by, job_sources=_FREE, offer_sources=_AWARDABLE):
        raise Abandon(NotFound("agent"))  # forgotten since: all else was as it should be
    await _tell_booked(work, job, offer)
    return Done(await fresh_view(work.unit, job_id))


async def answer(
    work: Work, job_id: int, offer_id: int, verdict: Verdict, by: Actor, *, reason: str | None
) -> DecisionOutcome:
    """Answer an offer for its driver, who said it in some other way."""
    job = await Job.get_or_none(id=job_id)
    if job is None:
        return NotFound()
    offer = await Offer.get_or_none(id=offer_id, job_id=job_id)
    if offer is None:
        return NotFound("offer")
    agent = await Agent.get_or_none(id=offer.agent_id, forgotten_at=None)
    if agent is None:
        return NotFound("agent")
    received = Received(Reading(verdict, reason=reason), entry_id=0, at=work.now)
    theirs_before = job.assigned_agent_id == agent.id
    told = await answer_about(work, agent, job, offer, received, by)
    view = await fresh_view(work.unit, job_id)
    if not told.ok:
        return Refused(told.code, f"the offer is {offer.status}, the job {view.status}", view)
    if told.code == "accepted" and not theirs_before:
        await _tell_booked(work, await Job.get(id=job_id), offer)
    return Done(view)


async def _tell_booked(work: Work, job: Job, offer: Offer) -> None:
    await promise_booking(work, job, await asked_at(work, offer), offer_id=offer.id)
