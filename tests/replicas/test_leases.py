"""Leases of plugins, on both databases: one holder at a time, and the next when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.composition import _name_of_this_process
from core.memory import OwnedLeases, PluginMemory
from core.runner import open_runner
from core.testing import FakeClock


@dataclass(frozen=True, slots=True)
class Pollers:
    """The same plugin in two processes."""

    clock: FakeClock
    one: OwnedLeases
    two: OwnedLeases
    other_plugin: OwnedLeases


@pytest.fixture
async def pollers(database_url: str) -> AsyncIterator[Pollers]:
    clock = FakeClock()
    here, there = await open_runner(database_url), await open_runner(database_url)
    one, two = PluginMemory(here, clock, "one"), PluginMemory(there, clock, "two")
    chat = one.leases_for("telegram"), two.leases_for("telegram")
    yield Pollers(clock, *chat, two.leases_for("email"))
    await here.close()
    await there.close()


async def test_a_lease_has_one_holder(pollers: Pollers) -> None:
    assert await pollers.one.hold("poller", 30)
    assert not await pollers.two.hold("poller", 30)


async def test_taken_at_once_it_has_one_holder(pollers: Pollers) -> None:
    for number in range(20):
        name = f"poller-{number}"
        held = await asyncio.gather(*(p.hold(name, 30) for p in (pollers.one, pollers.two)))
        assert sorted(held) == [False, True]


async def test_its_holder_extends_it(pollers: Pollers) -> None:
    for _ in range(3):
        assert await pollers.one.hold("poller", 30)
        pollers.clock.advance(timedelta(seconds=20))
        assert not await pollers.two.hold("poller", 30)


async def test_a_refused_try_changes_nothing(pollers: Pollers) -> None:
    await pollers.one.hold("poller", 30)
    await pollers.two.hold("poller", 3000)
    pollers.clock.advance(timedelta(seconds=30))
    assert await pollers.two.hold("poller", 30)


async def test_it_lapses_and_another_takes_it_over(pollers: Pollers) -> None:
    await pollers.one.hold("poller", 30)
    pollers.clock.advance(timedelta(seconds=29.9))
    assert not await pollers.two.hold("poller", 30)
    pollers.clock.advance(timedelta(seconds=0.1))
    assert await pollers.two.hold("poller", 30)
    assert not await pollers.one.hold("poller", 30)


async def test_released_it_is_free_at_once(pollers: Pollers) -> None:
    await pollers.one.hold("poller", 30)
    await pollers.one.release("poller")
    assert await pollers.two.hold("poller", 30)


async def test_nobody_releases_what_another_holds(pollers: Pollers) -> None:
    await pollers.one.hold("poller", 30)
    await pollers.two.release("poller")
    assert not await pollers.two.hold("poller", 30)


async def test_plugins_and_names_do_not_stand_in_each_others_way(pollers: Pollers) -> None:
    assert await pollers.one.hold("poller", 30)
    assert await pollers.other_plugin.hold("poller", 30)
    assert await pollers.two.hold("sender", 30)


def test_no_two_processes_have_one_name_though_host_and_pid_are_the_same() -> None:
    assert _name_of_this_process() != _name_of_this_process()
