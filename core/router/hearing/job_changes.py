"""A job that is known is described again: updated before approval, proposed to a person after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from zoneinfo import ZoneInfo

from core.alerts import raise_alert
from core.domain import Actor, AlertCause, JobStatus
from core.drafts import JobDraft, JobReading
from core.intake.dates import DateProblem, Pickup, read_pickup
from core.models import Alert, Job
from core.outbox.promises import promise_approval_requests
from core.outcomes import UnreadablePickup
from core.router.hearing.read_jobs import Taken
from core.router.overrides.edits import MATERIAL, edit
from core.router.overrides.steering import UNDER_WAY
from core.runner import Abandon
from core.work import AGAIN, Work

_PICKUP = ("pickup_date", "pickup_time", "pickup_at", "pickup_date_only")
NOTHING = "-"
_SHOWN_AS = {"policy": "policy_name"}


async def take_update(work: Work, job: Job, reading: JobReading, by: Actor) -> Taken:
    """Have the job follow the new description as far as its status allows."""
    reference = job.sheet_job_id
    if JobStatus(job.status) not in UNDER_WAY:
        return await _over(job, reading)
    if reading.cancels:
        await _propose(work, job, AlertCause.CANCEL_PROPOSED, f"{by.name} asks to cancel it")
        return Taken(reading, reference, job.id, "cancel_proposed")
    changes = changes_of(job, reading.draft, work.site.zone)
    if not changes:
        return Taken(reading, reference, job.id, "already_exists")
    if job.status == JobStatus.NEEDS_APPROVAL.value:
        return await _update(work, job, reading, changes, by)
    said = "; ".join(f"{_label(n)}: {_old(job, n)} → {_shown(v)}" for n, v in changes.items())
    await _propose(work, job, AlertCause.CHANGE_PROPOSED, f"{by.name} asks to change {said}")
    return Taken(reading, reference, job.id, "change_proposed")


def plain_pickup(draft: JobDraft, zone: ZoneInfo) -> JobDraft:
    """Write a pickup that was said in words ("tomorrow 2pm") so that it reads the same later."""
    if draft.pickup_at is None:
        return draft
    meant = Pickup(draft.pickup_at, draft.pickup_date_only)
    local = draft.pickup_at.astimezone(zone)
    day, clock = f"{local:%Y-%m-%d}", None if draft.pickup_date_only else f"{local:%H:%M}"
    for date, time in ((draft.pickup_date, draft.pickup_time), (day, clock)):
        if _reads_as(date, time, zone) == meant:
            return replace(draft, pickup_date=date, pickup_time=time)
    return replace(draft, pickup_date=local.isoformat(timespec="seconds"), pickup_time=None)


def changes_of(job: Job, draft: JobDraft, zone: ZoneInfo) -> dict[str, Any]:
    """Return the given fields that differ; what is not given stays as it is."""
    names = [f.name for f in fields(draft) if f.name not in ("sheet_job_id", *_PICKUP)]
    given = {name: getattr(draft, name) for name in names}
    given = {n: list(v) if n == "skills" else v for n, v in given.items() if v not in (None, ())}
    changed = {
        name: value
        for name, value in given.items()
        if value != getattr(job, _SHOWN_AS.get(name, name))
    }
    return {**_pickup_changes(job, draft, zone), **changed}


def _pickup_changes(job: Job, draft: JobDraft, zone: ZoneInfo) -> dict[str, Any]:
    """Compare what the pickups mean; a day alone leaves the time of a job that has one."""
    if draft.pickup_at is None:
        return {}
    if (draft.pickup_at, draft.pickup_date_only) == (job.pickup_at, job.pickup_date_only):
        return {}
    time = draft.pickup_time
    if draft.pickup_date_only and job.pickup_at is not None and not job.pickup_date_only:
        held = job.pickup_at.astimezone(zone)
        if draft.pickup_at.astimezone(zone).date() == held.date():
            return {}
        time = f"{held:%H:%M}"
    return {"pickup_date": draft.pickup_date, "pickup_time": time}


async def _update(
    work: Work, job: Job, reading: JobReading, changes: Mapping[str, Any], by: Actor
) -> Taken:
    """Edit a job that nobody has decided on; its coordinator is asked again."""
    doubts = [*(job.warnings or ()), *reading.warnings]
    if not await work.hold_job(job.id, JobStatus.NEEDS_APPROVAL, version=job.version):
        raise Abandon(AGAIN)
    await Job.filter(id=job.id).update(warnings=list(dict.fromkeys(doubts)) or None)
    outcome = await edit(work, job.id, changes, by, version=job.version)
    if isinstance(outcome, UnreadablePickup):
        await Job.filter(id=job.id).update(warnings=job.warnings)
        return Taken(reading, job.sheet_job_id, job.id, problems=(outcome.reason,))
    if not MATERIAL & changes.keys():  # else the edit has asked
        await promise_approval_requests(work, await Job.get(id=job.id))
    return Taken(reading, job.sheet_job_id, job.id, "updated")


async def _propose(work: Work, job: Job, cause: AlertCause, reason: str) -> None:
    """Put it to the coordinator, once for the same words; only a person changes the job."""
    if not await work.hold_job(job.id, JobStatus(job.status)):
        raise Abandon(AGAIN)
    subject = f"job:{job.id}"
    open_one = Alert.filter(
        cause=cause.value, subject=subject, resolved_at=None, acknowledged_at=None
    )
    if not await open_one.filter(reason=reason).exists():
        await raise_alert(work, cause, job=job, reason=reason)


async def _over(job: Job, reading: JobReading) -> Taken:
    if reading.cancels and job.status == JobStatus.CANCELLED.value:
        return Taken(reading, job.sheet_job_id, job.id, "already_exists")
    problem = f"the job {job.sheet_job_id} is {job.status} and cannot be changed"
    return Taken(reading, job.sheet_job_id, job.id, problems=(problem,))


def _reads_as(date: str | None, time: str | None, zone: ZoneInfo) -> Pickup | None:
    try:
        return read_pickup(date, time, zone)
    except DateProblem:
        return None


def _label(name: str) -> str:
    return name.replace("_", " ")


def _old(job: Job, name: str) -> str:
    return _shown(getattr(job, _SHOWN_AS.get(name, name)))


def _shown(value: Any) -> str:
    """Return a value as people read it; nothing as a dash."""
    if isinstance(value, list):
        return ", ".join(value) or NOTHING
    return str(value) if value else NOTHING
