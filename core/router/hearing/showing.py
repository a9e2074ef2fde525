"""The facts that a coordinator is answered with: a job as it is, all that is under way."""

from __future__ import annotations

from typing import Any

from core.domain import JobStatus
from core.models import Agent, Alert, Event, Job
from core.outbox.promises import booking_facts
from core.router.overrides.steering import UNDER_WAY
from core.work import Work

MOST_JOBS = 30
MOST_ALERTS = 10


async def job_facts(job_id: int) -> dict[str, Any]:
    """Return the job as its coordinator may see it, with who has it and who decided."""
    job = await Job.get(id=job_id)
    agent = await Agent.get_or_none(id=job.assigned_agent_id) if job.assigned_agent_id else None
    by, at = await _decided(job)
    return {
        **booking_facts(job),
        "job_id": job.id,
        "status": job.status,
        "version": job.version,
        "driver": agent.name if agent is not None else None,
        "next_action": job.next_action,
        "by": by,
        "at": at,
    }


async def overview(work: Work) -> dict[str, Any]:
    """Return the jobs that are not over, newest first, and the alerts that wait."""
    wanted = [status.value for status in UNDER_WAY]
    jobs = await Job.filter(status__in=wanted).order_by("-id").limit(MOST_JOBS)
    holders = {j.assigned_agent_id for j in jobs if j.assigned_agent_id is not None}
    names = {a.id: a.name for a in await Agent.filter(id__in=holders)}
    waiting = Alert.filter(resolved_at=None, acknowledged_at=None)
    alerts = await waiting.order_by("-id").limit(MOST_ALERTS)
    about = {a.job_id for a in alerts if a.job_id is not None}
    references = {j.id: j.sheet_job_id for j in await Job.filter(id__in=about)}
    return {
        "jobs": [
            {
                "job_id": job.id,
                "reference": job.sheet_job_id,
                "status": job.status,
                "driver": names.get(job.assigned_agent_id or 0),
            }
            for job in jobs
        ],
        "alerts": [
            {
                "alert_id": alert.id,
                "cause": alert.cause,
                "job_id": alert.job_id,
                "reference": references.get(alert.job_id or 0),
                "reason": alert.reason,
            }
            for alert in alerts
        ],
    }


async def _decided(job: Job) -> tuple[str | None, Any]:
    """Return who brought the job to where it is, and when; the approval while it is under way."""
    if job.status == JobStatus.CANCELLED.value:
        ended = Event.filter(job_id=job.id, target=JobStatus.CANCELLED.value)
        line = await ended.order_by("-id").first()
        return (None, None) if line is None else (_name(line.actor), line.at)
    return _name(job.decided_by), job.decided_at


def _name(actor: str | None) -> str | None:
    """Return `Jo` of `coordinator Jo`; what has no name is named by its kind."""
    if actor is None:
        return None
    kind, _, name = actor.partition(" ")
    return name or kind
