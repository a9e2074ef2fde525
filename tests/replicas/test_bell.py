"""Wake-ups between replicas: at once when the listener lives, within a second when not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import loops
from core.errors import StorageFault
from core.runner import migrate
from core.runner.bell import APPLICATION
from tests.databases import PostgresServer
from tests.house import House, open_house
from tests.replicas.offices import Ear, listening, until

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    f" WHERE application_name = '{APPLICATION}'"
)


async def test_a_commit_on_one_replica_wakes_the_others_at_once(offices: list[House]) -> None:
    async with listening(*offices):
        ears = [Ear(office) for office in offices]
        await offices[0].job("R-1")
        assert await asyncio.gather(*(ear.hears() for ear in ears)) == [1, 0, 0]


async def test_what_is_heard_of_can_be_read(offices: list[House]) -> None:
    async with listening(*offices):
        ear = Ear(offices[1])
        for number in range(1, 11):
            await offices[0].job(f"R-{number}")
            await ear.hears()
            while not await offices[1].router.records.job(number):
                await ear.hears()


async def test_a_replica_does_not_hear_itself(offices: list[House]) -> None:
    one, two, _ = offices
    async with listening(one, two):
        first, second = Ear(one), Ear(two)
        await one.job("R-1")
        assert await second.hears() == 0
        await two.job("R-2")
        assert await second.hears() == 1
        while first.heard[-1] != 0:  # the other's comes after its own would have
            await first.hears()
    assert first.heard == [1, 0]


async def test_a_unit_that_leaves_nothing_wakes_nobody(offices: list[House]) -> None:
    one, two, _ = offices
    async with listening(one, two):
        ear = Ear(two)
        assert await one.relay.drain() == 0
        await one.router.tick()
        await one.job("R-1")
        assert await ear.hears() == 0
    assert ear.heard == [0]


async def test_sending_each_other_awake_comes_to_an_end(offices: list[House]) -> None:
    stop = asyncio.Event()
    async with listening(*offices):
        relays = [asyncio.ensure_future(office.relay.run(stop)) for office in offices]
        ear = Ear(offices[1])
        await offices[0].job("R-1")
        await until(lambda: offices[0].rows("SELECT 1 FROM outbox WHERE state = 'sent'"))
        stop.set()
        await asyncio.gather(*relays)
        assert ear.heard == [0]
    assert len([m for o in offices for m in o.channels["console"].sent]) == 1


async def test_a_burst_of_commits_rings_a_few_times_and_after_the_last(
    offices: list[House],
) -> None:
    one, two, _ = offices
    async with listening(one, two):
        ear = Ear(two)
        await asyncio.gather(*(one.job(f"R-{number}") for number in range(100)))
        while (await two.router.backlog())["outbox_queued"] < 100:
            await ear.hears()
        assert len(ear.heard) < 50


async def test_a_listener_that_is_cut_off_says_so_comes_back_and_looks_what_it_missed(
    offices: list[House], postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "FIRST_PAUSE", 0.01)
    one, two, _ = offices
    async with listening(two) as hearts:
        ear, complaints = Ear(two), []
        two.router.on_commit(lambda _events: complaints.append(hearts[0].complaint))
        await asyncio.to_thread(postgres_server.run, CUT)
        assert await ear.hears() == 0
        assert complaints[0] is not None
        assert "was lost" in complaints[0]
        await until(lambda: hearts[0].complaint is None)
        async with listening(one):
            await one.job("R-1")
            assert await ear.hears() == 0


async def test_without_a_listener_the_relay_of_another_replica_looks_every_second(
    offices: list[House],
) -> None:
    one, two, _ = offices
    stop = asyncio.Event()
    relay = asyncio.ensure_future(two.relay.run(stop))
    await one.job("R-1")
    await until(lambda: two.channels["console"].sent)
    stop.set()
    await relay


async def test_a_command_wakes_the_replicas_when_it_ends(offices: list[House], url: str) -> None:
    async with listening(offices[0]):
        ear = Ear(offices[0])
        async with open_house(url) as command:
            await command.job("R-1")
        assert await ear.hears() == 0


async def test_a_server_that_cannot_be_reached_is_a_fault_of_the_listener(
    offices: list[House], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell = offices[0].router.runner.bell
    assert bell is not None
    monkeypatch.setitem(bell._database.credentials, "host", str(tmp_path))
    with pytest.raises(StorageFault):
        await bell.listen(lambda: None, lambda: None, asyncio.Event())


async def test_on_sqlite_there_is_nobody_to_wake(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'dispatch.sqlite3'}"
    await migrate(url)
    async with open_house(url) as office:
        ear = Ear(office)
        await office.job("R-1")
        assert office.router.runner.bell is None
    assert ear.heard == [1]
