"""The loops beside the web server: they go on after a fault, and time is kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest

from bot import loops
from bot.health import Health, Heart
from bot.loops import Auditor, InternalClock, keep_going
from core.clock import SystemClock
from core.errors import DatabaseBusy
from core.router import Router
from core.views import EventView
from core.waiting import happens
from tests.house import open_house

NEVER = 60.0
SOON = 5.0


class TimedRouter:
    """A router of which only time matters."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.deadline: datetime | None = None
        self.ticks = 0
        self.met = 0
        self.ticked = asyncio.Event()
        self.commit: Callable[[tuple[EventView, ...]], None] = lambda _: None

    def on_commit(self, call: Callable[[tuple[EventView, ...]], None]) -> None:
        self.commit = call

    async def tick(self) -> None:
        self.ticks += 1
        self.ticked.set()
        if self.deadline is not None and self.deadline <= self.clock.now():
            self.deadline = None
            self.met += 1

    async def next_deadline(self) -> datetime | None:
        return self.deadline

    async def next_tick(self) -> None:
        self.ticked.clear()
        async with asyncio.timeout(SOON):
            await self.ticked.wait()


@pytest.mark.parametrize("fault", [DatabaseBusy("busy"), RuntimeError("a bug")])
async def test_a_loop_that_raises_is_logged_and_goes_on(
    fault: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.01)
    stop, heart, runs = asyncio.Event(), Heart("clock"), 0

    async def loop(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise fault
        assert heart.complaint is not None
        stop.set()

    with caplog.at_level(logging.WARNING):
        await asyncio.wait_for(keep_going(loop, heart, stop), SOON)
    assert runs == 3
    assert [record.getMessage() for record in caplog.records] == ["clock.failed"] * 2
    expected = isinstance(fault, DatabaseBusy)
    assert all((record.exc_info is None) == expected for record in caplog.records)


def test_a_beat_ends_the_complaint() -> None:
    heart = Heart("clock")
    heart.fail("busy")
    complaints = [heart.complaint]
    heart.beat()
    assert [*complaints, heart.complaint] == ["failing: busy", None]


async def test_the_clock_wakes_for_a_deadline_that_a_commit_brings() -> None:
    router, stop, heart = TimedRouter(), asyncio.Event(), Heart("clock", NEVER)
    clock = InternalClock(cast(Router, router), heart, NEVER)
    running = asyncio.ensure_future(clock.run(stop))
    await router.next_tick()
    router.deadline = router.clock.now() + timedelta(seconds=0.2)
    router.commit(())
    await router.next_tick()
    assert (router.ticks, router.met) == (2, 1)
    stop.set()
    await asyncio.wait_for(running, SOON)


async def test_the_clock_ticks_at_least_as_often_as_told() -> None:
    router, stop = TimedRouter(), asyncio.Event()
    clock = InternalClock(cast(Router, router), Heart("clock"), 0.05)
    running = asyncio.ensure_future(clock.run(stop))
    for _ in range(3):
        await router.next_tick()
    stop.set()
    await asyncio.wait_for(running, SOON)


async def test_commits_without_end_do_not_make_the_clock_spin() -> None:
    router, stop = TimedRouter(), asyncio.Event()
    clock = InternalClock(cast(Router, router), Heart("clock"), NEVER)
    running = asyncio.ensure_future(clock.run(stop))
    await router.next_tick()
    for _ in range(1_000):
        router.commit(())
        await asyncio.sleep(0)
    assert router.ticks == 1
    stop.set()
    await asyncio.wait_for(running, SOON)


def test_a_silent_heart_and_findings_make_the_service_not_ready() -> None:
    health = Health()
    health.heart("relay")
    health.heart("clock", silent_after=-1)
    assert health.complaints() == {"clock": "not running"}
    health.findings = ("job 1 just sits",)
    assert health.complaints()["auditor"] == "job 1 just sits"


async def test_waiting_tells_whether_it_happened() -> None:
    never, happened = asyncio.Event(), asyncio.Event()
    happened.set()
    assert not await happens(never, within=0.01)
    assert await happens(never, happened, within=SOON)


async def test_the_auditor_watches_the_clock_even_when_others_do_the_ticking(
    database_url: str,
) -> None:
    async with open_house(database_url) as house:
        await house.drivers("One")
        await house.offering()
        await house.told()
        house.clock.advance(timedelta(hours=1))
        stop, alerted = asyncio.Event(), asyncio.Event()
        house.router.on_commit(lambda _events: alerted.set())
        auditor = Auditor(
            house.router.runner, house.router, Heart("auditor"), Health(), ticking=False
        )
        async with asyncio.timeout(SOON), asyncio.TaskGroup() as tasks:
            tasks.create_task(auditor.run(stop))
            await alerted.wait()
            stop.set()
        assert await house.alerts() == ["clock_stopped"]
