"""Ask again: everybody anew, or one driver first."""

from __future__ import annotations

from core.alerts import resolve_alerts
from core.cascade import reopen
from core.cascade.closing import end_accepted_offer
from core.domain import Actor, AlertCause, EventKind, JobStatus, OfferStatus
from core.eligibility import sentence
from core.models import Agent, Job, Offer
from core.outcomes import DecisionOutcome, Done, NotFound, Refused
from core.policy_forms import policy_from_json
from core.roster import roster_of
from core.router.overrides.steering import as_it_is
from core.showing import fresh_view
from core.work import Work

_ASKABLE = (JobStatus.OFFERING, JobStatus.UNCOVERED)


async def reoffer(
    work: Work, job_id: int, by: Actor, *, policy: str | None = None
) -> DecisionOutcome:
    """Ask everybody anew about an uncovered job, also who declined."""
    moved = await work.move_job(job_id, (JobStatus.UNCOVERED,), JobStatus.OFFERING)
    if not moved:
        return await as_it_is(work, job_id)
    await resolve_alerts(work, job_id, AlertCause.UNCOVERED)
    job = await Job.get(id=job_id)
    await reopen(work, job, by, source=JobStatus.UNCOVERED, policy_name=policy)
    return Done(await fresh_view(work.unit, job_id))


async def offer_next(work: Work, job_id: int, agent_id: int, by: Actor) -> DecisionOutcome:
    """Put one driver at the head of the line, beyond the policy's rounds and earlier refusals."""
    agent = await Agent.get_or_none(id=agent_id, forgotten_at=None)
    if not await work.hold_job(job_id, *_ASKABLE):
        return await as_it_is(work, job_id)
    if agent is None:
        return NotFound("agent")
    job = await Job.get(id=job_id)
    why_not = await _why_not(work, job, agent)
    if why_not is not None:
        return Refused("not_eligible", why_not, await fresh_view(work.unit, job_id))
    source = JobStatus(job.status)
    await Job.filter(id=job_id).update(status=JobStatus.OFFERING.value)
    await job.refresh_from_db()
    if source is JobStatus.UNCOVERED:
        await resolve_alerts(work, job_id, AlertCause.UNCOVERED)
    await reopen(work, job, by, source=source, first=agent_id)
    return Done(await fresh_view(work.unit, job_id))


async def _why_not(work: Work, job: Job, agent: Agent) -> str | None:
    """Return why the driver cannot be asked in a new round; None when they can."""
    policy = policy_from_json(job.policy or {})
    held = await Offer.exists(job_id=job.id, agent_id=agent.id, status=OfferStatus.SENT.value)
    if held:
        return f"{agent.name} is being asked at the moment."
    asked_anew_at, job.asked_anew_at = job.asked_anew_at, work.now
    roster = await roster_of(work.unit, job, policy, work.site)
    job.asked_anew_at = asked_anew_at
    barred = roster.judged(job, policy, work.site, work.now, new_round=True).barred(agent.id)
    return None if barred is None else sentence(barred, agent.name, zone=work.site.zone)


async def take_back(
    work: Work, job_id: int, by: Actor, *, reason: str | None = None
) -> DecisionOutcome:
    """Take an assigned job back from its driver and ask the others."""
    if not await work.hold_job(job_id, JobStatus.ASSIGNED):
        return await as_it_is(work, job_id)
    before = await Job.get(id=job_id)
    called_off = [*(before.skipped or ()), before.assigned_agent_id]
    await work.move_job(
        job_id,
        (JobStatus.ASSIGNED,),
        JobStatus.OFFERING,
        assigned_agent_id=None,
        assigned_at=None,
        assigned_by_hand=False,
        next_action=None,
        next_action_at=None,
        skipped=called_off,
    )
    await work.note(
        EventKind.TAKEN_BACK,
        by,
        job_id=job_id,
        agent_id=before.assigned_agent_id,
        source=JobStatus.ASSIGNED.value,
        target=JobStatus.OFFERING.value,
        reason=reason,
    )
    await end_accepted_offer(work, before, by, "taken_back")
    job = await Job.get(id=job_id)
    await reopen(work, job, by, source=JobStatus.OFFERING, overrule=False)
    return Done(await fresh_view(work.unit, job_id))
