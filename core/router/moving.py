"""What follows when a handle becomes somebody's, is theirs no more, or falls silent."""

from __future__ import annotations

from core.alerts import raise_alert
from core.cascade import reroute
from core.domain import (
    Actor,
    AddressState,
    AlertCause,
    EventKind,
    JobStatus,
    MessageKind,
    OfferStatus,
    OutboxState,
)
from core.models import Address, Agent, Coordinator, Job, Offer, OutboxMessage
from core.outbox.moving_on import move_offer_on
from core.outbox.updates import leave
from core.reach import Person, addresses_of
from core.runner import Abandon
from core.work import AGAIN, Work

MOVED = "moved"
UNLINKED = "unlinked"


async def move_in(work: Work, person: Person, channel: str, handle: str, by: Actor) -> str | None:
    """Make the handle the person's one Address on that channel; return the one before, if any.

    Whoever of their kind had the handle has it no more.
    """
    for other in await _held_by_others(person, channel, handle):
        await let_go(work, other, MOVED, by)
    mine = await addresses_of(person).get_or_none(channel=channel)
    if mine is None:
        await _first_of(work, person, channel, handle)
        await _note(work, EventKind.LINKED, by, person, channel)
        return None
    earlier = mine.handle
    if earlier == handle and mine.state == AddressState.USABLE.value:
        return None
    mine.handle, mine.state, mine.state_reason = handle, AddressState.USABLE.value, None
    mine.state_at = work.now
    await mine.save(update_fields=["handle", "state", "state_reason", "state_at"])
    await _note(work, EventKind.LINKED, by, person, channel)
    if earlier == handle:
        return None
    await leave(work, mine.id, MOVED)
    if isinstance(person, Agent):
        await _ask_there(work, person, mine, by)
    return None if earlier == _nobodys(mine, MOVED) else earlier


async def let_go(work: Work, address: Address, why: str, by: Actor) -> None:
    """Take the handle off its Address; open offers there go on to another one, or another driver.

    An Address that moved away stays its person's, undeliverable; one that was unlinked does not.
    """
    person = await _person_at(address)
    address.handle = _nobodys(address, why)
    address.state, address.state_reason = AddressState.UNDELIVERABLE.value, why
    address.state_at = work.now
    if why == UNLINKED:
        address.agent_id = address.coordinator_id = None
    await address.save()
    await _note(work, EventKind.UNLINKED, by, person, address.channel, why)
    await leave(work, address.id, MOVED)
    await _move_offers_on(work, address, why)
    if why == MOVED and isinstance(person, Agent):
        reason = f"{person.name}: their {address.channel} is linked to another driver now"
        await raise_alert(work, AlertCause.UNDELIVERABLE, agent=person, reason=reason)


async def set_reachable(
    work: Work, channel: str, handle: str, reachable: bool, reason: str | None = None
) -> bool:
    """Take the other side's word on a handle; False when it is nobody's. Opted out stays so."""
    here = await Address.filter(channel=channel, handle=handle).order_by("id")
    for address in here:
        source, target = AddressState.USABLE, AddressState.UNDELIVERABLE
        if reachable:
            source, target = target, source
        why = None if reachable else (reason or "not reachable")[:500]
        changed = await Address.filter(id=address.id, state=source.value).update(
            state=target.value, state_reason=why, state_at=work.now
        )
        if changed and why is not None:
            await _move_offers_on(work, address, why)
    return bool(here)


async def _held_by_others(person: Person, channel: str, handle: str) -> list[Address]:
    held = Address.filter(channel=channel, handle=handle)
    if isinstance(person, Agent):
        return await held.filter(agent_id__not_isnull=True, agent_id__not=person.id)
    return await held.filter(coordinator_id__not_isnull=True, coordinator_id__not=person.id)


async def _first_of(work: Work, person: Person, channel: str, handle: str) -> None:
    """Add the person's first Address on a channel, after those that have an order of their own."""
    positions = [a.position for a in await addresses_of(person)]
    last = max(positions, default=0)
    is_agent = isinstance(person, Agent)
    address = Address(
        agent_id=person.id if is_agent else None,
        coordinator_id=None if is_agent else person.id,
        channel=channel,
        handle=handle,
        position=last + 1 if last else 0,
        created_at=work.now,
    )
    if await work.insert_new(address) is None:
        raise Abandon(AGAIN)  # somebody took it at the same moment


async def _person_at(address: Address) -> Person:
    if address.agent_id is not None:
        return await Agent.get(id=address.agent_id)
    return await Coordinator.get(id=address.coordinator_id)


async def _ask_there(work: Work, agent: Agent, address: Address, by: Actor) -> None:
    """Put what was offered at the earlier handle to the driver at the present one."""
    for offer in await _open_at(address):
        gone = OutboxMessage.filter(offer_id=offer.id, kind=MessageKind.OFFER.value)
        waits = gone.filter(state=OutboxState.QUEUED.value, leased_until=None)
        if await waits.exists():
            continue  # it finds its way when it leaves
        if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
            raise Abandon(AGAIN)
        job = await Job.get(id=offer.job_id)
        await reroute(work, job, offer, agent, address, by, MOVED)


async def _move_offers_on(work: Work, address: Address, why: str) -> None:
    for offer in await _open_at(address):
        if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
            raise Abandon(AGAIN)
        await offer.refresh_from_db()
        if offer.status == OfferStatus.SENT.value:
            await move_offer_on(work, offer, why)


async def _open_at(address: Address) -> list[Offer]:
    rows = Offer.filter(address_id=address.id, status=OfferStatus.SENT.value)
    return await rows.order_by("job_id", "id")


async def _note(
    work: Work, kind: EventKind, by: Actor, person: Person, channel: str, why: str | None = None
) -> None:
    if isinstance(person, Agent):
        await work.note(kind, by, agent_id=person.id, reason=why, channel=channel)
    else:
        await work.note(kind, by, reason=why, channel=channel, coordinator_id=person.id)


def _nobodys(address: Address, why: str) -> str:
    """Return what stands for a handle that was taken off: nothing of the person stays."""
    return f"{why}:{address.id}"
