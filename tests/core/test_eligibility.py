"""Who may be asked, in which order, and why the others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain import (
    AgentFacts,
    Candidates,
    Exclusion,
    ExclusionReason,
    JobFacts,
    Policy,
    QuietHours,
)
from core.eligibility import (
    SENTENCES,
    candidates_of,
    exclusion_of,
    rank,
    sentence,
    vehicle_fits,
    waits_until,
)

LONDON = ZoneInfo("Europe/London")
LADDER = ("Bike", "Car", "Small van", "Van", "Luton")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOW = datetime(2026, 1, 30, 23, 0, tzinfo=UTC)
MORNING = datetime(2026, 1, 31, 6, 0, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(6))
DAVE = AgentFacts(id=7, name="Dave", priority=1)
JOB = JobFacts(pickup_at=NOW + 12 * HOUR, cutoff=NOW + 11 * HOUR, vehicle_type="Van")
R = ExclusionReason


@pytest.mark.parametrize(
    ("offered", "asked", "fits"),
    [
        ("Van", "Van", True),
        ("luton", "VAN", True),
        (" Van ", "van", True),
        ("Car", "Van", False),
        (None, "Van", True),
        ("", "Van", True),
        ("Hovercraft", "Van", True),
        ("Bike", None, True),
        ("Bike", "Hovercraft", True),
    ],
)
def test_a_vehicle_fits_when_as_large_as_asked_or_unknown(
    offered: str | None, asked: str | None, fits: bool
) -> None:
    assert vehicle_fits(offered, asked, LADDER) is fits


def excluded(agent: AgentFacts, job: JobFacts = JOB, policy: Policy | None = None) -> object:
    found = exclusion_of(agent, job, policy or Policy(), now=NOW, zone=LONDON, ladder=LADDER)
    assert found is None or found.agent_id == agent.id
    return found and (found.reason, found.until)


LASTING: list[tuple[dict[str, Any], ExclusionReason]] = [  # in the order in which they are named
    ({"active": False}, R.INACTIVE),
    ({"has_open_offer_here": True}, R.HAS_OPEN_OFFER),
    ({"dropped_out": True}, R.DROPPED_OUT),
    ({"declined_this_version": True}, R.DECLINED),
    ({"asked_this_round": True}, R.ASKED_THIS_ROUND),
    ({"opted_out": True}, R.OPTED_OUT),
    ({"has_address": False, "has_usable_address": False}, R.NO_ADDRESS),
    ({"has_usable_address": False}, R.UNDELIVERABLE),
    ({"vehicle_type": "Bike"}, R.VEHICLE_TOO_SMALL),
    ({"on_duty": False}, R.OFF_DUTY),
]


@pytest.mark.parametrize(("facts", "reason"), LASTING)
def test_a_lasting_reason_has_no_end(facts: dict[str, Any], reason: ExclusionReason) -> None:
    assert excluded(replace(DAVE, **facts)) == (reason, None)


@pytest.mark.parametrize("first", range(len(LASTING)))
def test_the_first_reason_of_the_fixed_order_is_named(first: int) -> None:
    facts: dict[str, Any] = {}
    for later, _ in reversed(LASTING[first:]):
        facts |= later
    assert excluded(replace(DAVE, **facts)) == (LASTING[first][1], None)


def test_an_agent_with_nothing_against_it_is_askable() -> None:
    assert excluded(DAVE) is None


def test_required_skills_must_all_be_there() -> None:
    job = replace(JOB, skills=frozenset({"adr", "tail lift"}))
    assert excluded(replace(DAVE, skills=frozenset({"adr"})), job) == (R.MISSING_SKILLS, None)
    assert excluded(replace(DAVE, skills=frozenset({"adr", "tail lift", "x"})), job) is None


def test_off_duty_lasts_until_its_end() -> None:
    off = replace(DAVE, on_duty=False)
    assert excluded(replace(off, off_until=MORNING)) == (R.OFF_DUTY, MORNING)
    assert excluded(replace(off, off_until=NOW)) is None


def test_quiet_hours_hold_until_their_local_end() -> None:
    assert excluded(DAVE, policy=Policy(quiet_hours=NIGHT)) == (R.QUIET_HOURS, MORNING)


def test_own_quiet_hours_beat_those_of_the_policy() -> None:
    awake = replace(DAVE, quiet_hours=QuietHours(time(3), time(4)))
    assert excluded(awake, policy=Policy(quiet_hours=NIGHT)) is None
    assert excluded(replace(DAVE, quiet_hours=NIGHT)) == (R.QUIET_HOURS, MORNING)


def test_an_urgent_job_ignores_quiet_hours() -> None:
    policy = Policy(quiet_hours=NIGHT, urgent_within=12 * HOUR)
    assert excluded(replace(DAVE, quiet_hours=NIGHT), policy=policy) is None


def test_the_cap_holds_until_the_next_expiry() -> None:
    asked = replace(DAVE, open_offers=2, next_expiry=NOW + MINUTE)
    assert excluded(asked, policy=Policy(max_open_offers_per_agent=2)) == (R.AT_CAP, NOW + MINUTE)
    assert excluded(asked, policy=Policy(max_open_offers_per_agent=3)) is None
    assert excluded(asked, policy=Policy(max_open_offers_per_agent=0)) is None


def test_a_lasting_reason_comes_before_a_passing_one() -> None:
    agent = replace(DAVE, vehicle_type="Bike", on_duty=False, off_until=MORNING)
    assert excluded(agent) == (R.VEHICLE_TOO_SMALL, None)


@pytest.mark.parametrize("other", [timedelta(0), HOUR, -HOUR])
def test_another_pickup_within_the_buffer_makes_busy(other: timedelta) -> None:
    assert JOB.pickup_at is not None
    agent = replace(DAVE, busy_at=(JOB.pickup_at + 5 * HOUR, JOB.pickup_at + other))
    assert excluded(agent, policy=Policy(busy_buffer=HOUR)) == (R.BUSY, None)
    assert excluded(agent, policy=Policy(busy_buffer=timedelta(0))) is None


def test_a_pickup_outside_the_buffer_or_unknown_never_clashes() -> None:
    assert JOB.pickup_at is not None
    agent = replace(DAVE, busy_at=(JOB.pickup_at + HOUR + MINUTE,))
    policy = Policy(busy_buffer=HOUR)
    assert excluded(agent, policy=policy) is None
    assert excluded(agent, replace(JOB, pickup_at=None), policy) is None


def agent(agent_id: int, priority: int = 1, asked: datetime | None = None) -> AgentFacts:
    return AgentFacts(agent_id, f"Driver {agent_id}", priority, last_asked_at=asked)


def test_rank_is_priority_then_longest_since_asked_then_id() -> None:
    agents = [
        agent(1, priority=2),
        agent(2, asked=NOW),
        agent(3, asked=NOW - HOUR),
        agent(5),
        agent(4),
    ]
    assert [a.id for a in rank(agents, Policy())] == [4, 5, 3, 2, 1]


def found(agents: list[AgentFacts], order: list[int] | None = None) -> Candidates:
    return candidates_of(
        iter(agents), JOB, Policy(), now=NOW, zone=LONDON, ladder=LADDER, order=order
    )


def test_candidates_are_askable_by_rank_and_every_exclusion_keeps_its_reason() -> None:
    inactive = replace(agent(1), active=False)
    assert found([agent(3, priority=2), inactive, agent(2)]) == Candidates(
        askable=(2, 3), excluded=(Exclusion(1, R.INACTIVE),)
    )


def test_a_frozen_order_holds_and_newcomers_come_after_it_by_rank() -> None:
    agents = [agent(1), agent(2, priority=2), agent(3, priority=3), agent(4, priority=1)]
    assert found(agents, order=[3, 9, 2]).askable == (3, 2, 1, 4)
    assert found(agents, order=[]).askable == (1, 4, 2, 3)


def until(*moments: datetime | None) -> Candidates:
    return Candidates((), tuple(Exclusion(1, R.OFF_DUTY, moment) for moment in moments))


@pytest.mark.parametrize(
    ("candidates", "cutoff", "waits"),
    [
        (until(MORNING, NOW + HOUR, None), None, NOW + HOUR),
        (until(MORNING, NOW + HOUR), NOW + HOUR + 3 * MINUTE, NOW + HOUR),
        (until(MORNING, NOW + HOUR), NOW + HOUR + 2 * MINUTE, None),
        (until(None), None, None),
        (until(), None, None),
        (until(NOW - HOUR), NOW + HOUR, NOW),  # whoever holds it up is being settled
        (until(NOW - HOUR), NOW + MINUTE, None),
    ],
)
def test_a_job_waits_for_the_earliest_end_that_leaves_a_window(
    candidates: Candidates, cutoff: datetime | None, waits: datetime | None
) -> None:
    assert waits_until(candidates, now=NOW, cutoff=cutoff, policy=Policy()) == waits


def test_waiting_up_to_the_cutoff_itself_leaves_nothing() -> None:
    policy = Policy(min_window=timedelta(0))
    assert waits_until(until(NOW + HOUR), now=NOW, cutoff=NOW + HOUR, policy=policy) is None


@pytest.mark.parametrize("reason", ExclusionReason)
def test_every_reason_is_a_sentence(reason: ExclusionReason) -> None:
    assert reason in SENTENCES
    said = sentence(Exclusion(7, reason), "Dave {x}", zone=LONDON)
    assert said.startswith("Dave {x} ")
    assert said.endswith(".")


def test_a_sentence_names_the_local_end() -> None:
    winter = Exclusion(7, R.OFF_DUTY, datetime(2026, 1, 31, 14, 0, tzinfo=UTC))
    summer = Exclusion(7, R.QUIET_HOURS, datetime(2026, 7, 5, 5, 0, tzinfo=UTC))
    assert sentence(winter, "Dave", zone=LONDON) == "Dave is off duty until Sat 31 Jan 14:00."
    assert sentence(summer, "Dave", zone=LONDON) == "Dave has quiet hours until Sun 5 Jul 06:00."


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown order 'random'"):
        rank([], Policy(order="random"))
