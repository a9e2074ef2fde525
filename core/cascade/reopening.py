"""Ask about a job again: a new round beyond the policy's own, ranked anew."""

from __future__ import annotations

from core.cascade.advance import Step, advance, begin
from core.domain import Actor, EventKind, JobStatus
from core.models import Job
from core.policy_forms import policy_as_json, policy_from_json
from core.roster import roster_of
from core.work import Work


async def reopen(
    work: Work,
    job: Job,
    by: Actor,
    *,
    source: JobStatus,
    first: int | None = None,
    policy_name: str | None = None,
    overrule: bool = True,
) -> Step:
    """Open a new round of a job that is `offering` by now, and ask; `first` heads the line.

    With `overrule`, who declined earlier is asked again. A job that was never offered begins.
    """
    if policy_name is not None:
        job.policy_name = policy_name
        await job.save(update_fields=["policy_name"])
    if job.policy is None:
        return await begin(work, job, by, source=source)
    if policy_name is not None:
        job.policy = policy_as_json(work.site.policy(policy_name))
    job.round += 1
    job.automatic_rounds = 1
    job.round_opened_at = work.now
    job.asked_anew_at = work.now if overrule else job.asked_anew_at
    job.next_action = job.next_action_at = None
    policy = policy_from_json(job.policy)
    roster = await roster_of(work.unit, job, policy, work.site)
    job.agent_order = roster.line(policy, first)
    await job.save()
    await work.note(
        EventKind.ASKED_AGAIN,
        by,
        job_id=job.id,
        source=source.value,
        target=JobStatus.OFFERING.value,
        round=job.round,
        policy=policy.name,
        rules=job.policy,
        order=job.agent_order,
        first=first,
    )
    return await advance(work, job, by)
