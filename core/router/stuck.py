"""What waits for a person: entries that were not understood, messages that failed."""

from __future__ import annotations

from core.alerts import resolve_inbox_alert
from core.domain import AddressState, InboxState, OutboxState
from core.models import Address, InboxEntry, OutboxMessage
from core.outcomes import NotFound, NotPossible
from core.runner import Unit
from core.showing import inbox_view, outbox_view
from core.views import InboxView, OutboxView
from core.work import Work

_WAITING = (InboxState.NEEDS_PERSON.value, InboxState.IGNORED.value)


async def read_entry(unit: Unit, entry_id: int) -> tuple[InboxView, bytes] | None:
    """Return an entry with what it says."""
    entry = await InboxEntry.get_or_none(id=entry_id)
    return None if entry is None else (inbox_view(entry), entry.payload)


async def end_leases(work: Work) -> None:
    """Free what a process that was killed had in hand, for one that is alone with the database.

    A message that may have left is tried again at once and says that it is a repeat.
    """
    held = "leased_until IS NOT NULL"
    await work.unit.execute(
        f"UPDATE outbox SET leased_until = NULL, unsure = $1 WHERE state = 'queued' AND {held}",
        True,
    )
    await work.unit.execute(
        f"UPDATE inbox SET leased_until = NULL WHERE state = 'stored' AND {held}"
    )
    await work.unit.execute("DELETE FROM leases")


async def retry_entry(work: Work, entry_id: int) -> InboxView | NotPossible | NotFound:
    """Have an entry read again, whose cause is mended; one that was acted on never is."""
    again = InboxEntry.filter(id=entry_id, state__in=_WAITING, verdict=None)
    changed = await again.update(
        state=InboxState.STORED.value,
        attempts=0,
        due_at=work.now,
        leased_until=None,
        handled_at=None,
        reason=None,
    )
    work.promised = work.promised or bool(changed)
    return await _entry(entry_id, changed, "was acted on, a second time would count twice")


async def resolve_entry(
    work: Work, entry_id: int, reason: str | None
) -> InboxView | NotPossible | NotFound:
    """Say that a person has dealt with an entry."""
    waiting = InboxEntry.filter(id=entry_id, state=InboxState.NEEDS_PERSON.value)
    changed = await waiting.update(
        state=InboxState.HANDLED.value, handled_at=work.now, reason=reason or "dealt with by hand"
    )
    if changed and not await InboxEntry.filter(state=InboxState.NEEDS_PERSON.value).exists():
        await resolve_inbox_alert(work)
    return await _entry(entry_id, changed, "does not wait for a person")


async def _entry(entry_id: int, changed: int, why_not: str) -> InboxView | NotPossible | NotFound:
    entry = await InboxEntry.get_or_none(id=entry_id)
    if entry is None:
        return NotFound("inbox entry")
    if not changed:
        return NotPossible(f"entry {entry_id} is {entry.state}: it {why_not}")
    return inbox_view(entry)


async def retry_message(work: Work, message_id: int) -> OutboxView | NotPossible | NotFound:
    """Put a failed message back into the queue, and trust its Address once more.

    What is no longer true by then is dropped, as always; who opted out stays so.
    """
    failed = OutboxMessage.filter(id=message_id, state=OutboxState.FAILED.value)
    changed = await failed.update(
        state=OutboxState.QUEUED.value,
        attempts=0,
        created_at=work.now,
        due_at=work.now,
        leased_until=None,
        claimed_at=None,
        settled_at=None,
        reason=None,
    )
    message = await OutboxMessage.get_or_none(id=message_id)
    if message is None:
        return NotFound("outbox message")
    if not changed:
        return NotPossible(f"message {message_id} is {message.state}: only failed ones go again")
    dead = Address.filter(id=message.address_id, state=AddressState.UNDELIVERABLE.value)
    await dead.update(state=AddressState.USABLE.value, state_reason=None, state_at=work.now)
    work.promised = True
    return outbox_view(message)
