"""What was recorded, lived again under the same policies, is the same to the microsecond."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import API, Verdict
from core.rehearsal import Stage, lives_of, read_past, record
from tests.core.rehearsal.again import differs, past_of, unlike
from tests.house import JO, NOON, House
from tests.simulation.world import World

LIVES = 40
# seed and number of worlds that a replay once told differently
WORLDS = ((1, 5), (1, 9), (1, 20), (2, 8), (2, 15), (3, 4), (4, 16))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_job_that_goes_from_driver_to_driver_goes_the_same_way(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering(pickup_in=timedelta(hours=5))
    house.clock.advance(timedelta(seconds=90.25))
    await house.says(1, "NO", job_id=job_id)
    await house.passes(minutes=30)
    house.clock.advance(timedelta(minutes=2))
    await house.says(3, "YES")
    await house.passes(hours=3)
    await house.says(3, "DROP")
    await house.passes(minutes=3)
    await house.says(3, "DROP")
    await house.passes(minutes=4)
    assert await differs(house, stage) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_not_over_yet_is_as_far_as_it_was(house: House, stage: Stage) -> None:
    await house.drivers("One", "Two")
    answered = await house.offering("answered")
    await house.offering("open")
    await house.passes(minutes=1)
    await house.says(1, "NO", job_id=answered)
    await house.passes(minutes=20)
    assert await differs(house, stage) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_coordinators_did_is_done_again(house: House, stage: Stage) -> None:
    overrides = house.router.overrides
    agents = await house.drivers("One", "Two", "Three", "Four")
    steered = await house.offering("steered", pickup_in=timedelta(hours=9))
    await house.passes(minutes=1)
    await overrides.skip(steered, JO)
    await house.passes(minutes=2)
    await overrides.extend(steered, 20, JO)
    await house.passes(minutes=3)
    await overrides.offer_next(steered, agents[3], JO)
    await house.passes(minutes=4)
    await overrides.pause(steered, JO)
    await house.passes(minutes=40)
    await overrides.resume(steered, JO)
    await house.passes(minutes=1)
    last = (await house.offers(steered))[-1]
    await overrides.answer(steered, last.id, Verdict.YES, JO)
    await house.passes(minutes=5)
    await overrides.take_back(steered, JO)
    await house.passes(minutes=6)
    await overrides.set_cutoff(steered, house.clock.now() + timedelta(minutes=25), JO)
    await house.passes(minutes=30)
    await overrides.reoffer(steered, JO)
    await house.passes(minutes=2)
    edited = await house.offering("edited", pay="100")
    await house.passes(minutes=1)
    await overrides.edit(edited, {"pay": "120"}, JO)
    await house.passes(minutes=1)
    await house.says(1, "YES", job_id=edited)
    await house.passes(minutes=1)
    await house.router.assign(await house.approved("by hand"), agents[2], JO)
    await house.router.cancel(await house.offering("off"), API)
    await house.router.set_duty(agents[1], False, JO)
    await house.passes(minutes=1)
    await house.offering("later")
    await house.passes(minutes=70)
    assert await differs(house, stage) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_pickup_that_is_moved_twice_is_moved_twice_again(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two")
    moved = await house.offering("moved", pickup_in=timedelta(hours=2))
    for hours in (1, 9):
        await house.passes(minutes=3)
        pickup_at = house.clock.now() + timedelta(hours=hours)
        edit = {"pickup_date": pickup_at.isoformat(), "pickup_time": None}
        await house.router.overrides.edit(moved, edit, JO)
    await house.passes(minutes=70)
    assert await differs(house, stage) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_jobs_given_by_hand_are_dropped_again(house: House, stage: Stage) -> None:
    await house.drivers("One", "Two")
    never_offered = await house.job("never offered")
    await house.router.assign(never_offered, 1, JO)
    await house.passes(minutes=2)
    await house.says(1, "DROP")
    await house.passes(minutes=2)
    await house.says(1, "DROP")
    await house.passes(minutes=2)
    await house.says(2, "YES", job_id=never_offered)
    ran_out = await house.offering("ran out")
    await house.passes(minutes=31)
    await house.router.assign(ran_out, 1, JO)
    await house.passes(minutes=2)
    await house.says(1, "DROP")
    await house.passes(minutes=2)
    await house.says(1, "DROP")
    await house.passes(minutes=2)
    assert await differs(house, stage) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_long_record_is_read_in_portions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.drivers("One", "Two", "Three")
    for number in range(5):
        await house.offering(f"J-{number}", policy="broadcast")
    whole = await past_of(house)
    monkeypatch.setattr(record, "PORTION", 2)
    parts = await past_of(house)
    assert lives_of(parts) == lives_of(whole)
    assert parts.events == whole.events
    newest = await house.router.runner.read(read_past, NOON, last=2)
    assert newest is not None
    assert [job.sheet_job_id for job in newest.jobs] == ["J-3", "J-4"]
    assert await house.router.runner.read(read_past, NOON, since=NOON + timedelta(days=1)) is None


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_record_on_postgresql_is_replayed_on_sqlite(house: House, stage: Stage) -> None:
    await house.drivers("One", "Two")
    await house.offering(policy="batch")
    await house.passes(minutes=3)
    await house.says(1, "NO")
    await house.passes(minutes=3)
    await house.says(2, "YES")
    assert await differs(house, stage) == []


@pytest.mark.parametrize(("seed", "number"), WORLDS)
async def test_lives_in_bad_weather_and_under_many_hands_are_repeated_exactly(
    seed: int, number: int, stage: Stage
) -> None:
    async with stage.scratch() as runner:
        world = World(runner, seed, number, LIVES)
        await world.run()
        past = await runner.read(read_past, world.office.clock.now())
    assert past is not None
    assert len(past.jobs) == LIVES
    assert await unlike(past, world.office.site, stage) == []
