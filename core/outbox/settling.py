"""How a message ends: handed over, tried again, or failed; and what that means for an offer."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.alerts import raise_alert
from core.channel import Receipt
from core.domain import (
    AddressState,
    AlertCause,
    JobStatus,
    MessageKind,
    OfferStatus,
    OutboxState,
)
from core.models import Address, Agent, Job, Offer, OutboxMessage
from core.outbox.claims import Claimed
from core.outbox.moving_on import move_offer_on
from core.outbox.present import EDITABLE
from core.outbox.updates import hold_subject, keep_true_since
from core.rows import MESSAGES
from core.runner import Abandon
from core.work import AGAIN, Work

RETRY_AFTER = tuple(timedelta(seconds=s) for s in (1, 2, 5, 10, 30))
LONG_OUTAGE = timedelta(minutes=10)
RETRY_IN_A_LONG_OUTAGE = timedelta(minutes=1)
OFFER_MUST_LEAVE_WITHIN = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=24)


async def handed_over(work: Work, claimed: Claimed, receipt: Receipt) -> bool:
    """Record that the channel took the message; False when another relay settled it before.

    One that can be edited is compared with what is so by now: that may have changed meanwhile.
    """
    editable = receipt.editable and claimed.kind in EDITABLE
    if editable:
        await hold_subject(work, await MESSAGES.one(work.unit, "id = $1", claimed.id))
    state = OutboxState.DELIVERED if receipt.delivered else OutboxState.SENT
    settled = await MESSAGES.change(
        work.unit,
        "id = $1 AND state = 'queued'",
        claimed.id,
        state=state.value,
        settled_at=work.now,
        leased_until=None,
        receipt=dict(receipt.reference),
        editable=editable,
    )
    if settled and editable:
        await keep_true_since(work, await MESSAGES.one(work.unit, "id = $1", claimed.id))
    return bool(settled)


async def try_later(
    work: Work,
    claimed: Claimed,
    reason: str,
    retry_after: float | None = None,
    *,
    unsure: bool = False,
) -> None:
    """Queue the message for another attempt; one that waited too long fails instead.

    An offer that has not left within two minutes goes to the agent's next Address. `unsure`:
    this attempt may have arrived, so the next one says that it is a repeat.
    """
    message = await OutboxMessage.get(id=claimed.id)
    patience = OFFER_MUST_LEAVE_WITHIN if _is_offer(message) else GIVE_UP_AFTER
    if work.now - message.created_at >= patience:
        await fail(work, claimed.id, reason, address_is_dead=False)
        return
    pause = pause_before_retry(claimed.attempts, work.now - message.created_at, retry_after)
    if retry_after is not None:
        await _have_the_reader_wait(message, work.now + pause)
    due_at = min(work.now + pause, message.created_at + patience)
    mine = OutboxMessage.filter(id=claimed.id, state=OutboxState.QUEUED.value)
    await mine.update(
        due_at=due_at,
        leased_until=None,
        reason=reason[:500],
        unsure=unsure or message.unsure,
    )


def pause_before_retry(
    attempts: int, waited: timedelta, retry_after: float | None = None
) -> timedelta:
    """Return how long to leave the other side alone after so many attempts in so long a time."""
    pause = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
    if waited >= LONG_OUTAGE:
        pause = RETRY_IN_A_LONG_OUTAGE
    return pause if retry_after is None else max(pause, timedelta(seconds=retry_after))


async def _have_the_reader_wait(message: OutboxMessage, until: datetime) -> None:
    """Leave alone who asked for a pause: what waits for that handle waits too, offers aside.

    Offers have two minutes to leave, and each finds out by itself.
    """
    others = OutboxMessage.filter(
        channel=message.channel,
        handle=message.handle,
        state=OutboxState.QUEUED.value,
        leased_until=None,
        due_at__lt=until,
    )
    await others.exclude(kind=MessageKind.OFFER.value).update(due_at=until)


async def fail(work: Work, outbox_id: int, reason: str, *, address_is_dead: bool) -> None:
    """End the message as failed, with a reason that a coordinator sees.

    A dead Address is not tried again; an offer goes to the next one, or to the next agent.
    The same holds when a later report says that a message handed over never arrived.
    """
    message = await OutboxMessage.get(id=outbox_id)
    offer = await Offer.get_or_none(id=message.offer_id) if _is_offer(message) else None
    if offer is not None and offer.status == OfferStatus.SENT.value:
        if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
            raise Abandon(AGAIN)
        await offer.refresh_from_db()
    unsettled = (OutboxState.QUEUED.value, OutboxState.SENT.value)
    ended = await OutboxMessage.filter(id=outbox_id, state__in=unsettled).update(
        state=OutboxState.FAILED.value,
        settled_at=work.now,
        leased_until=None,
        reason=reason[:500],
    )
    if not ended or message.kind == MessageKind.UPDATE.value:
        return  # what cannot be edited any more was said truly at its time
    if address_is_dead and message.address_id is not None:
        await _bury(work, message.address_id, reason)
    if offer is not None and offer.status == OfferStatus.SENT.value:
        await move_offer_on(work, offer, reason)
    elif message.kind != MessageKind.ALERT.value:
        await _alert_failed(work, message, reason)


async def _bury(work: Work, address_id: int, reason: str) -> None:
    usable_one = Address.filter(id=address_id, state=AddressState.USABLE.value)
    await usable_one.update(
        state=AddressState.UNDELIVERABLE.value, state_reason=reason[:500], state_at=work.now
    )


async def _alert_failed(work: Work, message: OutboxMessage, reason: str) -> None:
    job = await Job.get_or_none(id=message.job_id) if message.job_id else None
    agent = await Agent.get_or_none(id=message.agent_id) if message.agent_id else None
    if job is None and agent is None:
        return
    said = f"a message ({message.kind}) could not be sent: {reason}"
    await raise_alert(work, AlertCause.MESSAGE_FAILED, job=job, agent=agent, reason=said)


def _is_offer(message: OutboxMessage) -> bool:
    return message.kind == MessageKind.OFFER.value
