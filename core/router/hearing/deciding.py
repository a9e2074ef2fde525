"""Do what a coordinator wants with a job, and return what they are told."""

from __future__ import annotations

from core.domain import Actor, JobStatus
from core.models import Alert, Coordinator, Job
from core.outcomes import (
    DecisionOutcome,
    NotFound,
    Refused,
    ReplyAnswer,
    VersionChanged,
)
from core.outcomes import Done as Decided
from core.router.approval import approve, cancel, reject
from core.router.hearing.about_alerts import acknowledge, ask_again, assign_to, who_could_drive
from core.router.hearing.showing import job_facts, overview
from core.router.hearing.wishes import Wish
from core.router.overrides.steering import UNDER_WAY
from core.runner import Abandon
from core.showing import fresh_view
from core.work import AGAIN, Work


async def decide(work: Work, coordinator: Coordinator, wish: Wish) -> ReplyAnswer:
    """Do it once; who comes second is told what was decided, by whom and when."""
    by = Actor("coordinator", coordinator.name)
    if wish.action == "status" and wish.job_id is None and wish.alert_id is None:
        return ReplyAnswer(True, "overview", await overview(work))
    alert = await Alert.get_or_none(id=wish.alert_id) if wish.alert_id is not None else None
    if wish.action == "acknowledge":
        return await acknowledge(work, wish.alert_id, by)
    job_id = wish.job_id if wish.job_id is not None or alert is None else alert.job_id
    if job_id is None or not await Job.exists(id=job_id):
        return ReplyAnswer(False, "refused", {"detail": "there is no such job"})
    match wish.action:
        case "approve" | "approve_and_offer" | "reject" | "cancel":
            return await _decide(work, job_id, by, wish)
        case "status":
            return ReplyAnswer(True, "job_status", await job_facts(job_id))
        case "ask_again":
            return await ask_again(work, job_id, alert, by)
        case "choose_driver":
            return await who_could_drive(work, job_id, alert)
        case "assign" if wish.agent_id is not None:
            return await assign_to(work, job_id, wish.agent_id, alert, by)
        case unknown:
            return ReplyAnswer(False, "refused", {"detail": f"{unknown} is not known here"})


async def _decide(work: Work, job_id: int, by: Actor, wish: Wish) -> ReplyAnswer:
    before = await Job.get(id=job_id)
    match wish.action:
        case "approve":
            outcome = await approve(work, job_id, by, version=wish.version)
        case "approve_and_offer":
            outcome = await approve(work, job_id, by, version=wish.version, start=True)
        case "reject":
            outcome = await reject(work, job_id, by, reason=wish.reason, version=wish.version)
        case _:
            outcome = await _cancel(work, job_id, by, wish)
    return await _told(outcome, wish, JobStatus(before.status))


async def _cancel(work: Work, job_id: int, by: Actor, wish: Wish) -> DecisionOutcome:
    """Call it off, unless the job is no more what the coordinator saw."""
    if wish.version is not None and not await work.hold_job(
        job_id, *UNDER_WAY, version=wish.version
    ):
        view = await fresh_view(work.unit, job_id)
        if JobStatus(view.status) in UNDER_WAY:
            return VersionChanged(view)
    return await cancel(work, job_id, by, reason=wish.reason)


_DONE = {
    "approve": "approved",
    "approve_and_offer": "approved_and_offered",
    "reject": "rejected",
    "cancel": "cancelled",
}


async def _told(outcome: DecisionOutcome, wish: Wish, before: JobStatus) -> ReplyAnswer:
    match outcome:
        case NotFound():
            return ReplyAnswer(False, "refused", {"detail": "there is no such job"})
        case VersionChanged(job):
            return ReplyAnswer(False, "version_changed", await job_facts(job.id))
        case Refused("busy"):
            raise Abandon(AGAIN)
        case Refused(job=job):
            return ReplyAnswer(True, "already_decided", await job_facts(job.id))
        case Decided(job, repeated):
            started = before is JobStatus.APPROVED and job.status != before.value
            begun = wish.action == "approve_and_offer" and started
            code = _DONE[wish.action] if begun or not repeated else "already_decided"
            return ReplyAnswer(True, code, await job_facts(job.id))
