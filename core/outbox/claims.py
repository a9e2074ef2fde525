"""Take messages that are due under a lease, leaving out what has become untrue meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from core.cascade import advance
from core.cascade.closing import close_offer
from core.columns import among
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
from core.policy import shortest_window
from core.policy_forms import policy_from_json
from core.rows import ADDRESSES, JOBS, MESSAGES, OFFERS
from core.runner import Abandon
from core.work import AGAIN, Work

LEASE = timedelta(seconds=30)  # longer than any attempt to send may take
_STAYS_WHERE_IT_IS = frozenset({MessageKind.ANSWER, MessageKind.RECEIPT, MessageKind.UPDATE})
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
    while not claimed and (leased := await _lease(work, limit)):
        for message in leased:
            if await _is_true(work, message):
                claimed.append(_shown(message, await _receipt_of(work, message)))
            else:
                message.state, message.settled_at = OutboxState.DROPPED.value, work.now
                message.leased_until, message.reason = None, "it was no longer true"
                await message.save()
    return claimed


# Of each handle the oldest that is due, unless it is leased: near the front of all that is due,
# where most messages are found at once.
_NEAR = (
    "o.id IN (SELECT id FROM outbox{due}"
    " WHERE state = 'queued' AND due_at <= $2 ORDER BY due_at, id LIMIT 64)"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier{waiting} WHERE earlier.state = 'queued'"
    " AND earlier.channel = o.channel AND earlier.handle = o.handle AND earlier.id < o.id"
    " AND earlier.due_at <= $2)"
)
# Behind many to few handles: from one handle to the next, whatever waits for each. Looking at each
# message instead took 1 µs for every one that waits: 3,500 µs of the processor for a look at 3,000
# of one handle, and 250 so.
_FAR = (
    "o.id IN (WITH RECURSIVE handles(id) AS (SELECT (SELECT id FROM outbox{waiting}"
    " WHERE state = 'queued' ORDER BY channel, handle, id LIMIT 1)"
    " UNION ALL SELECT COALESCE("
    "(SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel = p.channel AND n.handle > p.handle ORDER BY n.handle, n.id LIMIT 1),"
    " (SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel > p.channel ORDER BY n.channel, n.handle, n.id LIMIT 1))"
    " FROM handles JOIN outbox AS p ON p.id = handles.id)"
    " SELECT (SELECT w.id FROM outbox AS w{waiting} WHERE w.state = 'queued'"
    " AND w.channel = p.channel AND w.handle = p.handle AND w.due_at <= $2 ORDER BY w.id LIMIT 1)"
    " FROM handles JOIN outbox AS p ON p.id = handles.id)"
)


async def _lease(work: Work, limit: int) -> list[OutboxMessage]:
    for place in (_NEAR, _FAR):
        taken = await work.unit.records(
            _take(place, work.unit.dialect), work.now + LEASE, work.now, limit
        )
        if taken:
            found = f"{among('id', len(taken))} ORDER BY id"
            return await MESSAGES.all(work.unit, found, *(row[0] for row in taken))
    return []


@cache
def _take(place: str, dialect: str) -> str:
    """Return the statement for one database; SQLite has to be told which index is short."""
    skip, due, waiting = " FOR UPDATE SKIP LOCKED", "", ""
    if dialect == "sqlite":
        skip, due, waiting = "", " INDEXED BY outbox_due", " INDEXED BY outbox_waiting"
    return (
        "UPDATE outbox SET leased_until = $1, attempts = attempts + 1,"
        " unsure = (unsure OR leased_until IS NOT NULL), claimed_at = COALESCE(claimed_at, $2)"
        f" WHERE id IN (SELECT id FROM outbox AS o WHERE {place.format(due=due, waiting=waiting)}"
        " AND o.state = 'queued' AND (o.leased_until IS NULL OR o.leased_until <= $2)"
        f" ORDER BY o.due_at, o.id LIMIT $3{skip}) RETURNING id"
    )


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
    if not await _reaches(work, message):
        return False
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
    if message.attempts == 1 and delay > LATE_FROM:
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
