"""A driver says that a job is delivered, in words, by a press, or with a photo."""

from __future__ import annotations

from datetime import timedelta

from core.channel import Done
from core.domain import Actor, EventKind, JobStatus, OfferStatus
from core.models import Agent, Job, Offer
from core.outcomes import ReplyAnswer
from core.router.by_hand import complete
from core.runner import Abandon
from core.work import AGAIN, Work

PROOF_WITHIN = timedelta(hours=24)  # of the completion, a photo still belongs to the job


async def deliver(work: Work, agent: Agent, done: Done) -> ReplyAnswer:
    """Complete the driver's job, their only one or the one named; keep the proof with it."""
    held = await _jobs(agent, JobStatus.ASSIGNED)
    lately = [j for j in await _jobs(agent, JobStatus.COMPLETED) if _lately(work, j)]
    if done.offer_id is not None:
        named = await Offer.get_or_none(id=done.offer_id, agent_id=agent.id)
        held = [j for j in held if named is not None and j.id == named.job_id]
        lately = [j for j in lately if named is not None and j.id == named.job_id]
    if len(held) > 1:
        return await _which(held)
    if held:
        return await _complete(work, agent, held[0], done)
    if lately:
        return await _again(work, agent, lately[-1], done)
    return ReplyAnswer(False, "no_job_held")


async def holds_a_job(agent: Agent) -> bool:
    """Tell whether the driver has a job now."""
    return await Job.exists(assigned_agent_id=agent.id, status=JobStatus.ASSIGNED.value)


async def offer_of_code(agent: Agent, code: int) -> int:
    """Return the accepted offer of that code; 0, which names no offer, when there is none."""
    offer = await Offer.get_or_none(
        agent_id=agent.id, code=code, status=OfferStatus.ACCEPTED.value, closed_at=None
    )
    return 0 if offer is None else offer.id


async def _jobs(agent: Agent, status: JobStatus) -> list[Job]:
    return await Job.filter(assigned_agent_id=agent.id, status=status.value).order_by(
        "closed_at", "id"
    )


def _lately(work: Work, job: Job) -> bool:
    return job.closed_at is not None and work.now - job.closed_at <= PROOF_WITHIN


async def _which(held: list[Job]) -> ReplyAnswer:
    offers = await Offer.filter(
        job_id__in=[job.id for job in held], status=OfferStatus.ACCEPTED.value
    )
    offer_of = {offer.job_id: offer for offer in offers}
    jobs = [
        {
            "job_id": job.id,
            "reference": job.sheet_job_id,
            "offer_id": offer_of[job.id].id if job.id in offer_of else None,
            "code": offer_of[job.id].code if job.id in offer_of else None,
        }
        for job in held
    ]
    return ReplyAnswer(False, "which_job", {"jobs": jobs})


async def _complete(work: Work, agent: Agent, job: Job, done: Done) -> ReplyAnswer:
    """Complete it unless it was taken from the driver meanwhile: then it is decided anew."""
    if not await work.hold_job(job.id, JobStatus.ASSIGNED):
        raise Abandon(AGAIN)
    await job.refresh_from_db()
    if job.assigned_agent_id != agent.id:
        raise Abandon(AGAIN)
    await complete(
        work, job.id, _driver(agent), reason=done.text, agent_id=agent.id, proof=done.proof
    )
    return ReplyAnswer(True, "completed", _facts(job))


async def _again(work: Work, agent: Agent, job: Job, done: Done) -> ReplyAnswer:
    """Keep a photo that follows the completion; the same words again get the same answer."""
    if done.proof is None:
        return ReplyAnswer(True, "completed", _facts(job))
    await work.note(
        EventKind.PROOF_ADDED,
        _driver(agent),
        job_id=job.id,
        agent_id=agent.id,
        reason=done.text,
        proof=dict(done.proof),
    )
    return ReplyAnswer(True, "proof_noted", _facts(job))


def _driver(agent: Agent) -> Actor:
    return Actor("agent", f"{agent.id}")


def _facts(job: Job) -> dict[str, object]:
    return {"job_id": job.id, "reference": job.sheet_job_id}
