"""The coordinator's decision on a job, and calling a job off."""

from __future__ import annotations

from datetime import datetime

from core.alerts import resolve_alerts
from core.cascade import close_open_offers
from core.cascade.closing import end_accepted_offer
from core.cascade.covering import release_reserves
from core.domain import (
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    sources_of,
)
from core.models import Job
from core.outcomes import DecisionOutcome, Done, NotFound, Refused, VersionChanged
from core.policy import cutoff_of
from core.router.offering import start_held_job
from core.rows import JOBS
from core.showing import fresh_view
from core.work import Work

_APPROVABLE = (JobStatus.NEEDS_APPROVAL,)


async def approve(
    work: Work, job_id: int, by: Actor, *, version: int | None = None, start: bool = False
) -> DecisionOutcome:
    """Approve once; with `start`, begin asking in the same unit of work."""
    moved = await work.move_job(
        job_id,
        _APPROVABLE,
        JobStatus.APPROVED,
        version=version,
        approved_at=work.now,
        decided_at=work.now,
        decided_by=str(by)[:200],
        decision_reason=None,
    )
    if not moved:
        outcome = await _not_undecided(work, job_id, version, JobStatus.APPROVED)
        if start and isinstance(outcome, Done) and outcome.job.status == JobStatus.APPROVED.value:
            await start_held_job(work, job_id, by)
            return Done(await fresh_view(work.unit, job_id), repeated=True)
        return outcome
    job = await JOBS.one(work.unit, "id = $1", job_id)
    job.cutoff = _cutoff_when_decided(work, job)
    job.next_action, job.next_action_at = "alert", alert_time(work, job, work.now)
    await JOBS.write(work.unit, job, "cutoff", "next_action", "next_action_at")
    await work.note(
        EventKind.APPROVED,
        by,
        job_id=job_id,
        source=JobStatus.NEEDS_APPROVAL.value,
        target=JobStatus.APPROVED.value,
        cutoff=job.cutoff,
    )
    await resolve_alerts(work, job_id, AlertCause.UNAPPROVED)
    if start:
        await start_held_job(work, job_id, by)
    return Done(await fresh_view(work.unit, job_id))


async def reject(
    work: Work, job_id: int, by: Actor, *, reason: str | None = None, version: int | None = None
) -> DecisionOutcome:
    """Refuse the job for good."""
    moved = await work.move_job(
        job_id,
        sources_of(JobStatus.REJECTED),
        JobStatus.REJECTED,
        version=version,
        decided_at=work.now,
        decided_by=str(by)[:200],
        decision_reason=reason,
        next_action=None,
        next_action_at=None,
        closed_at=work.now,
    )
    if not moved:
        return await _not_undecided(work, job_id, version, JobStatus.REJECTED)
    await work.note(
        EventKind.REJECTED,
        by,
        job_id=job_id,
        source=JobStatus.NEEDS_APPROVAL.value,
        target=JobStatus.REJECTED.value,
        reason=reason,
    )
    await resolve_alerts(work, job_id, *AlertCause)
    return Done(await fresh_view(work.unit, job_id))


async def cancel(
    work: Work,
    job_id: int,
    by: Actor,
    *,
    reason: str | None = None,
    kind: EventKind = EventKind.CANCELLED,
) -> DecisionOutcome:
    """Call the job off: close what is open, tell each driver once."""
    if not await work.hold_job(job_id, *sources_of(JobStatus.CANCELLED)):
        if not await Job.exists(id=job_id):
            return NotFound()
        view = await fresh_view(work.unit, job_id)
        if view.status == JobStatus.CANCELLED.value:
            return Done(view, repeated=True)
        return Refused("already_closed", f"the job is {view.status}", view)
    before = await Job.get(id=job_id)
    await work.move_job(
        job_id,
        sources_of(JobStatus.CANCELLED),
        JobStatus.CANCELLED,
        next_action=None,
        next_action_at=None,
        closed_at=work.now,
        assigned_agent_id=None,
    )
    job = await Job.get(id=job_id)
    await work.note(
        kind,
        by,
        job_id=job_id,
        source=before.status,
        target=JobStatus.CANCELLED.value,
        reason=reason,
    )
    await close_open_offers(work, job, by, "cancelled")
    await release_reserves(work, job, by, "cancelled")
    await resolve_alerts(work, job_id, *AlertCause)
    await end_accepted_offer(work, before, by, "cancelled")
    return Done(await fresh_view(work.unit, job_id))


def alert_time(work: Work, job: Job, since: datetime) -> datetime:
    """Return when a job that just sits is to raise an alert: soon, and before its cutoff."""
    due = since + work.site.alert_after
    if job.cutoff is None:
        return due
    return max(min(due, job.cutoff - work.site.alert_after), since)


async def _not_undecided(
    work: Work, job_id: int, version: int | None, asked: JobStatus
) -> DecisionOutcome:
    """Say why a decision did not count: gone, changed meanwhile, or decided already."""
    if not await Job.exists(id=job_id):
        return NotFound()
    view = await fresh_view(work.unit, job_id)
    status = JobStatus(view.status)
    if status is JobStatus.NEEDS_APPROVAL:
        return VersionChanged(view) if version is not None else Refused("busy", "try again", view)
    approved = view.approved_at is not None and status is not JobStatus.CANCELLED
    if (asked is JobStatus.APPROVED and approved) or status is asked:
        return Done(view, repeated=True)
    return Refused("already_decided", f"the job is {status.value}", view)


def _cutoff_when_decided(work: Work, job: Job) -> datetime | None:
    if job.cutoff_by is not None:
        return job.cutoff
    return cutoff_of(
        job.pickup_at,
        date_only=job.pickup_date_only,
        policy=work.site.policy(job.policy_name),
        zone=work.site.zone,
        decided_at=work.now,
    )
