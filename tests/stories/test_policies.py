"""Stories of named policies on the real router: windows to the second, quiet hours, caps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from core.domain import JobStatus, Policy, QuietHours
from core.drafts import AgentDraft
from core.outcomes import NobodyLeft, Scheduled, Started
from tests.house import JO, NOON, House, open_house, phone

NIGHT = QuietHours(time(22), time(6))
POLICIES = {
    "default": Policy(),
    "six": Policy("six", min_lead=timedelta(minutes=30)),
    "nights": Policy("nights", quiet_hours=NIGHT, urgent_within=timedelta(hours=4)),
    "busy": Policy("busy", busy_buffer=timedelta(hours=2)),
    "capped": Policy("capped", max_open_offers_per_agent=1),
    "later": Policy("later", start_before=timedelta(hours=3), remind_at=0.5),
    "twice": Policy("twice", rounds=2, width=2),
}


@pytest.fixture
async def firm(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url, policies=POLICIES) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


def at(clock: str, day: int = 30) -> datetime:
    return datetime.combine(NOON.replace(day=day), time.fromisoformat(clock), tzinfo=UTC)


async def windows(house: House, job_id: int) -> list[str]:
    return [f"{o.sent_at:%H:%M:%S}-{o.expires_at:%H:%M:%S}" for o in await house.offers(job_id)]


def _another(number: int, name: str) -> AgentDraft:
    return AgentDraft(name, phone(number), priority=number)


async def six_drivers_at_half_past_twelve(firm: House) -> int:
    await firm.drivers("One", "Two", "Three", "Four", "Five", "Six")
    firm.clock.advance(timedelta(minutes=30))
    return await firm.offering(pickup_at=at("14:30"), policy="six")


async def test_six_silent_drivers_have_15_minutes_each_and_the_last_ends_at_two(
    firm: House,
) -> None:
    job_id = await six_drivers_at_half_past_twelve(firm)
    for _ in range(6):
        assert (await firm.shown(job_id)).status == JobStatus.OFFERING
        await firm.passes(minutes=15)
    assert await windows(firm, job_id) == [
        "12:30:00-12:45:00",
        "12:45:00-13:00:00",
        "13:00:00-13:15:00",
        "13:15:00-13:30:00",
        "13:30:00-13:45:00",
        "13:45:00-14:00:00",
    ]
    job = await firm.shown(job_id)
    assert (job.cutoff, job.status) == (at("14:00"), "uncovered")


async def test_a_decline_at_once_gives_the_next_18_minutes(firm: House) -> None:
    job_id = await six_drivers_at_half_past_twelve(firm)
    await firm.says(1, "NO")
    assert (await windows(firm, job_id))[1] == "12:30:00-12:48:00"


async def test_no_window_is_shorter_than_three_minutes_or_ends_after_the_cutoff(
    firm: House,
) -> None:
    job_id = await six_drivers_at_half_past_twelve(firm)
    await firm.router.overrides.extend(job_id, 68, JO)
    await firm.passes(minutes=83)
    assert (await windows(firm, job_id))[1] == "13:53:00-13:56:00"
    await firm.passes(minutes=3)
    assert (await windows(firm, job_id))[2] == "13:56:00-13:59:00"
    await firm.passes(minutes=3)
    assert (await firm.shown(job_id)).status == "uncovered"
    assert "uncovered" in await firm.alerts()


async def test_a_job_waits_for_the_end_of_the_quiet_hours(firm: House) -> None:
    await firm.drivers("One")
    job_id = await firm.approved(policy="nights", pickup_at=at("12:00", day=31))
    firm.clock.advance(timedelta(hours=11))
    assert await firm.start(job_id) == Scheduled(at("06:00", day=31))
    await firm.passes(hours=6, minutes=59)
    assert await windows(firm, job_id) == []
    await firm.passes(minutes=1)
    assert await windows(firm, job_id) == ["06:00:00-06:30:00"]


async def test_a_drivers_own_quiet_hours_come_before_the_sites(firm: House) -> None:
    await firm.drivers("Early", "Late", quiet_hours="20:00-08:00")
    job_id = await firm.approved(policy="default", pickup_at=at("12:00", day=31))
    firm.clock.advance(timedelta(hours=9))
    assert await firm.start(job_id) == Scheduled(at("08:00", day=31))
    night_owl = await firm.approved("owl", policy="nights", pickup_at=at("12:00", day=31))
    firm.clock.advance(timedelta(hours=2))
    await firm.drivers("Early", "Late", quiet_hours="02:00-03:00")
    assert isinstance(await firm.start(night_owl), Started)


async def test_a_driver_in_quiet_hours_is_passed_over_for_one_who_is_not(firm: House) -> None:
    await firm.drivers("Night shift", quiet_hours="11:00-20:00")
    await firm.router.sync_agents([_another(2, "Day shift")], JO)
    job_id = await firm.offering()
    assert [o.agent_id for o in await firm.offers(job_id)] == [2]
    candidates = await firm.router.records.candidates(job_id)
    assert candidates is not None
    quiet = next(e for e in candidates.excluded if e.agent_id == 1)
    assert (quiet.reason, quiet.until) == ("quiet_hours", at("20:00"))


async def test_an_urgent_job_is_offered_in_the_night(firm: House) -> None:
    await firm.drivers("One")
    urgent = await firm.approved("urgent", policy="nights", pickup_at=at("03:00", day=31))
    patient = await firm.approved("patient", policy="nights", pickup_at=at("03:01", day=31))
    firm.clock.advance(timedelta(hours=11))
    assert isinstance(await firm.start(urgent), Started)
    assert isinstance(await firm.start(patient), NobodyLeft)  # the night outlasts its cutoff


async def test_a_driver_with_a_pickup_close_by_is_not_asked(firm: House) -> None:
    await firm.drivers("One", "Two")
    held = await firm.offering("held", pickup_at=at("16:00"))
    await firm.says(1, "YES", job_id=held)
    near = await firm.offering("near", policy="busy", pickup_at=at("18:00"))
    far = await firm.offering("far", policy="busy", pickup_at=at("18:01"))
    unknown = await firm.offering("unknown", policy="busy")
    asked = {job: [o.agent_id for o in await firm.offers(job)] for job in (near, far, unknown)}
    assert asked[near] == [2]
    assert asked[far] == [1]
    assert asked[unknown] == [1]


async def test_a_driver_at_the_cap_is_waited_for(firm: House) -> None:
    await firm.drivers("One")
    first = await firm.offering("first", policy="capped")
    second = await firm.approved("second", policy="capped")
    assert await firm.start(second) == Scheduled(at("12:30"))
    await firm.says(1, "NO", job_id=first)
    await firm.passes(minutes=30)
    assert await windows(firm, second) == ["12:30:00-13:00:00"]


async def test_asking_begins_so_long_before_the_pickup_and_is_called_to_mind_half_way(
    firm: House,
) -> None:
    await firm.drivers("One")
    job_id = await firm.approved(policy="later", pickup_at=at("18:00"))
    assert await firm.start(job_id) == Scheduled(at("15:00"))
    await firm.passes(hours=2, minutes=59, seconds=59)
    assert await windows(firm, job_id) == []
    await firm.passes(seconds=1)
    assert await windows(firm, job_id) == ["15:00:00-15:30:00"]
    assert [m.kind for m in await firm.told(phone(1))] == ["offer"]
    await firm.passes(minutes=15)
    assert [m.kind for m in await firm.told(phone(1))] == ["reminder"]


async def test_two_rounds_of_two_ask_again_whoever_was_silent(firm: House) -> None:
    await firm.drivers("One", "Two", "Three")
    job_id = await firm.offering(policy="twice")
    await firm.says(1, "NO", job_id=job_id)
    asked = [(o.round, o.agent_id) for o in await firm.offers(job_id)]
    assert asked == [(1, 1), (1, 2), (1, 3)]
    await firm.passes(minutes=30)
    asked = [(o.round, o.agent_id) for o in await firm.offers(job_id)]
    assert asked == [(1, 1), (1, 2), (1, 3), (2, 2), (2, 3)]
    await firm.passes(minutes=30)
    assert (await firm.shown(job_id)).status == "uncovered"
