"""Every agent and where they are reached, as the rules of eligibility see them before any job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.columns import among
from core.domain import AddressState, AgentFacts, Exclusion, JobFacts, Policy
from core.eligibility import exclusion_of
from core.models import Address, Agent
from core.policy_forms import parse_quiet_hours
from core.reach import reachable
from core.rows import ADDRESSES, AGENTS
from core.runner import Unit, as_utc
from core.site import Site
from core.work import plain

_AGENTS = (
    "SELECT id, name, priority, active, on_duty, off_until, vehicle_type, skills, quiet_hours,"
    " last_asked_at FROM agents WHERE forgotten_at IS NULL"
)
_ADDRESSES = (
    "SELECT agent_id, id, channel, position, state FROM addresses WHERE agent_id IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One Address, as far as choosing it needs."""

    id: int
    channel: str
    position: int
    state: str


@dataclass(slots=True)
class Fleet:
    """The agents by id. One reading serves all jobs of a unit of work: it is most of the cost."""

    facts: dict[int, AgentFacts]
    address_ids: dict[int, int]  # of the first usable Address; agents without one are missing
    codes: dict[int, set[int]] = field(default_factory=dict)  # not free, of those asked so far
    _judged: dict[object, dict[int, Exclusion | None]] = field(default_factory=dict)
    _reached: dict[int, tuple[Agent, Address]] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)

    def judged(
        self, job: JobFacts, policy: Policy, site: Site, now: datetime
    ) -> Mapping[int, Exclusion | None]:
        """Return why each agent is not asked, None for who may be, their past with the job apart.

        Jobs that ask for the same get the same answer, worked out once.
        """
        key = (job.vehicle_type, job.skills, job.pickup_at, policy, now)
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = {
                agent_id: exclusion_of(
                    facts, job, policy, now=now, zone=site.zone, ladder=site.ladder
                )
                for agent_id, facts in self.facts.items()
            }
        return found

    async def reached(self, unit: Unit, agent_id: int) -> tuple[Agent, Address]:
        """Return an agent at their first usable Address, read once."""
        found = self._reached.get(agent_id)
        if found is None:
            agent = await AGENTS.one(unit, "id = $1", agent_id)
            address = await ADDRESSES.one(unit, "id = $1", self.address_ids[agent_id])
            found = self._reached[agent_id] = (agent, address)
        return found

    def asked(self, agent_id: int, now: datetime) -> None:
        """Note that the agent is asked now: they rank behind their equals from here on."""
        self.facts[agent_id] = replace(self.facts[agent_id], last_asked_at=now)
        self._asked.add(agent_id)

    async def write_asked(self, unit: Unit, now: datetime) -> None:
        """Write down whom the unit asked, all of them in one statement."""
        if self._asked:
            theirs = among("id", len(self._asked))
            await AGENTS.change(unit, theirs, *sorted(self._asked), last_asked_at=now)


async def fleet_of(unit: Unit, site: Site) -> Fleet:
    """Read all agents; raw rows, because the ORM's objects cost several times the queries."""
    addresses: dict[int, list[AddressRow]] = defaultdict(list)
    for agent_id, *address in await unit.records(_ADDRESSES):
        addresses[agent_id].append(AddressRow(*address))
    facts: dict[int, AgentFacts] = {}
    address_ids: dict[int, int] = {}
    for agent in await unit.records(_AGENTS):
        agent_id = agent["id"]
        reached = reachable(addresses[agent_id], site)
        facts[agent_id] = _facts_of(agent, reached)
        usable = [a.id for a in reached if a.state == AddressState.USABLE.value]
        if usable:
            address_ids[agent_id] = usable[0]
    return Fleet(facts, address_ids)


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
        skills=frozenset(plain(agent["skills"]) or ()),
        quiet_hours=parse_quiet_hours(quiet_hours) if quiet_hours else None,
        last_asked_at=as_utc(agent["last_asked_at"]),
        has_address=bool(reached),
        has_usable_address=AddressState.USABLE.value in states,
        opted_out=states == {AddressState.OPTED_OUT.value},
    )
