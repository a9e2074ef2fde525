"""Turn rows of the record into what readers are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise.models import Model

from core.columns import among
from core.models import (
    Address,
    Agent,
    Alert,
    Coordinator,
    InboxEntry,
    Job,
    Offer,
    OutboxMessage,
    Token,
)
from core.rows import ADDRESSES, JOBS, OFFERS
from core.runner import Unit
from core.views import (
    AddressView,
    AgentView,
    AlertView,
    CoordinatorView,
    InboxView,
    JobView,
    OfferView,
    OutboxView,
    TokenView,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ViewT = TypeVar("ViewT", bound="DataclassInstance")


def shown(view: type[ViewT], row: Model, **others: Any) -> ViewT:
    """Return `view` with the row's columns of the same names, and `others` as given."""
    names = _columns_shown(view, frozenset(others))
    return view(**{name: getattr(row, name) for name in names}, **others)


@cache  # working the names out anew took 3 of the 11 µs that showing a job takes, by timeit
def _columns_shown(view: type[DataclassInstance], but_not: frozenset[str]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(view) if field.name not in but_not)


def job_view(job: Job, offers: Sequence[OfferView] | None = None) -> JobView:
    """Show a job; its approval nonce stays out."""
    return shown(
        JobView,
        job,
        skills=tuple(job.skills or ()),
        warnings=tuple(job.warnings or ()),
        policy=job.policy_name,
        offers=tuple(offers) if offers is not None else None,
    )


_DELIVERY = "SELECT offer_id, state FROM outbox WHERE kind = 'offer' AND state <> 'dropped'"


def terms_of(job: Job) -> dict[str, Any]:
    """Return what the rules see of a job, as its history keeps it; nothing of it is personal."""
    return {
        "pickup_at": job.pickup_at,
        "pickup_date_only": job.pickup_date_only,
        "vehicle_type": job.vehicle_type,
        "skills": list(job.skills or ()),
        "policy": job.policy_name,
        "cutoff": job.cutoff,
    }


async def fresh_view(unit: Unit, job_id: int) -> JobView:
    """Show a job as it now is, with its offers oldest first."""
    job = await JOBS.one(unit, "id = $1", job_id)
    offers = await OFFERS.all(unit, "job_id = $1 ORDER BY id", job_id)
    return job_view(job, await offer_views(unit, offers))


async def offer_views(unit: Unit, offers: Sequence[Offer]) -> list[OfferView]:
    """Show offers, each with the channel it went to and how far its message got."""
    channels: dict[int, str] = {}
    delivery: dict[int, str] = {}
    if offers:
        ids = [o.id for o in offers]
        wanted = {o.address_id for o in offers if o.address_id is not None} or {0}  # nobody's
        places = f"SELECT id, channel FROM addresses WHERE {among('id', len(wanted))}"
        messages = f"{_DELIVERY} AND {among('offer_id', len(ids))} ORDER BY id"
        channels = {row[0]: row[1] for row in await unit.records(places, *wanted)}
        delivery = {row[0]: row[1] for row in await unit.records(messages, *ids)}
    return [
        shown(
            OfferView,
            o,
            channel=channels.get(o.address_id or 0),
            delivery=delivery.get(o.id),
        )
        for o in offers
    ]


def _address_views(addresses: Iterable[Address]) -> tuple[AddressView, ...]:
    return tuple(
        AddressView(a.channel, a.handle, a.state, a.state_reason)
        for a in sorted(addresses, key=lambda a: (a.position, a.id))
    )


async def _addresses(unit: Unit, column: str, ids: Sequence[int]) -> list[Address]:
    return await ADDRESSES.all(unit, among(column, len(ids)), *ids) if ids else []


async def agent_views(unit: Unit, agents: Sequence[Agent]) -> list[AgentView]:
    """Show agents with their Addresses."""
    rows = await _addresses(unit, "agent_id", [a.id for a in agents])
    return [
        shown(
            AgentView,
            a,
            skills=tuple(a.skills or ()),
            addresses=_address_views(r for r in rows if r.agent_id == a.id),
        )
        for a in agents
    ]


async def coordinator_views(
    unit: Unit, coordinators: Sequence[Coordinator]
) -> list[CoordinatorView]:
    """Show coordinators with their Addresses."""
    rows = await _addresses(unit, "coordinator_id", [c.id for c in coordinators])
    return [
        shown(
            CoordinatorView,
            c,
            addresses=_address_views(r for r in rows if r.coordinator_id == c.id),
        )
        for c in coordinators
    ]


def alert_view(alert: Alert) -> AlertView:
    """Show one alert."""
    return shown(AlertView, alert)


def inbox_view(entry: InboxEntry) -> InboxView:
    """Show one inbox entry without what it said."""
    return shown(InboxView, entry)


def outbox_view(message: OutboxMessage) -> OutboxView:
    """Show one outbox message without what it says."""
    return shown(OutboxView, message)


def token_view(token: Token) -> TokenView:
    """Show a token; neither it nor its hash."""
    return shown(TokenView, token)
