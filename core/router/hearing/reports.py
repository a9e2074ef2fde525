"""A later word on a message of ours: it arrived, or it never did."""

from __future__ import annotations

from core.channel import DeliveryReport
from core.domain import OutboxState
from core.models import OutboxMessage
from core.outbox.settling import fail
from core.router.hearing.heard import HANDLED, Ending, ignored
from core.router.hearing.senders import message_of
from core.work import Work


async def note_delivery(work: Work, report: DeliveryReport) -> Ending:
    """Take the report; a message that never arrived is settled as if sending had failed."""
    message = await OutboxMessage.get_or_none(token=report.token)
    message = message or await message_of(report.token)
    if message is None:
        return ignored("a report on no message of ours")
    told = (OutboxState.SENT.value, OutboxState.QUEUED.value)
    if report.delivered:
        await OutboxMessage.filter(id=message.id, state__in=told).update(
            state=OutboxState.DELIVERED.value, settled_at=work.now
        )
        return HANDLED
    await fail(work, message.id, report.reason or "not delivered", address_is_dead=True)
    return HANDLED
