"""Everybody who could be asked for one job, as facts for the rules of eligibility."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain import (
    AddressState,
    AgentFacts,
    Candidates,
    JobFacts,
    JobStatus,
    OfferStatus,
    Policy,
)
from core.eligibility import candidates_of
from core.models import Address, Agent, Job, Offer
from core.policy_forms import parse_quiet_hours
from core.reach import reachable, usable
from core.site import Site


@dataclass(frozen=True, slots=True)
class Roster:
    """The agents seen from one job: rows, where each is reached, who may be asked."""

    agents: dict[int, Agent]
    addresses: dict[int, list[Address]]  # usable ones only, first choice first
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


def job_facts(job: Job) -> JobFacts:
    """Return what eligibility needs of the job."""
    return JobFacts(
        pickup_at=job.pickup_at,
        cutoff=job.cutoff,
        vehicle_type=job.vehicle_type,
        skills=frozenset(job.skills or ()),
    )


async def roster_of(job: Job, policy: Policy, site: Site) -> Roster:
    """Load every agent as seen from `job`; what the policy does not ask about is not loaded."""
    agents = {a.id: a for a in await Agent.filter(forgotten_at=None)}
    everywhere: dict[int, list[Address]] = defaultdict(list)
    for address in await Address.filter(agent_id__not_isnull=True):
        everywhere[address.agent_id or 0].append(address)
    asked = await Offer.filter(job_id=job.id, version=job.version)
    open_until = await _open_until() if policy.max_open_offers_per_agent else {}
    busy = await _busy_at(job, policy) if policy.busy_buffer else {}
    facts = tuple(
        _facts_of(
            agent,
            everywhere[agent.id],
            job,
            asked,
            open_until.get(agent.id, []),
            busy.get(agent.id, []),
            site,
        )
        for agent in agents.values()
    )
    return Roster(
        agents=agents,
        addresses={agent_id: usable(everywhere[agent_id], site) for agent_id in agents},
        facts=facts,
    )


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
    agent: Agent,
    addresses: Iterable[Address],
    job: Job,
    asked: Iterable[Offer],
    open_until: list[datetime],
    busy: list[datetime],
    site: Site,
) -> AgentFacts:
    reached = reachable(addresses, site)
    mine = [o for o in asked if o.agent_id == agent.id]
    return AgentFacts(
        id=agent.id,
        name=agent.name,
        priority=agent.priority,
        active=agent.active,
        on_duty=agent.on_duty,
        off_until=agent.off_until,
        vehicle_type=agent.vehicle_type,
        skills=frozenset(agent.skills or ()),
        quiet_hours=parse_quiet_hours(agent.quiet_hours) if agent.quiet_hours else None,
        last_asked_at=agent.last_asked_at,
        has_address=bool(reached),
        has_usable_address=any(a.state == AddressState.USABLE.value for a in reached),
        opted_out=bool(reached) and all(a.state == AddressState.OPTED_OUT.value for a in reached),
        open_offers=len(open_until),
        next_expiry=min(open_until, default=None),
        busy_at=tuple(busy),
        has_open_offer_here=any(o.status == OfferStatus.SENT.value for o in mine),
        asked_this_round=any(o.round == job.round for o in mine),
        declined_this_version=any(_declined(o, job.asked_anew_at) for o in mine),
        dropped_out=any(o.status == OfferStatus.WITHDRAWN.value for o in mine),
        called_off=agent.id in (job.skipped or ()),
    )


def _declined(offer: Offer, asked_anew_at: datetime | None) -> bool:
    """Tell whether the refusal counts: a coordinator who asks anew overrules earlier ones."""
    if offer.status != OfferStatus.DECLINED.value:
        return False
    return asked_anew_at is None or offer.closed_at is None or offer.closed_at > asked_anew_at
