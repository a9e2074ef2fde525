"""What a coordinator does about an alert: has seen it, asks again, gives the job to somebody."""

from __future__ import annotations

from typing import Any

from core.alerts import acknowledge_alert
from core.domain import Actor, ExclusionReason
from core.models import Alert, Job
from core.outcomes import Done, Refused, ReplyAnswer
from core.policy_forms import policy_from_json
from core.roster import roster_of
from core.router.by_hand import assign
from core.router.hearing.showing import job_facts
from core.router.overrides.asking import reoffer
from core.work import Work

MOST_DRIVERS = 30
# who cannot do the job at all; anybody else may have said so on the phone
_CANNOT = (
    ExclusionReason.INACTIVE,
    ExclusionReason.VEHICLE_TOO_SMALL,
    ExclusionReason.MISSING_SKILLS,
)


async def acknowledge(work: Work, alert_id: int | None, by: Actor) -> ReplyAnswer:
    """Stop the alert's repeating; again tells who did."""
    alert = await acknowledge_alert(work, alert_id, by) if alert_id is not None else None
    if alert is None:
        return ReplyAnswer(False, "refused", {"detail": "there is no such alert"})
    _, _, name = (alert.acknowledged_by or "").partition(" ")
    facts = {"alert_id": alert.id, "job_id": alert.job_id, "cause": alert.cause, "by": name}
    return ReplyAnswer(True, "acknowledged", {**facts, "at": alert.acknowledged_at})


async def ask_again(work: Work, job_id: int, alert: Alert | None, by: Actor) -> ReplyAnswer:
    """Ask everybody anew about an uncovered job."""
    outcome = await reoffer(work, job_id, by)
    if not isinstance(outcome, Done):
        detail = outcome.reason if isinstance(outcome, Refused) else "there is no such job"
        return ReplyAnswer(False, "refused", {**await job_facts(job_id), "detail": detail})
    return await _handled(work, "asked_again", job_id, alert, by)


async def who_could_drive(work: Work, job_id: int, alert: Alert | None) -> ReplyAnswer:
    """Name the drivers whom the job can be given to by hand, those who would be asked first."""
    job = await Job.get(id=job_id)
    frozen = policy_from_json(job.policy) if job.policy is not None else None
    policy = frozen or work.site.policy(job.policy_name)
    roster = await roster_of(work.unit, job, policy, work.site)
    found = roster.judged(job, policy, work.site, work.now, new_round=True).candidates()
    others = [e.agent_id for e in found.excluded if e.reason not in _CANNOT]
    listed = [*found.askable, *others][:MOST_DRIVERS]
    drivers = [{"agent_id": one, "name": roster.names[one]} for one in listed]
    return ReplyAnswer(
        True,
        "choose_driver",
        {
            "drivers": drivers,
            "alert_id": alert.id if alert is not None else None,
            "job_id": job.id,
            "reference": job.sheet_job_id,
        },
    )


async def assign_to(
    work: Work, job_id: int, agent_id: int, alert: Alert | None, by: Actor
) -> ReplyAnswer:
    """Give the job to that driver."""
    outcome = await assign(work, job_id, agent_id, by)
    if isinstance(outcome, Done):
        return await _handled(work, "assigned_by_hand", job_id, alert, by)
    facts = await job_facts(job_id)
    detail = outcome.reason if isinstance(outcome, Refused) else "there is no such driver"
    if facts["driver"] is not None:
        detail = f"{facts['driver']} has the job already"
    return ReplyAnswer(False, "refused", {**facts, "detail": detail})


async def _handled(
    work: Work, code: str, job_id: int, alert: Alert | None, by: Actor
) -> ReplyAnswer:
    """Return the answer; the alert that led to this needs no repeating any more."""
    told: dict[str, Any] = {"alert_id": None}
    if alert is not None:
        await acknowledge_alert(work, alert.id, by)
        told = {"alert_id": alert.id}
    return ReplyAnswer(True, code, {**await job_facts(job_id), **told})
