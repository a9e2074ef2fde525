"""Open this for what most replies are judged by: the driver, their live offers, the job of each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.cascade.covering import what_ends_with_a_yes
from core.decisions import OfferFacts
from core.domain import OfferStatus
from core.models import Agent, Job, Offer
from core.row_parts import Part
from core.runner import Unit

# A YES read driver, offers, offer and job by four statements, on PostgreSQL as many round trips.
# And it read whole rows: 80 columns in one statement cost 50 µs and 32 more to make rows of them,
# these 18 and 11 (SQLite, timeit).
_AGENT = Part(Agent, "id", "name", "language")
_OFFER = Part(
    Offer,
    "id",
    "job_id",
    "agent_id",
    "status",
    "version",
    "code",
    "sent_at",
    "expires_at",
    "closed_at",
    "reserved_at",
    "reconfirm_by",
    "drop_asked_at",
)
_JOB = Part(
    Job,
    "id",
    "sheet_job_id",
    "status",
    "version",
    "policy",
    "pickup_at",
    "cutoff",
    "assigned_agent_id",
    "assigned_at",
)
_OFFERS_AND_JOBS = f"{_OFFER.columns('o')}, {_JOB.columns('j')}"
_BY_PHONE = (
    f"SELECT {_AGENT.columns('a')}, {_OFFERS_AND_JOBS} FROM agents a"
    " LEFT JOIN offers o ON o.agent_id = a.id AND o.closed_at IS NULL"
    " LEFT JOIN jobs j ON j.id = o.job_id"
    " WHERE a.phone_e164 = $1 AND a.forgotten_at IS NULL"
)
_MORE_TO_DO = " OR ".join(what_ends_with_a_yes("o", "'job:' || o.job_id"))
_BY_PHONES = (
    f"SELECT given.value, {_MORE_TO_DO}, {_AGENT.columns('a')}, {_OFFERS_AND_JOBS}"
    " FROM json_each($1) given JOIN agents a ON a.phone_e164 = given.value"
    " AND a.forgotten_at IS NULL"
    " JOIN offers o ON o.agent_id = a.id AND o.closed_at IS NULL"
    " JOIN jobs j ON j.id = o.job_id"
)
_BY_AGENT = (
    f"SELECT {_OFFERS_AND_JOBS} FROM offers o JOIN jobs j ON j.id = o.job_id"
    " WHERE o.agent_id = $1 AND o.closed_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One driver's live offers, open or accepted, with their jobs; rows in part."""

    offers: tuple[Offer, ...] = ()
    _jobs: Mapping[int, Job] = field(default_factory=dict)  # by offer

    def facts(self) -> list[OfferFacts]:
        """Return what the choice of an offer looks at."""
        return [
            OfferFacts(
                offer.id,
                offer.job_id,
                offer.code,
                OfferStatus(offer.status),
                offer.sent_at,
                reconfirming=offer.reconfirm_by is not None,
            )
            for offer in self.offers
        ]

    def about(self, offer_id: int) -> tuple[Job, Offer] | None:
        """Return that offer and its job, None when it is not a live one."""
        offer = next((each for each in self.offers if each.id == offer_id), None)
        return None if offer is None else (self._jobs[offer_id], offer)


async def driver_on_scene(unit: Unit, phone: str) -> tuple[Agent | None, Scene]:
    """Return the driver with that number and their live offers."""
    found = await unit.records(_BY_PHONE, phone)
    if not found:
        return None, Scene()
    own = len(_AGENT)
    return _AGENT.row(found[0][:own]), _scene([each[own:] for each in found if each[own]])


async def drivers_on_scene(unit: Unit, phones: Sequence[str]) -> Mapping[str, tuple[Agent, Scene]]:
    """Return those of the drivers who hold live offers, each by their number, with these.

    Left out are those with an offer whose YES ends more than itself, rivals or alerts.
    """
    found = await unit.records(_BY_PHONES, json.dumps(phones))
    eventful = {record[0] for record in found if record[1]}
    plain = [record for record in found if record[0] not in eventful]
    own = len(_AGENT) + 2
    agents = _AGENT.rows_alike(record[2:own] for record in plain)
    live = _pairs([record[own:] for record in plain])
    scenes: dict[str, tuple[Agent, list[tuple[Offer, Job]]]] = {}
    for record, agent, pair in zip(plain, agents, live, strict=True):
        scenes.setdefault(record[0], (agent, []))[1].append(pair)
    return {phone: (agent, _of(pairs)) for phone, (agent, pairs) in scenes.items()}


async def scene_of(unit: Unit, agent_id: int) -> Scene:
    """Return the live offers of a driver who is known already."""
    return _scene([each[:] for each in await unit.records(_BY_AGENT, agent_id)])


def _scene(records: Sequence[Sequence[object]]) -> Scene:
    return _of(_pairs(records))


def _pairs(records: Sequence[Sequence[object]]) -> list[tuple[Offer, Job]]:
    """Return offers with their jobs; what is equal in many is read once."""
    width = len(_OFFER)
    offers = _OFFER.rows_alike(record[:width] for record in records)
    jobs = _JOB.rows_alike(record[width:] for record in records)
    return [*zip(offers, jobs, strict=True)]


def _of(pairs: Sequence[tuple[Offer, Job]]) -> Scene:
    return Scene(tuple(offer for offer, _ in pairs), {offer.id: job for offer, job in pairs})
