"""Everybody who could be asked for one job, as facts for the rules of eligibility."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.domain import (
    AddressState,
    AgentFacts,
    Candidates,
    JobFacts,
    JobStatus,
    OfferStatus,
    Policy,
)
from core.eligibility import candidates_of, rank
from core.models import Job, Offer
from core.policy_forms import parse_quiet_hours
from core.reach import reachable, usable
from core.runner import Unit, as_utc
from core.site import Site
from core.work import plain


@dataclass(frozen=True, slots=True)
class Roster:
    """The agents seen from one job: names, where each is reached, who may be asked."""

    names: dict[int, str]
    address_ids: dict[int, int]  # of the first usable Address; agents without one are missing
    facts: tuple[AgentFacts, ...]

    def candidates(
        self, job: Job, policy: Policy, site: Site, now: datetime, *, new_round: bool = False
    ) -> Candidates:
        """Return who may be asked now, best first, and why the others are not.

        With `new_round`, as it will be once a further round of the cascade is open.
        """
        facts = self.facts
        if new_round:
            facts = tuple(replace(f, asked_this_round=False) for f in facts)
        return candidates_of(
            facts,
            job_facts(job),
            policy,
            now=now,
            zone=site.zone,
            ladder=site.ladder,
            order=job.agent_order,
        )

    def line(self, policy: Policy, first: int | None = None) -> list[int]:
        """Return everybody in the order of asking, who cannot be asked just now included."""
        ranked = [facts.id for facts in rank(self.facts, policy)]
        return ranked if first is None else [first, *(a for a in ranked if a != first)]


def job_facts(job: Job) -> JobFacts:
    """Return what eligibility needs of the job."""
    return JobFacts(
        pickup_at=job.pickup_at,
        cutoff=job.cutoff,
        vehicle_type=job.vehicle_type,
        skills=frozenset(job.skills or ()),
    )


@dataclass(frozen=True, slots=True)
class AddressRow:
    """One Address, as far as choosing it needs."""

    id: int
    channel: str
    position: int
    state: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One offer of the job, as far as eligibility needs."""

    status: str
    round: int
    closed_at: datetime | None


_AGENTS = (
    "SELECT id, name, priority, active, on_duty, off_until, vehicle_type, skills, quiet_hours,"
    " last_asked_at FROM agents WHERE forgotten_at IS NULL"
)
_ADDRESSES = (
    "SELECT agent_id, id, channel, position, state FROM addresses WHERE agent_id IS NOT NULL"
)
_ASKED = "SELECT agent_id, status, round, closed_at FROM offers WHERE job_id = $1 AND version = $2"


async def roster_of(unit: Unit, job: Job, policy: Policy, site: Site) -> Roster:
    """Load every agent as seen from `job`; what the policy does not ask about is not loaded.

    Read as raw rows, because the ORM's objects for a fleet cost several times the queries.
    """
    addresses: dict[int, list[AddressRow]] = defaultdict(list)
    for row in await unit.rows(_ADDRESSES):
        addresses[row["agent_id"]].append(
            AddressRow(row["id"], row["channel"], row["position"], row["state"])
        )
    asked: dict[int, list[AskedRow]] = defaultdict(list)
    for row in await unit.rows(_ASKED, job.id, job.version):
        asked[row["agent_id"]].append(
            AskedRow(row["status"], row["round"], as_utc(row["closed_at"]))
        )
    open_until = await _open_until() if policy.max_open_offers_per_agent else {}
    busy = await _busy_at(job, policy) if policy.busy_buffer else {}
    names: dict[int, str] = {}
    facts = []
    for agent in await unit.rows(_AGENTS):
        agent_id = agent["id"]
        names[agent_id] = agent["name"]
        facts.append(
            _facts_of(
                agent,
                reachable(addresses[agent_id], site),
                job,
                asked[agent_id],
                open_until.get(agent_id, []),
                busy.get(agent_id, []),
            )
        )
    first = {agent_id: usable(rows, site) for agent_id, rows in addresses.items()}
    return Roster(names, {a: rows[0].id for a, rows in first.items() if rows}, tuple(facts))


async def _open_until() -> dict[int, list[datetime]]:
    open_until: dict[int, list[datetime]] = defaultdict(list)
    rows = Offer.filter(status=OfferStatus.SENT.value)
    for agent_id, expires_at in await rows.values_list("agent_id", "expires_at"):
        open_until[agent_id].append(expires_at)
    return open_until


async def _busy_at(job: Job, policy: Policy) -> dict[int, list[datetime]]:
    busy: dict[int, list[datetime]] = defaultdict(list)
    if job.pickup_at is None:
        return busy
    rows = Job.filter(
        status=JobStatus.ASSIGNED.value,
        pickup_at__gte=job.pickup_at - policy.busy_buffer,
        pickup_at__lte=job.pickup_at + policy.busy_buffer,
        id__not=job.id,
    )
    for agent_id, pickup_at in await rows.values_list("assigned_agent_id", "pickup_at"):
        busy[agent_id].append(pickup_at)
    return busy


def _facts_of(
    agent: Mapping[str, Any],
    reached: Sequence[AddressRow],
    job: Job,
    asked: Sequence[AskedRow],
    open_until: list[datetime],
    busy: list[datetime],
) -> AgentFacts:
    quiet_hours = agent["quiet_hours"]
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
        has_usable_address=any(a.state == AddressState.USABLE.value for a in reached),
        opted_out=bool(reached) and all(a.state == AddressState.OPTED_OUT.value for a in reached),
        open_offers=len(open_until),
        next_expiry=min(open_until, default=None),
        busy_at=tuple(busy),
        has_open_offer_here=any(o.status == OfferStatus.SENT.value for o in asked),
        asked_this_round=any(o.round == job.round for o in asked),
        declined_this_version=any(_declined(o, job.asked_anew_at) for o in asked),
        dropped_out=any(o.status == OfferStatus.WITHDRAWN.value for o in asked),
        called_off=agent["id"] in (job.skipped or ()),
    )


def _declined(offer: AskedRow, asked_anew_at: datetime | None) -> bool:
    """Tell whether the refusal counts: a coordinator who asks anew overrules earlier ones."""
    if offer.status != OfferStatus.DECLINED.value:
        return False
    return asked_anew_at is None or offer.closed_at is None or offer.closed_at > asked_anew_at
