"""Take messages that are due under a lease, leaving out what has become untrue meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.cascade import advance
from core.cascade.closing import close_offer
from core.domain import (
    CLOCK,
    AddressState,
    EventKind,
    JobStatus,
    MessageKind,
    OfferStatus,
    OutboxState,
)
from core.models import Alert, Job, Offer, OutboxMessage
from core.outbox.elsewhere import MATTERS, tell_elsewhere
from core.outbox.leasing import lease
from core.outbox.moving_on import move_open_offer_on
from core.policy import shortest_window
from core.policy_forms import policy_from_json
from core.rows import ADDRESSES, JOBS, MESSAGES, OFFERS
from core.runner import Abandon
from core.work import AGAIN, Work

_STAYS_WHERE_IT_IS = frozenset({MessageKind.ANSWER, MessageKind.RECEIPT, MessageKind.UPDATE})
NOT_THERE = "its reader is not there any more"
LATE_FROM = timedelta(seconds=1)  # a claim later than this moves the answer-by time with it


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message to send now. `repeat`: an earlier attempt may have arrived."""

    id: int
    token: str
    kind: MessageKind
    channel: str
    handle: str
    facts: Mapping[str, Any]
    attempts: int
    repeat: bool
    leased_until: datetime
    receipt: Mapping[str, Any] | None = None  # of the message that an update is to edit


async def claim(work: Work, limit: int) -> list[Claimed]:
    """Lease up to `limit` due messages, oldest first, one at a time for each handle.

    Empty only when nothing is due: what is dropped makes room for the next to that handle.
    """
    claimed: list[Claimed] = []
    while not claimed and (leased := await lease(work, limit)):
        for message in leased:
            if not await _reaches(work, message):
                await _drop(work, message, NOT_THERE)
                if message.kind == MessageKind.OFFER.value:
                    await _ask_elsewhere(work, message)
                elif message.kind in MATTERS and await _is_true(work, message):
                    await tell_elsewhere(work, message)
            elif await _is_true(work, message):
                claimed.append(_shown(message, await _receipt_of(work, message)))
            else:
                await _drop(work, message, "it was no longer true")
    return claimed


async def _ask_elsewhere(work: Work, message: OutboxMessage) -> None:
    """Move an offer on that found nobody; one that was read at that Address before stays open."""
    if message.offer_id is None or await _was_told_of(work, message):
        return
    if await OFFERS.has(
        work.unit, "id = $1 AND address_id = $2", message.offer_id, message.address_id
    ):
        await move_open_offer_on(work, message.offer_id, NOT_THERE)


async def _drop(work: Work, message: OutboxMessage, reason: str) -> None:
    message.state, message.settled_at = OutboxState.DROPPED.value, work.now
    message.leased_until, message.reason = None, reason
    await message.save()


async def _receipt_of(work: Work, message: OutboxMessage) -> Mapping[str, Any] | None:
    if message.updates is None:
        return None
    edited = await MESSAGES.one(work.unit, "id = $1", message.updates)
    return edited.receipt or {}


def _shown(message: OutboxMessage, receipt: Mapping[str, Any] | None) -> Claimed:
    return Claimed(
        id=message.id,
        token=message.token,
        kind=MessageKind(message.kind),
        channel=message.channel,
        handle=message.handle,
        facts=message.facts,
        attempts=message.attempts,
        repeat=message.unsure,
        leased_until=message.leased_until or message.due_at,
        receipt=receipt,
    )


async def _is_true(work: Work, message: OutboxMessage) -> bool:
    """Tell whether the message still says what is so; complete an offer's answer-by time."""
    match MessageKind(message.kind):
        case MessageKind.OFFER:
            return await _offer_is_open(work, message)
        case MessageKind.REMINDER:
            return await OFFERS.has(work.unit, "id = $1 AND status = 'sent'", message.offer_id)
        case MessageKind.WITHDRAWN:
            return message.offer_id is None or await _was_told_of(work, message)
        case MessageKind.BOOKED | MessageKind.CHANGED:
            return await _still_booked(work, message)
        case MessageKind.APPROVAL_REQUEST:
            wanted = "id = $1 AND status = 'needs_approval' AND version = $2"
            version = message.facts.get("version")
            return await JOBS.has(work.unit, wanted, message.job_id, version)
        case MessageKind.ALERT:
            return await _still_alerts(message)
        case MessageKind.UPDATE:
            newer = "updates = $1 AND id > $2"
            return not await MESSAGES.has(work.unit, newer, message.updates, message.id)
        case MessageKind.ANSWER | MessageKind.RECEIPT:
            return True


async def _reaches(work: Work, message: OutboxMessage) -> bool:
    """Tell whether its reader may be told; the message follows them to where they are now.

    Nothing but the answer to their own words goes to somebody who opted out, or to where they
    were; what was said there is edited there.
    """
    if message.address_id is None or message.kind in _STAYS_WHERE_IT_IS:
        return True
    address = await ADDRESSES.one(work.unit, "id = $1", message.address_id)
    if address.state != AddressState.USABLE.value:
        return False
    if address.handle != message.handle:
        message.handle = address.handle
        await MESSAGES.change(work.unit, "id = $1", message.id, handle=address.handle)
    return True


async def _offer_is_open(work: Work, message: OutboxMessage) -> bool:
    offer = await OFFERS.one(work.unit, "id = $1", message.offer_id)
    if offer.status != OfferStatus.SENT.value or offer.address_id != message.address_id:
        return False
    delay = work.now - message.created_at
    is_late = message.attempts == 1 and delay > LATE_FROM
    if is_late and not await _was_told_of(work, message):  # else the window began with that
        moved = await move_expiry(work, offer, delay)
        if not moved:
            return False
    message.facts = {**message.facts, "answer_by": offer.expires_at.isoformat()}
    await MESSAGES.change(work.unit, "id = $1", message.id, facts=message.facts)
    return True


async def move_expiry(work: Work, offer: Offer, delay: timedelta) -> bool:
    """Give the driver the whole window although the message leaves late, within the cutoff.

    False when too little is left: the offer is rescinded and the job decides anew.
    """
    if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
        raise Abandon(AGAIN)
    await offer.refresh_from_db()
    if offer.status != OfferStatus.SENT.value:
        return False
    job = await Job.get(id=offer.job_id)
    expires_at = offer.expires_at + delay
    if offer.cutoff is not None:
        expires_at = min(expires_at, offer.cutoff)
    if expires_at - work.now < shortest_window(policy_from_json(job.policy or {})):
        reason = "it would have left too late"
        await close_offer(
            work, job, offer, OfferStatus.RESCINDED, EventKind.RESCINDED, CLOCK, reason
        )
        await advance(work, job, CLOCK)
        return False
    if offer.remind_at is not None:
        offer.remind_at += expires_at - offer.expires_at
    offer.expires_at = expires_at
    await offer.save(update_fields=["expires_at", "remind_at"])
    await work.note(
        EventKind.EXPIRY_MOVED,
        CLOCK,
        job_id=offer.job_id,
        offer_id=offer.id,
        agent_id=offer.agent_id,
        expires_at=expires_at,
    )
    return True


async def _was_told_of(work: Work, message: OutboxMessage) -> bool:
    """Tell whether the agent was or may have been told of the offer that is closed now."""
    if await OFFERS.has(work.unit, "id = $1 AND responded_at IS NOT NULL", message.offer_id):
        return True
    told = (
        "offer_id = $1 AND kind = 'offer' AND agent_id = $2"
        " AND (state IN ('sent', 'delivered') OR unsure)"
    )
    return await MESSAGES.has(work.unit, told, message.offer_id, message.agent_id)


async def _still_alerts(message: OutboxMessage) -> bool:
    """Tell whether the alert still waits, and nothing newer about it waits behind this message."""
    newer = OutboxMessage.filter(
        state=OutboxState.QUEUED.value,
        channel=message.channel,
        handle=message.handle,
        id__gt=message.id,
        alert_id=message.alert_id,
    )
    if await newer.exists():
        return False
    return await Alert.exists(id=message.alert_id, resolved_at=None, acknowledged_at=None)


async def _still_booked(work: Work, message: OutboxMessage) -> bool:
    theirs = "id = $1 AND status IN ('assigned', 'completed') AND assigned_agent_id = $2"
    return await JOBS.has(work.unit, theirs, message.job_id, message.agent_id)
