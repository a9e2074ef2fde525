"""SQLite beside other processes, and what one slow statement may cost the others."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from core.errors import DatabaseBusy
from core.runner import Limits, Runner, Unit, open_runner
from tests.core.runner.boxes import names, put
from tests.core.runner.conftest import MODELS

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO boxes (name) VALUES ('theirs')")
print("held", flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT count(*) FROM n WHERE i < 0"
)


@contextmanager
def held_by_another_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """Hold the write lock in another process until the block, or the process's input, ends."""
    command = [sys.executable, "-c", HOLDER, url.removeprefix("sqlite://")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


@pytest.fixture
async def hasty(sqlite_url: str) -> AsyncIterator[Runner]:
    """Return a runner that soon loses patience."""
    limits = Limits(busy_seconds=0.3, statement_seconds=0.3)
    runner = await open_runner(sqlite_url, models=MODELS, limits=limits)
    yield runner
    await runner.close()


async def test_a_held_lock_ends_in_busy_in_time_and_the_next_unit_succeeds(
    hasty: Runner, sqlite_url: str
) -> None:
    with held_by_another_process(sqlite_url):
        began = monotonic()
        answers = await asyncio.gather(
            *[hasty.run(put, str(number)) for number in range(5)], return_exceptions=True
        )
        assert all(isinstance(answer, DatabaseBusy) for answer in answers)
        assert 0.2 < monotonic() - began < 2.5
    assert await hasty.run(put, "ours")
    assert await hasty.read(names) == ["theirs", "ours"]


async def test_reads_are_served_while_another_process_writes(
    hasty: Runner, sqlite_url: str
) -> None:
    with held_by_another_process(sqlite_url):
        waiting = asyncio.create_task(hasty.run(put, "ours"))
        began = monotonic()
        assert await hasty.read(names) == []
        assert monotonic() - began < 0.25
        assert not waiting.done()
        with pytest.raises(DatabaseBusy):
            await waiting


async def test_a_unit_that_waits_gets_the_lock_when_it_is_let_go(sqlite_url: str) -> None:
    runner = await open_runner(sqlite_url, models=MODELS)
    with held_by_another_process(sqlite_url) as process:
        waiting = asyncio.create_task(runner.run(put, "ours"))
        await runner.read(names)
        assert process.stdin is not None
        process.stdin.close()
        assert await waiting == 2
    await runner.close()


async def test_an_endless_statement_is_interrupted_and_others_are_kept(hasty: Runner) -> None:
    async def endless(unit: Unit) -> object:
        await put(unit, "never")
        return await unit.rows(ENDLESS)

    answers = await asyncio.gather(
        hasty.run(put, "a"), hasty.run(endless), hasty.run(put, "b"), return_exceptions=True
    )
    assert isinstance(answers[1], DatabaseBusy)
    assert await hasty.read(names) == ["a", "b"]
    with pytest.raises(DatabaseBusy, match="took too long"):
        await hasty.read(endless_read)


async def endless_read(unit: Unit) -> object:
    """Ask for what never comes."""
    return await unit.rows(ENDLESS)


async def test_too_many_waiting_units_are_refused_at_once(sqlite_url: str) -> None:
    runner = await open_runner(sqlite_url, models=MODELS, limits=Limits(waiting=3))
    answers = await asyncio.gather(
        *[runner.run(put, str(number)) for number in range(5)], return_exceptions=True
    )
    assert [isinstance(answer, DatabaseBusy) for answer in answers] == [False] * 3 + [True] * 2
    assert await runner.run(put, "later")
    await runner.close()
