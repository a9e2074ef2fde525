"""Personal data whose time is over: erased, while rows and history stay for the reports."""

from __future__ import annotations

from datetime import datetime

from core.domain import Actor, AlertCause, EventKind
from core.models import Alert, Event, Job
from core.router.by_hand import PROOFS
from core.router.sweeping import Sweep, empty_entries, empty_messages
from core.work import Work

_ITS_JOB_ENDED = "EXISTS (SELECT 1 FROM jobs WHERE jobs.id = row.job_id AND jobs.closed_at < $3)"


def sweeps(before: datetime, by: Actor) -> dict[str, Sweep]:
    """Return what holds personal data of jobs that ended before that moment, jobs last.

    What belongs to no job counts by when it was settled; what waits for a person is kept.
    """

    async def empty_jobs(work: Work, ids: list[int]) -> None:
        for job_id in ids:
            await _empty_job(work, job_id, by)

    return {
        "inbox": Sweep(
            "inbox",
            "row.state IN ('handled', 'ignored') AND LENGTH(row.payload) > 0"
            f" AND ({_ITS_JOB_ENDED} OR (row.job_id IS NULL AND row.handled_at < $3))",
            (before,),
            empty_entries,
        ),
        "outbox": Sweep(
            "outbox",
            "row.state <> 'queued' AND row.handle <> ''"
            f" AND ({_ITS_JOB_ENDED} OR (row.job_id IS NULL AND row.settled_at < $3))",
            (before,),
            empty_messages,
        ),
        "jobs": Sweep(
            "jobs", "row.closed_at < $3 AND row.purged_at IS NULL", (before,), empty_jobs
        ),
    }


async def _empty_job(work: Work, job_id: int, by: Actor) -> None:
    emptied = await Job.filter(id=job_id, closed_at__not_isnull=True, purged_at=None).update(
        contact_name=None,
        contact_phone=None,
        pickup_address=None,
        delivery_address=None,
        notes=None,
        warnings=None,
        purged_at=work.now,
    )
    if emptied:
        await _empty_history(job_id)
        await work.note(EventKind.PURGED, by, job_id=job_id)


async def _empty_history(job_id: int) -> None:
    """Erase the proofs of delivery, and what was proposed to change: it may name people."""
    await Event.filter(job_id=job_id, kind__in=PROOFS).update(facts=None)
    proposed = AlertCause.CHANGE_PROPOSED.value
    await Alert.filter(job_id=job_id, cause=proposed).update(reason=None)
    for line in await Event.filter(job_id=job_id, kind=EventKind.ALERTED.value):
        if (line.facts or {}).get("cause") == proposed:
            await Event.filter(id=line.id).update(reason=None)
