"""Every agent and where they are reached, as the rules of eligibility see them before any job."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from core.columns import among
from core.domain import AddressState, AgentFacts, Policy
from core.eligibility import Place, in_line, places_by
from core.judging import Judging, job_facts
from core.models import Job
from core.policy_forms import parse_quiet_hours
from core.reach import Recipient, reachable
from core.rows import AGENTS
from core.runner import Unit, as_utc
from core.site import Site

_AGENTS = (
    "SELECT id, name, priority, active, on_duty, off_until, vehicle_type, skills, quiet_hours,"
    " last_asked_at, language FROM agents WHERE forgotten_at IS NULL"
)
_ADDRESSES = (
    "SELECT agent_id, id, channel, handle, position, state FROM addresses"
    " WHERE agent_id IS NOT NULL"
)


class AddressRow(NamedTuple):
    """One Address, as far as choosing and using it needs."""

    id: int
    channel: str
    handle: str
    position: int
    state: str


@dataclass(slots=True)
class Fleet:
    """The agents by id. One reading serves all jobs of a unit of work: it is most of the cost."""

    facts: Mapping[int, AgentFacts]
    languages: Mapping[int, str | None]
    addresses: Mapping[int, AddressRow]  # the first usable; agents without one are missing
    _judged: dict[object, Judging] = field(default_factory=dict)
    _at: dict[int, Recipient] = field(default_factory=dict)
    _asked: dict[int, datetime] = field(default_factory=dict)  # by this unit, and when
    _ranked: dict[str, list[Place]] = field(default_factory=dict)  # by the policies' orders

    def judging(self, job: Job, policy: Policy, site: Site, now: datetime) -> Judging:
        """Return how agents are judged for such a job; the same for jobs that want the same."""
        key = (job.vehicle_type, *(job.skills or ()), job.pickup_at, id(policy), now)
        found = self._judged.get(key)  # which keeps the policy, so that no other gets this id
        if found is None:
            found = self._judged[key] = Judging(self.facts, job_facts(job), policy, site, now)
        return found

    def line(self, policy: Policy, order: Sequence[int] | None = None) -> Iterator[int]:
        """Yield the ids in the order of asking: by rank, or a frozen `order`, newcomers last."""
        return in_line(self.facts, self._ranking(policy.order), order)

    def at(self, agent_id: int) -> Recipient:
        """Return an agent at their first usable Address."""
        found = self._at.get(agent_id)
        if found is None:
            address = self.addresses[agent_id]
            found = self._at[agent_id] = Recipient(
                channel=address.channel,
                handle=address.handle,
                name=self.facts[agent_id].name,
                language=self.languages[agent_id] or "en",
                address_id=address.id,
                agent_id=agent_id,
            )
        return found

    def asked(self, agent_id: int, now: datetime) -> None:
        """Note that the agent is asked now: they rank behind their equals from here on."""
        facts, before = self.facts[agent_id], self._last_asked(agent_id)
        self._asked[agent_id] = now
        for order, places in self._ranked.items():
            place = places_by(order)
            del places[bisect_left(places, place(facts, before))]
            insort(places, place(facts, now))

    async def write_asked(self, unit: Unit, now: datetime) -> None:
        """Write down whom the unit asked, all of them in one statement."""
        if self._asked:
            theirs = among("id", len(self._asked))
            await AGENTS.change(unit, theirs, *sorted(self._asked), last_asked_at=now)

    def _ranking(self, order: str) -> Iterator[int]:
        """Yield the ids, best first; ranked only when asked for: a frozen order mostly suffices."""
        for place in self._by_rank(order):
            yield place[-1]

    def _by_rank(self, order: str) -> list[Place]:
        """Return the places of all agents, best first.

        Kept from job to job and put right where somebody is asked: ranking anew took 15 µs a job
        with 50 drivers, this takes 2.
        """
        places = self._ranked.get(order)
        if places is None:
            place = places_by(order)
            places = self._ranked[order] = sorted(
                place(facts, self._last_asked(agent_id)) for agent_id, facts in self.facts.items()
            )
        return places

    def _last_asked(self, agent_id: int) -> datetime | None:
        return self._asked.get(agent_id) or self.facts[agent_id].last_asked_at


async def fleet_of(unit: Unit, site: Site) -> Fleet:
    """Read all agents; raw rows, because the ORM's objects cost several times the queries."""
    addresses: dict[int, list[AddressRow]] = defaultdict(list)
    for agent_id, *address in await unit.records(_ADDRESSES):
        addresses[agent_id].append(AddressRow._make(address))
    facts: dict[int, AgentFacts] = {}
    languages: dict[int, str | None] = {}
    first_usable: dict[int, AddressRow] = {}
    for agent in await unit.records(_AGENTS):
        agent_id = agent["id"]
        reached = reachable(addresses[agent_id], site)
        facts[agent_id] = _facts_of(agent, reached)
        languages[agent_id] = agent["language"]
        usable = [a for a in reached if a.state == _USABLE]
        if usable:
            first_usable[agent_id] = usable[0]
    return Fleet(facts, languages, first_usable)


def _facts_of(agent: Any, reached: Sequence[AddressRow]) -> AgentFacts:
    quiet_hours = agent["quiet_hours"]
    states = {a.state for a in reached}
    return AgentFacts(
        id=agent["id"],
        name=agent["name"],
        priority=agent["priority"],
        active=bool(agent["active"]),
        on_duty=bool(agent["on_duty"]),
        off_until=as_utc(agent["off_until"]),
        vehicle_type=agent["vehicle_type"],
        skills=_skills_of(agent["skills"]),
        quiet_hours=parse_quiet_hours(quiet_hours) if quiet_hours else None,
        last_asked_at=as_utc(agent["last_asked_at"]),
        has_address=bool(reached),
        has_usable_address=_USABLE in states,
        opted_out=states == _OPTED_OUT,
    )


def _skills_of(kept: str | Sequence[str] | None) -> frozenset[str]:
    return _read_skills(kept) if isinstance(kept, str) else frozenset(kept or ())


@lru_cache(maxsize=256)  # few are different: 0.1 µs an agent instead of 1.8
def _read_skills(kept: str) -> frozenset[str]:
    return frozenset(json.loads(kept) or ())


_USABLE, _OPTED_OUT = AddressState.USABLE.value, {AddressState.OPTED_OUT.value}
