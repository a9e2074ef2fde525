"""Stories of a clock that stands still: it is noticed, said again, and over when it runs."""

from __future__ import annotations

from datetime import timedelta

from core.domain import MessageKind
from tests.house import JO, House


async def test_a_clock_that_stands_still_is_an_alert_until_it_runs_again(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.told()
    house.clock.advance(timedelta(minutes=31))
    assert not await house.router.watch_clock()  # a minute late may be a backlog
    house.clock.advance(timedelta(minutes=2))
    assert await house.router.watch_clock()
    assert await house.router.watch_clock()
    assert await house.alerts() == ["clock_stopped"]
    said = await house.told("coordinator")
    assert [m.kind for m in said] == [MessageKind.ALERT]
    assert "12:30" in said[0].text
    await house.passes()
    assert [o.status for o in await house.offers(job_id)] == ["timed_out", "sent"]
    assert not await house.router.watch_clock()
    assert await house.alerts() == []


async def test_it_is_said_again_without_the_clock_until_somebody_acknowledges(
    house: House,
) -> None:
    await house.drivers("One")
    await house.offering()
    await house.told()
    house.clock.advance(timedelta(minutes=40))
    for _ in range(3):
        assert await house.router.watch_clock()
        assert len(await house.told("coordinator")) == 1
        house.clock.advance(timedelta(minutes=16))
    await house.router.acknowledge(1, JO)
    for _ in range(3):
        assert await house.router.watch_clock()
        house.clock.advance(timedelta(minutes=16))
    assert await house.told("coordinator") == []
    assert await house.alerts() == ["clock_stopped"]
    await house.passes()
    assert not await house.router.watch_clock()
    assert await house.alerts() == ["uncovered"]


async def test_with_nothing_due_a_clock_may_stand(house: House) -> None:
    await house.drivers("One")
    await house.offering()
    house.clock.advance(timedelta(minutes=29))
    assert not await house.router.watch_clock()
    assert await house.alerts() == []


async def test_what_waits_for_an_answer_to_be_read_is_no_clock_that_stands(house: House) -> None:
    await house.drivers("One")
    await house.offering()
    await house.channels["console"].inject("+447700900001", "YES")
    await house.passes(minutes=40)
    assert not await house.router.watch_clock()
