"""Who is reached where: which Address a message to an agent or coordinator goes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tortoise.queryset import QuerySet

from core.domain import AddressState
from core.models import Address, Agent, Coordinator, Job, Offer
from core.rows import ADDRESSES, AGENTS, COORDINATORS
from core.site import CONSOLE, Site
from core.work import Work

PREFERRED = ("telegram", "email")

Person = Agent | Coordinator


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person at one Address; `address_id` is None only for the console of nobody at all."""

    channel: str
    handle: str
    name: str
    language: str = "en"
    address_id: int | None = None
    agent_id: int | None = None
    coordinator_id: int | None = None


class Place(Protocol):
    """What the choice of an Address looks at; a row of the table has it, and so has a raw row."""

    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def state(self) -> str: ...


AddressT = TypeVar("AddressT", bound=Place)


def reachable(addresses: Iterable[AddressT], site: Site) -> list[AddressT]:
    """Return the Addresses on enabled channels in the order of trying, whatever their state.

    The console serves only who has no Address on another enabled channel; it is no fallback.
    """
    enabled = [a for a in addresses if a.channel in site.channels]
    real = [a for a in enabled if a.channel != CONSOLE]
    return sorted(real or enabled, key=_order)


def _order(address: Place) -> tuple[int, int, int]:
    known = address.channel in PREFERRED
    rank = PREFERRED.index(address.channel) if known else len(PREFERRED)
    return (address.position, rank, address.id)


def usable(addresses: Iterable[AddressT], site: Site) -> list[AddressT]:
    """Return the Addresses that may be tried now, first choice first."""
    return [a for a in reachable(addresses, site) if a.state == AddressState.USABLE.value]


def agent_at(agent: Agent, address: Address) -> Recipient:
    """Return the agent at that Address."""
    return person_at(agent, address)


def person_at(person: Person, address: Address) -> Recipient:
    """Return that agent or coordinator at their Address."""
    is_agent = isinstance(person, Agent)
    return Recipient(
        channel=address.channel,
        handle=address.handle,
        name=person.name,
        language=person.language or "en",
        address_id=address.id,
        agent_id=person.id if is_agent else None,
        coordinator_id=None if is_agent else person.id,
    )


def addresses_of(person: Person) -> QuerySet[Address]:
    """Return the Addresses of an agent or a coordinator."""
    if isinstance(person, Agent):
        return Address.filter(agent_id=person.id)
    return Address.filter(coordinator_id=person.id)


async def asked_at(work: Work, offer: Offer) -> Recipient:
    """Return the agent of an offer at the Address that it went to."""
    agent = await AGENTS.one(work.unit, "id = $1", offer.agent_id)
    return agent_at(agent, await ADDRESSES.one(work.unit, "id = $1", offer.address_id))


async def coordinators_for(work: Work, job: Job | None) -> list[Recipient]:
    """Return who is told about that job: its coordinator, else the default ones, else the console.

    Empty only when there is neither a coordinator with a usable Address nor a console.
    """
    rows: Sequence[Coordinator] = []
    if job is not None and job.coordinator_email:
        rows = [await coordinator_of_email(work, job.coordinator_email)]
    if not rows:
        rows = await COORDINATORS.all(work.unit, "active AND is_default ORDER BY id")
    if not rows and work.site.default_coordinator_email:
        rows = [await coordinator_of_email(work, work.site.default_coordinator_email)]
    found = [r for row in rows if (r := await _coordinator_recipient(work, row)) is not None]
    if found or CONSOLE not in work.site.channels:
        return found
    return [Recipient(channel=CONSOLE, handle="coordinator", name="Coordinator")]


async def coordinator_of_email(work: Work, email: str) -> Coordinator:
    """Return the coordinator with that e-mail address, made now when new."""
    wanted = email.casefold()
    await work.insert_new(
        Coordinator(name=email, email=wanted, created_at=work.now, updated_at=work.now)
    )
    row = await Coordinator.get(email=wanted)
    for channel in ("email", CONSOLE):
        await work.insert_new(
            Address(
                coordinator_id=row.id,
                channel=channel,
                handle=wanted,
                created_at=work.now,
            )
        )
    return row


async def _coordinator_recipient(work: Work, row: Coordinator) -> Recipient | None:
    places = await ADDRESSES.all(work.unit, "coordinator_id = $1", row.id)
    found = usable(places, work.site)
    return person_at(row, found[0]) if found else None
