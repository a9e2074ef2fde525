"""Reads: one snapshot, no writes, no waiting."""

import asyncio

import pytest

from core.runner import Abandon, Runner, Unit
from tests.core.runner.boxes import Box, names, put


async def test_a_read_cannot_write(runner: Runner) -> None:
    async def put_raw(unit: Unit, name: str) -> int:
        return await unit.execute("INSERT INTO boxes (name) VALUES ($1)", name)

    for way in (put, put_raw):
        with pytest.raises(RuntimeError, match="a read cannot write"):
            await runner.read(way, "a")
    assert await runner.read(names) == []


async def test_a_read_has_nothing_to_follow_a_commit(runner: Runner) -> None:
    async def work(unit: Unit) -> None:
        unit.after_commit(lambda: None)

    with pytest.raises(RuntimeError, match="commits nothing"):
        await runner.read(work)


async def test_an_abandoned_read_returns_its_value(runner: Runner) -> None:
    async def work(_unit: Unit) -> object:
        raise Abandon("nothing here")

    assert await runner.read(work) == "nothing here"


async def test_a_read_sees_one_snapshot_although_a_unit_commits_meanwhile(runner: Runner) -> None:
    started, written = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def count_twice(unit: Unit) -> tuple[int, int]:
        first = await Box.all().count()
        if unit.dialect == "postgres":
            started.set()
            await written.wait()
        else:  # its thread may block: the loop, and the writer, go on meanwhile
            loop.call_soon_threadsafe(started.set)
            asyncio.run_coroutine_threadsafe(written.wait(), loop).result(10)
        return first, await Box.all().count()

    await runner.run(put, "a")
    reading = asyncio.create_task(runner.read(count_twice))
    await started.wait()
    await runner.run(put, "b")
    written.set()
    assert await reading == (1, 1)
    assert await runner.read(names) == ["a", "b"]
