"""Open this for who may be asked, in which order, and why the others are not. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from core.domain import AgentFacts, Candidates, Exclusion, ExclusionReason, JobFacts, Policy
from core.policy import is_urgent, quiet_until, shortest_window

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

_R = ExclusionReason
Place = tuple[int, datetime, int]  # in a ranking; it ends with the id, so no two are alike
_NEVER = datetime.min.replace(tzinfo=UTC)

SENTENCES: Mapping[ExclusionReason, str] = {
    _R.INACTIVE: "{name} is not active",
    _R.OFF_DUTY: "{name} is off duty",
    _R.NO_ADDRESS: "{name} has no address on an enabled channel",
    _R.OPTED_OUT: "{name} answered STOP and gets no messages",
    _R.UNDELIVERABLE: "{name} cannot be reached at any known address",
    _R.VEHICLE_TOO_SMALL: "{name} has a vehicle that is too small",
    _R.MISSING_SKILLS: "{name} lacks a skill that this job needs",
    _R.QUIET_HOURS: "{name} has quiet hours",
    _R.BUSY: "{name} has another pickup close to this one",
    _R.AT_CAP: "{name} has as many open offers as the policy allows",
    _R.ASKED_THIS_ROUND: "{name} was already asked in this round",
    _R.DECLINED: "{name} declined this job",
    _R.HAS_OPEN_OFFER: "{name} has an open offer for this job",
    _R.DROPPED_OUT: "{name} dropped this job",
    _R.SKIPPED: "{name} was skipped by a coordinator",
    _R.CALLED_OFF: "{name} was called off this job",
}


def vehicle_fits(offered: str | None, asked: str | None, ladder: Sequence[str]) -> bool:
    """Tell whether a vehicle is at least as large as asked; an unknown type fits everything."""
    sizes = _sizes(tuple(ladder))
    have, need = (sizes.get((kind or "").strip().casefold()) for kind in (offered, asked))
    return have is None or need is None or have >= need


@lru_cache(maxsize=16)
def _sizes(ladder: Sequence[str]) -> Mapping[str, int]:
    """Return the place of each type; kept, because it is asked for every driver of every job."""
    return {step.strip().casefold(): size for size, step in enumerate(ladder)}


def exclusion_of(
    agent: AgentFacts,
    job: JobFacts,
    policy: Policy,
    *,
    now: datetime,
    zone: ZoneInfo,
    ladder: Sequence[str],
) -> Exclusion | None:
    """Return the first reason not to ask this agent, lasting ones first; None when askable."""
    reason = _lasting_reason(agent, job, policy, ladder)
    if reason is not None:
        return Exclusion(agent.id, reason)
    return _passing_exclusion(agent, job, policy, now=now, zone=zone)


def candidates_of(
    agents: Iterable[AgentFacts],
    job: JobFacts,
    policy: Policy,
    *,
    now: datetime,
    zone: ZoneInfo,
    ladder: Sequence[str],
    order: Sequence[int] | None = None,
) -> Candidates:
    """Return who may be asked, best first: by rank, or by a frozen `order` and newcomers last."""
    known = {agent.id: agent for agent in agents}
    ranked = rank(known.values(), policy)
    judged = [
        (a, exclusion_of(known[a], job, policy, now=now, zone=zone, ladder=ladder))
        for a in in_line(known, (agent.id for agent in ranked), order)
    ]
    return Candidates(
        askable=tuple(agent_id for agent_id, exclusion in judged if exclusion is None),
        excluded=tuple(exclusion for _, exclusion in judged if exclusion is not None),
    )


def in_line(
    known: Collection[int], ranked: Iterable[int], order: Sequence[int] | None
) -> Iterator[int]:
    """Yield the ids in the order of asking: by rank, or by a frozen `order` and newcomers last."""
    before = set()
    for agent_id in order or ():
        if agent_id in known:
            before.add(agent_id)
            yield agent_id
    if len(before) < len(known):
        yield from (agent_id for agent_id in ranked if agent_id not in before)


def rank(agents: Iterable[AgentFacts], policy: Policy) -> list[AgentFacts]:
    """Return the agents best first: priority, then longest since last asked, then id."""
    place = places_by(policy.order)
    return sorted(agents, key=lambda agent: place(agent, agent.last_asked_at))


def places_by(order: str) -> Callable[[AgentFacts, datetime | None], Place]:
    """Return what places an agent, last asked at some time, in the ranking; the lowest is first."""
    match order:
        case "priority":
            return lambda agent, last_asked_at: (agent.priority, last_asked_at or _NEVER, agent.id)
        case unknown:
            raise ValueError(f"unknown order {unknown!r}")


def waits_until(
    candidates: Candidates, *, now: datetime, cutoff: datetime | None, policy: Policy
) -> datetime | None:
    """Return the earliest moment somebody may be asked again; None when that is never or too late.

    A moment already past counts as now: whoever holds the agent up is about to be settled.
    """
    moments = [exclusion.until for exclusion in candidates.excluded if exclusion.until is not None]
    if not moments:
        return None
    earliest = max(min(moments), now)
    if cutoff is not None and (earliest >= cutoff or cutoff - earliest < shortest_window(policy)):
        return None
    return earliest


def sentence(exclusion: Exclusion, name: str, *, zone: ZoneInfo) -> str:
    """Say in plain English why the agent is not asked, with the local end of a passing reason."""
    why = SENTENCES[exclusion.reason].format(name=name)
    if exclusion.until is None:
        return f"{why}."
    local = exclusion.until.astimezone(zone)
    return f"{why} until {local:%a} {local.day} {local:%b %H:%M}."


def _lasting_reason(
    agent: AgentFacts, job: JobFacts, policy: Policy, ladder: Sequence[str]
) -> ExclusionReason | None:
    for reason, applies in _OF_THE_AGENT:
        if applies(agent):
            return reason
    if not vehicle_fits(agent.vehicle_type, job.vehicle_type, ladder):
        return _R.VEHICLE_TOO_SMALL
    if not job.skills <= agent.skills:
        return _R.MISSING_SKILLS
    return _R.BUSY if _is_busy(agent, job, policy) else None


# In the order of telling. The first that applies ends the search: nearly every job has a driver
# who was asked in this round, and a table of all answers took 5 µs for each, this one 1.
_OF_THE_AGENT: Sequence[tuple[ExclusionReason, Callable[[AgentFacts], bool]]] = (
    (_R.INACTIVE, lambda agent: not agent.active),
    (_R.HAS_OPEN_OFFER, lambda agent: agent.has_open_offer_here),
    (_R.DROPPED_OUT, lambda agent: agent.dropped_out),
    (_R.CALLED_OFF, lambda agent: agent.called_off),
    (_R.DECLINED, lambda agent: agent.declined_this_version),
    (_R.ASKED_THIS_ROUND, lambda agent: agent.asked_this_round),
    (_R.OPTED_OUT, lambda agent: agent.opted_out),
    (_R.NO_ADDRESS, lambda agent: not agent.has_address),
    (_R.UNDELIVERABLE, lambda agent: not agent.has_usable_address),
)


def _is_busy(agent: AgentFacts, job: JobFacts, policy: Policy) -> bool:
    pickup_at = job.pickup_at
    if pickup_at is None or not policy.busy_buffer:
        return False
    return any(abs(pickup_at - other) <= policy.busy_buffer for other in agent.busy_at)


def _passing_exclusion(
    agent: AgentFacts, job: JobFacts, policy: Policy, *, now: datetime, zone: ZoneInfo
) -> Exclusion | None:
    if not agent.on_duty and (agent.off_until is None or agent.off_until > now):
        return Exclusion(agent.id, _R.OFF_DUTY, agent.off_until)
    if not is_urgent(now, job.pickup_at, policy):
        ends_at = quiet_until(now, agent.quiet_hours or policy.quiet_hours, zone)
        if ends_at is not None:
            return Exclusion(agent.id, _R.QUIET_HOURS, ends_at)
    if 0 < policy.max_open_offers_per_agent <= agent.open_offers:
        return Exclusion(agent.id, _R.AT_CAP, agent.next_expiry)
    return None
