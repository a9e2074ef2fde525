"""Everybody who could be asked for one job, as facts for the rules of eligibility."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from core.columns import among
from core.domain import (
    AgentFacts,
    JobStatus,
    OfferStatus,
    Policy,
)
from core.fleet import Fleet, fleet_of
from core.judged import Judged
from core.judging import Past, seen_from
from core.models import Job, Offer
from core.runner import Unit, as_utc
from core.site import Site


class Roster(NamedTuple):  # of which each of a hundred jobs makes one: 0.3 µs, a dataclass 0.9
    """The agents seen from one job: the fleet, and those whom this job makes different."""

    fleet: Fleet
    different: Mapping[int, Past]
    open_slots: frozenset[int]  # of the job's open offers
    has_reserves: bool  # a late YES waits

    @property
    def names(self) -> Mapping[int, str]:
        """Return the agents' names by id."""
        return {agent_id: facts.name for agent_id, facts in self.fleet.facts.items()}

    def facts_of(self, agent_id: int) -> AgentFacts | None:
        """Return one agent as seen from the job."""
        facts, past = self.fleet.facts.get(agent_id), self.different.get(agent_id)
        return facts if facts is None or past is None else seen_from(facts, past)

    def judged(
        self, job: Job, policy: Policy, site: Site, now: datetime, *, new_round: bool = False
    ) -> Judged:
        """Judge whom the job may ask now.

        With `new_round`, as it will be once a further round of the cascade is open.
        """
        judging = self.fleet.judging(job, policy, site, now)
        here = {
            agent_id: judging.barred(
                agent_id, past._replace(asked_this_round=False) if new_round else past
            )
            for agent_id, past in self.different.items()
        }
        return Judged(self.fleet, judging.in_general, here, policy, job.agent_order)

    def line(self, policy: Policy, first: int | None = None) -> list[int]:
        """Return everybody in the order of asking, who cannot be asked just now included."""
        ranked = [*self.fleet.line(policy)]
        return ranked if first is None else [first, *(a for a in ranked if a != first)]


class AskedRow(NamedTuple):
    """One offer of the job, as far as eligibility needs."""

    agent_id: int
    version: int
    status: str
    round: int
    closed_at: datetime | str | None  # as the database keeps it
    slot: int
    reserved: bool | int


_ASKED = (
    "SELECT job_id, agent_id, version, status, round, closed_at, slot, reserved_at IS NOT NULL"
    " FROM offers WHERE"
)


async def asked_for(unit: Unit, job_ids: Sequence[int]) -> Mapping[int, Sequence[AskedRow]]:
    """Return who was asked for each of the jobs; one reading serves all jobs of a unit."""
    asked: dict[int, list[AskedRow]] = defaultdict(list)
    where = among("job_id", len(job_ids))
    for job_id, *row in await unit.records(f"{_ASKED} {where}", *job_ids):
        asked[job_id].append(AskedRow._make(row))
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
    has_reserves = False
    for offer in offers:
        if offer.reserved and offer.version == job.version:
            has_reserves = True
        is_open = offer.status == _SENT
        if is_open:
            slots.add(offer.slot)
        if is_open or offer.version == job.version:
            asked[offer.agent_id].append(offer)
    open_until = await _open_until() if policy.max_open_offers_per_agent else {}
    busy = await _busy_at(job, policy) if policy.busy_buffer else {}
    called_off = job.skipped or ()
    different = {
        agent_id: _past(
            job,
            asked.get(agent_id, ()),
            open_until.get(agent_id, ()),
            busy.get(agent_id, ()),
            called_off=agent_id in called_off,
        )
        for agent_id in {*asked, *open_until, *busy, *called_off}
        if agent_id in fleet.facts
    }
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


def _past(
    job: Job,
    asked: Iterable[AskedRow],
    open_until: Collection[datetime],
    busy: Iterable[datetime],
    *,
    called_off: bool,
) -> Past:
    is_open = this_round = declined = dropped_out = False
    for offer in asked:
        this_round = this_round or offer.round == job.round
        if offer.status == _SENT:
            is_open = True
        elif offer.status == _WITHDRAWN:
            dropped_out = True
        elif offer.status == _DECLINED:
            declined = declined or _counts(offer, job.asked_anew_at)
    return Past(
        len(open_until),
        min(open_until, default=None),
        tuple(busy),
        is_open,
        this_round,
        declined,
        dropped_out,
        called_off,
    )


_SENT = OfferStatus.SENT.value
_WITHDRAWN = OfferStatus.WITHDRAWN.value
_DECLINED = OfferStatus.DECLINED.value


def _counts(refused: AskedRow, asked_anew_at: datetime | None) -> bool:
    """Tell whether the refusal counts: a coordinator who asks anew overrules earlier ones."""
    closed_at = as_utc(refused.closed_at)
    return asked_anew_at is None or closed_at is None or closed_at > asked_anew_at
