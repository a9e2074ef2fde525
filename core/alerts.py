"""Alerts: one per cause and subject, said at once and again until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain import CLOCK, Actor, AlertCause, EventKind, MessageKind
from core.models import Agent, Alert, Job
from core.outbox.promises import promise
from core.reach import coordinators_for
from core.rows import ALERTS
from core.work import Work

# An acknowledged alert of these causes stays open until the job leaves the state it is about,
# so that the clock does not raise it again; the others are about a moment and end there.
LASTING = (
    AlertCause.UNCOVERED,
    AlertCause.UNAPPROVED,
    AlertCause.NEVER_STARTED,
    AlertCause.AT_RISK,
    AlertCause.CLOCK_STOPPED,
)
ENDED_BY_A_DRIVER = (*LASTING, AlertCause.UNCLEAR_REPLY)  # once somebody has the job


async def raise_alert(
    work: Work,
    cause: AlertCause,
    *,
    job: Job | None = None,
    agent: Agent | None = None,
    reason: str | None = None,
) -> bool:
    """Raise an alert and promise its first message; False when the same one is open already.

    One that is open already gets the newer reason and is said again at the next tick.
    """
    subject = _subject(cause, job, agent)
    alert = Alert(
        cause=cause.value,
        subject=subject,
        job_id=job.id if job is not None else None,
        agent_id=agent.id if agent is not None else None,
        reason=reason,
        raised_at=work.now,
        next_at=work.now + work.site.alert_every,
        times_said=1,
    )
    alert_id = await work.insert_new(alert)
    if alert_id is None:
        await Alert.filter(
            cause=cause.value, subject=subject, resolved_at=None, acknowledged_at=None
        ).update(reason=reason, next_at=work.now)
        return False
    alert.id = alert_id
    await work.note(
        EventKind.ALERTED,
        CLOCK,
        job_id=alert.job_id,
        agent_id=alert.agent_id,
        reason=reason,
        alert_id=alert_id,
        cause=cause.value,
    )
    await say_alert(work, alert, job)
    return True


def _subject(cause: AlertCause, job: Job | None, agent: Agent | None) -> str:
    """Return what an alert is one of a kind about: of who cannot be told, each counts."""
    of_agent = f"agent:{agent.id if agent else 0}"
    if job is None:
        return of_agent
    return f"job:{job.id}/{of_agent}" if cause is AlertCause.UNDELIVERABLE else f"job:{job.id}"


async def say_alert(work: Work, alert: Alert, job: Job | None) -> None:
    """Promise one round of messages about the alert."""
    agent = await Agent.get_or_none(id=alert.agent_id) if alert.agent_id else None
    facts = {
        "alert_id": alert.id,
        "cause": alert.cause,
        "reason": alert.reason,
        "times_said": alert.times_said,
        "job_id": alert.job_id,
        "reference": job.sheet_job_id if job is not None else None,
        "driver": agent.name if agent is not None else None,
        "url": f"{work.site.base_url.rstrip('/')}/jobs/{job.id}" if job is not None else None,
    }
    for to in await coordinators_for(work, job):
        await promise(work, MessageKind.ALERT, to, facts, job_id=alert.job_id, alert_id=alert.id)


async def repeat_alert(work: Work, alert_id: int) -> bool:
    """Say a due alert again; False when it is not due any more."""
    due = await Alert.filter(id=alert_id, next_at__lte=work.now).update(
        next_at=work.now + work.site.alert_every
    )
    if not due:
        return False
    alert = await Alert.get(id=alert_id)
    alert.times_said += 1
    await alert.save(update_fields=["times_said"])
    job = await Job.get_or_none(id=alert.job_id) if alert.job_id else None
    await say_alert(work, alert, job)
    return True


async def acknowledge_alert(work: Work, alert_id: int, by: Actor) -> Alert | None:
    """Stop the repeating; None when there is no such alert. Again changes nothing."""
    first = await Alert.filter(id=alert_id, acknowledged_at=None).update(
        acknowledged_at=work.now, acknowledged_by=str(by)[:200], next_at=None
    )
    alert = await Alert.get_or_none(id=alert_id)
    if alert is None or not first:
        return alert
    if alert.cause not in LASTING and alert.resolved_at is None:
        alert.resolved_at = work.now
        await alert.save(update_fields=["resolved_at"])
    await work.note(
        EventKind.ALERT_ACKNOWLEDGED,
        by,
        job_id=alert.job_id,
        agent_id=alert.agent_id,
        alert_id=alert.id,
        cause=alert.cause,
    )
    return alert


async def resolve_alerts(work: Work, job_id: int, *causes: AlertCause) -> None:
    """Close the job's alerts of these causes: what they were about is over."""
    await ALERTS.change(
        work.unit,
        open_alerts("$1", causes),
        f"job:{job_id}",
        resolved_at=work.now,
        next_at=None,
    )
    if AlertCause.UNDELIVERABLE in causes:  # each about one driver
        await ALERTS.change(
            work.unit,
            "cause = $1 AND job_id = $2 AND resolved_at IS NULL",
            AlertCause.UNDELIVERABLE.value,
            job_id,
            resolved_at=work.now,
            next_at=None,
        )


def open_alerts(subject: str, causes: Iterable[AlertCause]) -> str:
    """Return the condition for open alerts of these causes, `subject` being SQL."""
    marks = ", ".join(f"'{cause.value}'" for cause in causes)
    return f"subject = {subject} AND cause IN ({marks}) AND resolved_at IS NULL"


async def resolve_inbox_alert(work: Work) -> None:
    """Close the alert about what waits in the inbox: nothing does any more."""
    await ALERTS.change(
        work.unit,
        "cause = $1 AND resolved_at IS NULL",
        AlertCause.NEEDS_PERSON.value,
        resolved_at=work.now,
        next_at=None,
    )
