"""What a coordinator does by hand: give the job to somebody, say that it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.alerts import ENDED_BY_A_DRIVER, raise_alert, resolve_alerts
from core.cascade.closing import close_open_offers
from core.cascade.covering import release_reserves, schedule_completion
from core.domain import (
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    OfferStatus,
    sources_of,
)
from core.models import Address, Agent, Job, Offer
from core.outbox.promises import promise_booking
from core.outcomes import DecisionOutcome, Done, NotFound, Refused
from core.reach import agent_at, usable
from core.runner import Abandon
from core.showing import fresh_view
from core.work import Work

# whose facts may hold a photo
PROOFS = (EventKind.COMPLETED.value, EventKind.PROOF_ADDED.value)


async def assign(
    work: Work, job_id: int, agent_id: int, by: Actor, *, reason: str | None = None
) -> DecisionOutcome:
    """Give the job to a driver by hand; the second of two gets the present state."""
    agent = await Agent.get_or_none(id=agent_id, forgotten_at=None)
    if not await Job.exists(id=job_id):
        return NotFound()
    if agent is None:
        return NotFound("agent")
    if not await work.hold_job(job_id, *sources_of(JobStatus.ASSIGNED)):
        view = await fresh_view(work.unit, job_id)
        if view.status == JobStatus.ASSIGNED.value and view.assigned_agent_id == agent_id:
            return Done(view, repeated=True)
        return Refused("not_assignable", f"the job is {view.status}", view)
    before = await Job.get(id=job_id)
    decided = before.decided_at is not None
    await work.move_job(
        job_id,
        sources_of(JobStatus.ASSIGNED),
        JobStatus.ASSIGNED,
        assigned_agent_id=agent_id,
        assigned_at=work.now,
        assigned_by_hand=True,
        decided_at=before.decided_at if decided else work.now,
        decided_by=before.decided_by if decided else str(by)[:200],
        next_action="complete",
        next_action_at=schedule_completion(before.pickup_at, work.now),
    )
    if not await Agent.exists(id=agent_id, forgotten_at=None):
        raise Abandon(NotFound("agent"))  # forgotten since it was read
    job = await Job.get(id=job_id)
    await work.note(
        EventKind.ASSIGNED,
        by,
        job_id=job_id,
        agent_id=agent_id,
        source=before.status,
        target=JobStatus.ASSIGNED.value,
        reason=reason,
        by_hand=True,
    )
    await close_open_offers(work, job, by, "filled", but_silently_for=agent_id)
    await release_reserves(work, job, by, "filled")
    await resolve_alerts(work, job_id, *ENDED_BY_A_DRIVER)
    addresses = usable(await Address.filter(agent_id=agent_id), work.site)
    if addresses:
        await promise_booking(work, job, agent_at(agent, addresses[0]), offer_id=None)
    else:
        said = f"{agent.name} was given the job by hand but cannot be told of it"
        await raise_alert(work, AlertCause.UNDELIVERABLE, job=job, agent=agent, reason=said)
    return Done(await fresh_view(work.unit, job_id))


async def complete(
    work: Work,
    job_id: int,
    by: Actor,
    *,
    reason: str | None = None,
    agent_id: int | None = None,
    proof: Mapping[str, Any] | None = None,
) -> DecisionOutcome:
    """Say that an assigned job is done; its code may be used again later.

    `agent_id`, `reason` and proof stand in the history when its driver says so.
    """
    moved = await work.move_job(
        job_id,
        sources_of(JobStatus.COMPLETED),
        JobStatus.COMPLETED,
        next_action=None,
        next_action_at=None,
        closed_at=work.now,
    )
    if not moved:
        if not await Job.exists(id=job_id):
            return NotFound()
        view = await fresh_view(work.unit, job_id)
        if view.status == JobStatus.COMPLETED.value:
            return Done(view, repeated=True)
        return Refused("not_assigned", f"the job is {view.status}", view)
    kept: dict[str, Any] = {} if proof is None else {"proof": dict(proof)}
    await Offer.filter(job_id=job_id, status=OfferStatus.ACCEPTED.value).update(
        closed_at=work.now, reconfirm_by=None
    )
    await work.note(
        EventKind.COMPLETED,
        by,
        job_id=job_id,
        source=JobStatus.ASSIGNED.value,
        target=JobStatus.COMPLETED.value,
        agent_id=agent_id,
        reason=reason,
        **kept,
    )
    await resolve_alerts(work, job_id, *AlertCause)
    return Done(await fresh_view(work.unit, job_id))
