"""Promise a message inside the unit of work that makes it true."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.domain import MessageKind
from core.job_warnings import doubts
from core.links import reply_hash
from core.models import Job, Offer
from core.reach import Recipient, coordinators_for
from core.work import Work

_ABOUT = ("job_id", "offer_id", "alert_id", "agent_id", "coordinator_id")


async def promise(
    work: Work,
    kind: MessageKind,
    to: Recipient,
    facts: Mapping[str, Any],
    *,
    job_id: int | None = None,
    offer_id: int | None = None,
    alert_id: int | None = None,
    inbox_id: int | None = None,
    updates: int | None = None,
    limited: bool = False,
) -> None:
    """Add one message to the outbox; it leaves right after the commit.

    Its facts carry the ids of what it is about and of whom it is for, which buttons need.
    `updates` names the earlier message that this one edits. `limited`: it counts among the answers
    of which only so many are sent.
    """
    about = (job_id, offer_id, alert_id, to.agent_id, to.coordinator_id)
    ids = {name: value for name, value in zip(_ABOUT, about, strict=True) if value is not None}
    token = secrets.token_hex(16)
    await work.add_message(
        token=token,
        reply_hash=reply_hash(work.links.reply_token(token)),
        limited_at=work.now if limited else None,
        kind=kind.value,
        channel=to.channel,
        handle=to.handle,
        address_id=to.address_id,
        agent_id=to.agent_id,
        coordinator_id=to.coordinator_id,
        job_id=job_id,
        offer_id=offer_id,
        alert_id=alert_id,
        inbox_id=inbox_id,
        updates=updates,
        facts={"name": to.name, "language": to.language, **ids, **facts},
        created_at=work.now,
        due_at=work.now,
    )


async def promise_offer(work: Work, job: Job, offer: Offer, to: Recipient) -> None:
    """Promise to put the job to the agent; the answer-by time is filled in when it leaves."""
    facts = {**offer_facts(job), "code": offer.code, "version": offer.version}
    await promise(work, MessageKind.OFFER, to, facts, job_id=job.id, offer_id=offer.id)


async def promise_reminder(work: Work, job: Job, offer: Offer, to: Recipient) -> None:
    """Promise to remind the agent of an offer that waits for an answer."""
    facts = {**offer_facts(job), "code": offer.code, "answer_by": offer.expires_at}
    await promise(work, MessageKind.REMINDER, to, facts, job_id=job.id, offer_id=offer.id)


async def promise_withdrawal(
    work: Work, job: Job, offer: Offer | None, to: Recipient, reason: str
) -> None:
    """Promise to tell the agent that the offer is closed; dropped if they never got it.

    Without an offer, that a job given by hand is theirs no more.
    """
    facts = {
        "reference": job.sheet_job_id,
        "code": offer.code if offer is not None else None,
        "why": reason,
    }
    offer_id = offer.id if offer is not None else None
    await promise(work, MessageKind.WITHDRAWN, to, facts, job_id=job.id, offer_id=offer_id)


async def promise_booking(
    work: Work,
    job: Job,
    to: Recipient,
    *,
    offer_id: int | None,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Promise to tell the agent that the job is theirs, with addresses and contact.

    `context` is that of the YES which this answers.
    """
    answered = {} if context is None else {"outcome": "accepted", "context": dict(context)}
    facts = {**booking_facts(job), **answered}
    await promise(work, MessageKind.BOOKED, to, facts, job_id=job.id, offer_id=offer_id)


async def promise_approval_requests(work: Work, job: Job, url: str | None = None) -> None:
    """Promise to ask the coordinator of the job for a decision; `url`: its link, if made before."""
    facts = {
        **booking_facts(job),
        "approve_url": url or work.links.url(job.id, job.approval_nonce, work.now),
        "version": job.version,
        "warnings": doubts(job),
    }
    for to in await coordinators_for(work, job):
        await promise(work, MessageKind.APPROVAL_REQUEST, to, facts, job_id=job.id)


def offer_facts(job: Job) -> dict[str, Any]:
    """Return what a driver may see before saying YES."""
    return {
        "reference": job.sheet_job_id,
        "origin": job.origin,
        "destination": job.destination,
        "vehicle_type": job.vehicle_type,
        "skills": list(job.skills or ()),
        "pickup_at": job.pickup_at,
        "pickup_date_only": job.pickup_date_only,
        "pay": job.pay,
        "notes": job.notes,
    }


def booking_facts(job: Job) -> dict[str, Any]:
    """Return what the driver of the job, and its coordinator, may see."""
    return {
        **offer_facts(job),
        "pickup_address": job.pickup_address,
        "delivery_address": job.delivery_address,
        "contact_name": job.contact_name,
        "contact_phone": job.contact_phone,
        "navigate": job.pickup_address or job.origin,  # where a map is to lead
    }


def plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as a message keeps them: moments as text."""
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in facts.items()}
