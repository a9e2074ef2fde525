"""Everybody who could be asked for one job, as facts for the rules of eligibility."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from core.columns import among
from core.domain import (
    AgentFacts,
    JobFacts,
    JobStatus,
    OfferStatus,
    Policy,
)
from core.eligibility import exclusion_of
from core.fleet import Fleet, fleet_of
from core.judged import Judged
from core.models import Job, Offer
from core.runner import Unit, as_utc
from core.site import Site


@dataclass(frozen=True, slots=True)
class Roster:
    """The agents seen from one job: the fleet, and those whom this job makes different."""

    fleet: Fleet
    different: Mapping[int, AgentFacts]
    open_slots: frozenset[int]  # of the job's open offers
    has_reserves: bool  # a late YES waits

    @property
    def names(self) -> Mapping[int, str]:
        """Return the agents' names by id."""
        return {agent_id: facts.name for agent_id, facts in self.fleet.facts.items()}

    def facts_of(self, agent_id: int) -> AgentFacts | None:
        """Return one agent as seen from the job."""
        return self.different.get(agent_id) or self.fleet.facts.get(agent_id)

    def judged(
        self, job: Job, policy: Policy, site: Site, now: datetime, *, new_round: bool = False
    ) -> Judged:
        """Judge whom the job may ask now.

        With `new_round`, as it will be once a further round of the cascade is open.
        """
        wanted = job_facts(job)
        here = {}
        for agent_id, seen in self.different.items():
            facts = replace(seen, asked_this_round=False) if new_round else seen
            here[agent_id] = exclusion_of(
                facts, wanted, policy, now=now, zone=site.zone, ladder=site.ladder
            )
        judged = self.fleet.judged(wanted, policy, site, now)
        return Judged(self.fleet, judged, here, policy, job.agent_order)

    def line(self, policy: Policy, first: int | None = None) -> list[int]:
        """Return everybody in the order of asking, who cannot be asked just now included."""
        ranked = [*self.fleet.line(policy)]
        return ranked if first is None else [first, *(a for a in ranked if a != first)]


def job_facts(job: Job) -> JobFacts:
    """Return what eligibility needs of the job."""
    return JobFacts(
        pickup_at=job.pickup_at,
        cutoff=job.cutoff,
        vehicle_type=job.vehicle_type,
        skills=frozenset(job.skills or ()),
    )


class AskedRow(NamedTuple):
    """One offer of the job, as far as eligibility needs."""

    agent_id: int
    version: int
    status: str
    round: int
    closed_at: datetime | None
    slot: int
    reserved: bool


_ASKED = (
    "SELECT job_id, agent_id, version, status, round, closed_at, slot, reserved_at IS NOT NULL"
    " FROM offers WHERE"
)


async def asked_for(unit: Unit, job_ids: Sequence[int]) -> Mapping[int, Sequence[AskedRow]]:
    """Return who was asked for each of the jobs; one reading serves all jobs of a unit."""
    asked: dict[int, list[AskedRow]] = defaultdict(list)
    where = among("job_id", len(job_ids))
    for job_id, agent_id, version, status, round_, closed_at, slot, reserved in await unit.records(
        f"{_ASKED} {where}", *job_ids
    ):
        row = AskedRow(agent_id, version, status, round_, as_utc(closed_at), slot, bool(reserved))
        asked[job_id].append(row)
    return asked


async def roster_of(
    unit: Unit,
    job: Job,
    policy: Policy,
    site: Site,
    fleet: Fleet | None = None,
    offers: Sequence[AskedRow] | None = None,
) -> Roster:
    """Load what sets agents apart for `job`; what the policy does not ask about is not loaded.

    `offers`: those of the job, by `asked_for`, if they are read already.
    """
    fleet = fleet or await fleet_of(unit, site)
    if offers is None:
        offers = (await asked_for(unit, [job.id])).get(job.id, ())
    asked: dict[int, list[AskedRow]] = defaultdict(list)
    slots = set()
    for offer in offers:
        is_open = offer.status == _SENT
        if is_open:
            slots.add(offer.slot)
        if is_open or offer.version == job.version:
            asked[offer.agent_id].append(offer)
    open_until = await _open_until() if policy.max_open_offers_per_agent else {}
    busy = await _busy_at(job, policy) if policy.busy_buffer else {}
    apart = {*asked, *open_until, *busy, *(job.skipped or ())} & fleet.facts.keys()
    different = {
        agent_id: _seen(
            fleet.facts[agent_id],
            job,
            asked.get(agent_id, ()),
            open_until.get(agent_id, []),
            busy.get(agent_id, []),
        )
        for agent_id in apart
    }
    has_reserves = any(o.reserved and o.version == job.version for o in offers)
    return Roster(fleet, different, frozenset(slots), has_reserves)


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


def _seen(
    facts: AgentFacts,
    job: Job,
    asked: Collection[AskedRow],
    open_until: list[datetime],
    busy: list[datetime],
) -> AgentFacts:
    statuses = {o.status for o in asked}
    alone = dict(zip(_NAMES, _OF_THE_AGENT_ALONE(facts), strict=True))
    return AgentFacts(
        **alone,
        open_offers=len(open_until),
        next_expiry=min(open_until, default=None),
        busy_at=tuple(busy),
        has_open_offer_here=_SENT in statuses,
        asked_this_round=job.round in {o.round for o in asked},
        declined_this_version=any(_declined(o, job.asked_anew_at) for o in asked),
        dropped_out=OfferStatus.WITHDRAWN.value in statuses,
        called_off=facts.id in (job.skipped or ()),
    )


# The fields that `_seen` does not give. `replace` asks for every field by its name: 12 µs an agent,
# this way 7.
_ALL = [field.name for field in fields(AgentFacts)]
_NAMES = _ALL[: _ALL.index("open_offers")]
_OF_THE_AGENT_ALONE = attrgetter(*_NAMES)
_SENT = OfferStatus.SENT.value


def _declined(offer: AskedRow, asked_anew_at: datetime | None) -> bool:
    """Tell whether the refusal counts: a coordinator who asks anew overrules earlier ones."""
    if offer.status != OfferStatus.DECLINED.value:
        return False
    return asked_anew_at is None or offer.closed_at is None or offer.closed_at > asked_anew_at
