"""What the page says about a job in words: its pickup, who decided, how it stands. Local times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.domain import JobStatus
from core.views import JobView

_STANDING = {
    JobStatus.APPROVED: "Drivers have not been asked yet.",
    JobStatus.OFFERING: "Drivers are being asked.",
    JobStatus.UNCOVERED: "No driver was found: it needs you.",
    JobStatus.ASSIGNED: "A driver is booked.",
    JobStatus.COMPLETED: "It is done.",
}


def story_of(job: JobView, zone: ZoneInfo) -> str:
    """Return what has become of a job; empty while nobody has decided."""
    status = JobStatus(job.status)
    if status is JobStatus.NEEDS_APPROVAL:
        return ""
    if status is JobStatus.CANCELLED:
        return f"Cancelled{_at(job.closed_at, zone)}."
    by = f" by {_person(job.decided_by)}" if job.decided_by else ""
    if status is JobStatus.REJECTED:
        reason = f": {job.decision_reason}" if job.decision_reason else ""
        return f"Already rejected{by}{_at(job.decided_at, zone)}{reason}."
    if job.approved_at is None:
        return f"Given to a driver by hand{by}{_at(job.decided_at, zone)}."
    return f"Already approved{by}{_at(job.approved_at, zone)}. {_STANDING[status]}"


def pickup_text(job: JobView, zone: ZoneInfo) -> str:
    """Return when the job is collected, as a person reads it."""
    if job.pickup_at is None:
        return f"{job.pickup_time}, day not given" if job.pickup_time else ""
    if job.pickup_date_only:
        return f"{_day(job.pickup_at, zone)}, time not given"
    return local(job.pickup_at, zone)


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment with its weekday, on the local clock."""
    return f"{_day(moment, zone)}, {moment.astimezone(zone):%H:%M}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    there = moment.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y}"


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    return f" at {local(moment, zone)}" if moment else ""


def _person(actor: str) -> str:
    """Return who decided, without the kind that history writes before a coordinator's name."""
    return actor.removeprefix("coordinator ")
