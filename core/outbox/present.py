"""What a message that can be edited would say now: still open, or how it ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.domain import JobStatus, MessageKind, OfferStatus
from core.models import Alert, Job, Offer, OutboxMessage
from core.outbox.promises import booking_facts, offer_facts, plain_facts

SUPERSEDED = "superseded"
_MAY_CHANGE = frozenset({OfferStatus.TIMED_OUT, OfferStatus.DECLINED, OfferStatus.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Present:
    """`open`: its reader may still act on it. `final`: it will never change again."""

    open: bool
    status: str
    why: str | None = None
    by: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    final: bool = False

    def mark(self) -> str:
        """Return what tells this from anything else that the message could say."""
        said = plain_facts(self.facts) if self.open else {}
        text = json.dumps([self.open, self.status, said], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def ended(status: str, why: str | None = None, by: str | None = None) -> Present:
    """Return the last word on a message."""
    return Present(False, status, why, by, final=True)


def mark_of(message: OutboxMessage, now: Present) -> str:
    """Return the mark of what the message says at the moment, as last promised."""
    if message.says is not None:
        return message.says
    facts = {name: message.facts.get(name) for name in now.facts}
    return Present(True, _FIRST[MessageKind(message.kind)], facts=facts).mark()


_FIRST = {
    MessageKind.OFFER: OfferStatus.SENT.value,
    MessageKind.REMINDER: OfferStatus.SENT.value,
    MessageKind.BOOKED: JobStatus.ASSIGNED.value,
    MessageKind.CHANGED: JobStatus.ASSIGNED.value,
    MessageKind.APPROVAL_REQUEST: JobStatus.NEEDS_APPROVAL.value,
    MessageKind.ALERT: "raised",
}
EDITABLE = frozenset(_FIRST)  # the others are about a moment that does not change


async def present_of(message: OutboxMessage) -> Present:
    """Read what the message is about, and return what it would say now."""
    match MessageKind(message.kind):
        case MessageKind.OFFER | MessageKind.REMINDER:
            return await _offer(message)
        case MessageKind.BOOKED:
            return await _booking(message)
        case MessageKind.CHANGED:
            return await _change(message)
        case MessageKind.APPROVAL_REQUEST:
            return await _request(message)
        case _:
            return await _alert(message)


async def _offer(message: OutboxMessage) -> Present:
    offer = await Offer.get(id=message.offer_id)
    job = await Job.get(id=offer.job_id)
    if offer.status != OfferStatus.SENT.value:
        final = offer.status not in _MAY_CHANGE
        return Present(False, offer.status, offer.reason, final=final)
    if offer.address_id != message.address_id:
        return ended(SUPERSEDED)
    asked = {"code": offer.code, "answer_by": offer.expires_at}
    return Present(True, offer.status, facts={**offer_facts(job), **asked})


async def _booking(message: OutboxMessage) -> Present:
    job = await Job.get(id=message.job_id)
    if job.assigned_agent_id != message.agent_id:
        offer = await Offer.get_or_none(id=message.offer_id) if message.offer_id else None
        cancelled = job.status == JobStatus.CANCELLED.value
        status = JobStatus.CANCELLED.value if cancelled else OfferStatus.WITHDRAWN.value
        return ended(status, offer.reason if offer is not None else None)
    if job.status != JobStatus.ASSIGNED.value:
        return ended(job.status)
    return Present(True, job.status, facts=booking_facts(job))


async def _change(message: OutboxMessage) -> Present:
    booking = await _booking(message)
    if not booking.open:
        return booking
    offer = await Offer.get(id=message.offer_id)
    if offer.reconfirm_by is None:
        return ended("confirmed")
    facts = {**booking.facts, "code": offer.code, "answer_by": offer.reconfirm_by}
    return Present(True, booking.status, facts=facts)


async def _request(message: OutboxMessage) -> Present:
    job = await Job.get(id=message.job_id)
    if job.status != JobStatus.NEEDS_APPROVAL.value:
        decided = job.status in (JobStatus.REJECTED.value, JobStatus.CANCELLED.value)
        approved = JobStatus.APPROVED if job.approved_at is not None else JobStatus.ASSIGNED
        status = job.status if decided else approved.value
        return ended(status, job.decision_reason, job.decided_by)
    if job.version != message.facts.get("version"):
        return ended(SUPERSEDED)
    return Present(True, job.status, facts=booking_facts(job))


async def _alert(message: OutboxMessage) -> Present:
    alert = await Alert.get(id=message.alert_id)
    if alert.acknowledged_at is not None:
        return ended("acknowledged", by=alert.acknowledged_by)
    if alert.resolved_at is not None:
        return ended("resolved")
    return Present(True, "raised")
