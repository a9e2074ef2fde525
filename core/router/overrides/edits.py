"""Edit a job: notes quietly, what a driver decides by as a new version that is asked anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.cascade import begin
from core.cascade.closing import close_open_offers
from core.cascade.covering import release_reserves, schedule_completion
from core.domain import Actor, EventKind, JobStatus, MessageKind, OfferStatus
from core.intake.dates import DateProblem, read_pickup
from core.models import Address, Agent, Job, Offer
from core.outbox.promises import (
    booking_facts,
    promise,
    promise_approval_requests,
    promise_booking,
    promise_offer,
)
from core.outbox.updates import stays_in_place
from core.outcomes import (
    DecisionOutcome,
    Done,
    NotFound,
    UnreadablePickup,
    VersionChanged,
)
from core.policy import cutoff_of, start_at_of
from core.policy_forms import policy_from_json
from core.reach import Recipient, agent_at, asked_at, usable
from core.router.approval import alert_time
from core.router.overrides.steering import UNDER_WAY, as_it_is
from core.runner import Abandon
from core.showing import fresh_view, terms_of
from core.work import AGAIN, Work

# What a driver says YES to: a change of these is a new version.
MATERIAL = frozenset(
    {
        "pickup_date",
        "pickup_time",
        "origin",
        "destination",
        "pickup_address",
        "delivery_address",
        "vehicle_type",
        "skills",
        "pay",
    }
)
_PICKUP = frozenset({"pickup_date", "pickup_time"})
_COLUMNS = {"policy": "policy_name"}


async def edit(
    work: Work, job_id: int, changes: Mapping[str, Any], by: Actor, *, version: int | None = None
) -> DecisionOutcome | UnreadablePickup:
    """Change fields of a job under way; `version` is the one that the editor saw."""
    job = await Job.get_or_none(id=job_id)
    if job is None:
        return NotFound()
    if version is not None and version != job.version:
        return VersionChanged(await fresh_view(work.unit, job_id))
    if JobStatus(job.status) not in UNDER_WAY:
        return await as_it_is(work, job_id)
    changed = {n: v for n, v in changes.items() if getattr(job, _COLUMNS.get(n, n)) != v}
    if not changed:
        return Done(await fresh_view(work.unit, job_id), repeated=True)
    try:
        pickup = read_pickup(
            changes.get("pickup_date", job.pickup_date),
            changes.get("pickup_time", job.pickup_time),
            work.site.zone,
        )
    except DateProblem as problem:
        return UnreadablePickup(str(problem))
    if not await work.hold_job(job_id, JobStatus(job.status), version=job.version):
        raise Abandon(AGAIN)
    for name, value in changed.items():
        setattr(job, _COLUMNS.get(name, name), value)
    job.pickup_at, job.pickup_date_only = pickup.at, pickup.date_only
    material = bool(MATERIAL & changed.keys())
    job.version += int(material)
    if job.cutoff_by is None and _moves_the_cutoff(job, changed):
        job.cutoff = _cutoff(work, job)
    job.updated_at = work.now
    await job.save()
    await work.note(
        EventKind.EDITED,
        by,
        job_id=job_id,
        fields=sorted(changed),
        version=job.version,
        **terms_of(job),
    )
    await (_ask_anew(work, job, by) if material else _tell_quietly(work, job))
    return Done(await fresh_view(work.unit, job_id))


def _moves_the_cutoff(job: Job, changed: Mapping[str, Any]) -> bool:
    """Tell whether the cutoff follows from what changed; a frozen policy stays as it is."""
    return bool(_PICKUP & changed.keys()) or (job.policy is None and "policy" in changed)


def _cutoff(work: Work, job: Job) -> datetime | None:
    frozen = policy_from_json(job.policy) if job.policy is not None else None
    return cutoff_of(
        job.pickup_at,
        date_only=job.pickup_date_only,
        policy=frozen or work.site.policy(job.policy_name),
        zone=work.site.zone,
        decided_at=work.now,
    )


async def _ask_anew(work: Work, job: Job, by: Actor) -> None:
    """Let the new version take effect where the job stands."""
    match JobStatus(job.status):
        case JobStatus.NEEDS_APPROVAL:
            job.next_action, job.next_action_at = "alert", alert_time(work, job, work.now)
            await job.save(update_fields=["next_action", "next_action_at"])
            await promise_approval_requests(work, job)
        case JobStatus.APPROVED if job.next_action == "start":
            start_at = start_at_of(job.pickup_at, work.site.policy(job.policy_name))
            job.next_action_at = max(start_at or work.now, work.now)
            await job.save(update_fields=["next_action_at"])
        case JobStatus.OFFERING:
            await close_open_offers(work, job, by, "changed")
            await release_reserves(work, job, by, "changed")
            job.round = job.automatic_rounds = 1
            job.asked_anew_at = None
            await job.save(update_fields=["round", "automatic_rounds", "asked_anew_at"])
            await begin(work, job, by, source=JobStatus.OFFERING)
        case JobStatus.ASSIGNED:
            await _ask_to_reconfirm(work, job)
        case _:
            return


async def _ask_to_reconfirm(work: Work, job: Job) -> None:
    """Have the driver say YES to the new facts; silence or NO gives the job back."""
    job.next_action_at = schedule_completion(job.pickup_at, work.now)
    await job.save(update_fields=["next_action_at"])
    offer = await Offer.get_or_none(job_id=job.id, status=OfferStatus.ACCEPTED.value)
    if offer is None:
        await _tell_quietly(work, job)
        return
    policy = policy_from_json(job.policy or {})
    by_then = work.now + policy.timeout
    ahead = job.cutoff is not None and job.cutoff > work.now
    offer.reconfirm_by = min(by_then, job.cutoff) if ahead and job.cutoff else by_then
    await offer.save(update_fields=["reconfirm_by"])
    facts = {**booking_facts(job), "code": offer.code, "answer_by": offer.reconfirm_by}
    to = await _holder(work, job, offer)
    if to is not None:
        await promise(work, MessageKind.CHANGED, to, facts, job_id=job.id, offer_id=offer.id)


async def _tell_quietly(work: Work, job: Job) -> None:
    """Send the facts again to those who have them: who holds the job, who is being asked.

    A message that can be edited is updated where it stands instead.
    """
    if job.status == JobStatus.ASSIGNED.value:
        offer = await Offer.get_or_none(job_id=job.id, status=OfferStatus.ACCEPTED.value)
        to = await _holder(work, job, offer)
        if to is not None and not await stays_in_place(work, job, MessageKind.BOOKED, offer):
            await promise_booking(work, job, to, offer_id=offer.id if offer else None)
    open_offers = Offer.filter(job_id=job.id, status=OfferStatus.SENT.value)
    for offer in await open_offers.order_by("id"):
        if not await stays_in_place(work, job, MessageKind.OFFER, offer):
            await promise_offer(work, job, offer, await asked_at(work, offer))


async def _holder(work: Work, job: Job, offer: Offer | None) -> Recipient | None:
    """Return where the driver who has the job is told; None when nowhere."""
    if offer is not None:
        return await asked_at(work, offer)
    agent = await Agent.get(id=job.assigned_agent_id)
    addresses = usable(await Address.filter(agent_id=agent.id), work.site)
    return agent_at(agent, addresses[0]) if addresses else None
