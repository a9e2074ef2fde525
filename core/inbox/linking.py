"""Act on an entry by which somebody joins a channel, or the other side tells of a handle."""

from __future__ import annotations

from core.channel import Link, OwnPhone, Reachable
from core.domain import InboxState, MessageKind
from core.models import Address, Agent, Coordinator, InboxEntry
from core.outbox.promises import promise
from core.reach import Person, Recipient, person_at
from core.router.linking import link_by_phone, link_by_token
from core.router.moving import set_reachable
from core.work import Work

Ending = tuple[InboxState, str | None]


async def know(work: Work, entry: InboxEntry, incoming: Link | OwnPhone | Reachable) -> Ending:
    """Take what an entry says of the handle that it came from."""
    if isinstance(incoming, Reachable):
        return await _hear_of(work, entry, incoming)
    return await _join(work, entry, incoming)


async def _join(work: Work, entry: InboxEntry, incoming: Link | OwnPhone) -> Ending:
    """Know the sender from here on, and promise to say so, or why not."""
    channel, handle = entry.channel, incoming.handle
    if isinstance(incoming, Link):
        answer = await link_by_token(work, channel, handle, incoming.token, incoming.name)
    else:
        answer = await link_by_phone(work, channel, handle, incoming.phone, incoming.name)
    entry.answer = {"ok": answer.ok, "code": answer.code, "facts": dict(answer.facts)}
    to = await _at(channel, handle) or Recipient(channel, handle, incoming.name or handle)
    facts = {**answer.facts, "outcome": answer.code, "context": dict(incoming.context)}
    await promise(work, MessageKind.ANSWER, to, facts, inbox_id=entry.id)
    return (InboxState.HANDLED, None) if answer.ok else (InboxState.IGNORED, answer.code)


async def _hear_of(work: Work, entry: InboxEntry, incoming: Reachable) -> Ending:
    """Note whether a handle can be reached; what is open there moves on when it cannot."""
    known = await set_reachable(
        work, entry.channel, incoming.handle, incoming.reachable, incoming.reason
    )
    return (InboxState.HANDLED, None) if known else (InboxState.IGNORED, "unknown handle")


async def _at(channel: str, handle: str) -> Recipient | None:
    """Return whose handle it is; who drives and coordinates is greeted as a driver."""
    found = await Address.filter(channel=channel, handle=handle).order_by("id")
    address = min(found, key=lambda a: a.agent_id is None, default=None)
    if address is None:
        return None
    person: Person
    if address.agent_id is not None:
        person = await Agent.get(id=address.agent_id)
    else:
        person = await Coordinator.get(id=address.coordinator_id)
    return person_at(person, address)
