"""Observers see what happens, and hold nobody up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.hookspecs import EventView, hookimpl
from tests.core.plugins.samples import Install, load

EVENTS = tuple(
    EventView(
        id=number,
        at=datetime(2026, 1, 30, tzinfo=UTC),
        kind="offered",
        job_id=1,
        offer_id=None,
        agent_id=None,
        actor="clock",
        source=None,
        target=None,
        reason=None,
        facts=None,
    )
    for number in range(20)
)


async def test_observers_see_every_event_in_order(install: Install) -> None:
    seen: list[int] = []

    @hookimpl
    def observe(event: EventView) -> None:
        seen.append(event.id)

    plugins = load(("watch", install("watching", observe=observe)))
    assert plugins.broken == {}
    plugins.observe_all(EVENTS[:-1])
    plugins.observe(EVENTS[-1])
    await plugins.stop()
    assert seen == [event.id for event in EVENTS]


async def test_an_observer_that_raises_goes_on_and_harms_no_other(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def observing(*, fails: bool) -> Callable[[EventView], None]:
        @hookimpl
        def observe(event: EventView) -> None:
            if fails and event.id == 0:
                raise ValueError("not this one")
            seen.append(event.id)

        return observe

    plugins = load(
        ("bad", install("bad_watch", observe=observing(fails=True))),
        ("good", install("good_watch", observe=observing(fails=False))),
    )
    plugins.observe_all(EVENTS[:2])
    await plugins.stop()
    assert sorted(seen) == [0, 1, 1]
    assert "plugin.observe_failed name=bad reason=ValueError: not this one" in caplog.text


async def test_an_observer_that_hangs_is_reported_and_loses_events_until_it_returns(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []
    entered, release = threading.Event(), threading.Event()

    @hookimpl
    def observe(event: EventView) -> None:
        entered.set()
        release.wait()
        seen.append(event.id)

    plugins = load(("slow", install("slow_watch", observe=observe)), observe_seconds=0)
    plugins.observe(EVENTS[0])
    await asyncio.to_thread(entered.wait)
    assert plugins.broken == {"slow": "observe hangs"}
    plugins.observe_all(EVENTS[1:3])
    assert caplog.text.count("plugin.observer_behind name=slow") == 1
    release.set()
    await plugins.stop()
    assert seen == [0]
    assert plugins.broken == {}


async def test_stop_does_not_wait_for_an_observer_that_hangs(install: Install) -> None:
    release = threading.Event()

    @hookimpl
    def observe(event: EventView) -> None:
        release.wait(5 + event.id)

    plugins = load(("slow", install("stuck_watch", observe=observe)))
    plugins.observe(EVENTS[0])
    await plugins.stop(seconds=0.05)
    release.set()
