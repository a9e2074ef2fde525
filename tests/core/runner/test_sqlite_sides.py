"""SQLite's two sides: short units run on the event loop, what waits or is long beside it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from core.errors import DatabaseBusy
from core.runner import Limits, Runner, Unit, open_runner
from core.runner.sqlite_client import SyncSqliteClient
from tests.core.runner.boxes import names, put
from tests.core.runner.conftest import MODELS
from tests.core.runner.test_sqlite_locks import ENDLESS, held_by_another_process

SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
    " SELECT count(*) FROM n"
)


@pytest.fixture
async def runner(sqlite_url: str) -> AsyncIterator[Runner]:
    """Return a runner that takes a statement away from the event loop at once."""
    limits = Limits(loop_statement_seconds=0.001, statement_seconds=5)
    opened = await open_runner(sqlite_url, models=MODELS, limits=limits)
    yield opened
    await opened.close()


async def side(_unit: Unit) -> bool:
    """Tell whether this runs on the event loop's thread."""
    return threading.current_thread() is threading.main_thread()


async def longest_turn_until(task: asyncio.Task[object]) -> float:
    """Return the seconds of the event loop's longest turn until the task is done."""
    longest, began = 0.0, monotonic()
    while not task.done():
        await asyncio.sleep(0)
        longest, began = max(longest, monotonic() - began), monotonic()
    return longest


async def test_a_short_unit_runs_on_the_loop_and_a_long_one_beside_it(runner: Runner) -> None:
    assert await runner.run(side)
    assert not await runner.run_long(side)
    assert not await runner.read(side)
    sides = await asyncio.gather(
        runner.run(side), runner.run_long(side), runner.run(side), runner.run_long(side)
    )
    assert list(sides) == [True, False, False, False]  # those behind a long one go along


async def test_a_unit_whose_statement_takes_long_is_run_again_beside_the_loop(
    runner: Runner,
) -> None:
    sides: list[bool] = []

    async def slow(unit: Unit, name: str) -> int:
        sides.append(await side(unit))
        await put(unit, name)
        rows = await unit.records(SLOW)
        return int(rows[0][0])

    answers = await asyncio.gather(
        runner.run(put, "a"), runner.run(slow, "b"), runner.run(put, "c")
    )
    assert answers[1] == 300_000
    assert sides == [True, False]
    assert await runner.read(names) == ["a", "b", "c"]
    assert await runner.run(side)


async def test_the_loop_goes_on_while_another_process_holds_the_lock(sqlite_url: str) -> None:
    runner = await open_runner(sqlite_url, models=MODELS, limits=Limits(busy_seconds=0.5))
    with held_by_another_process(sqlite_url):
        waiting = asyncio.create_task(runner.run(put, "ours"))
        longest = await longest_turn_until(waiting)
        assert isinstance(waiting.exception(), DatabaseBusy)
    assert longest < 0.25
    await runner.close()


async def test_a_statement_without_end_costs_the_loop_little_and_its_caller_an_answer(
    sqlite_url: str,
) -> None:
    async def endless(unit: Unit) -> object:
        return await unit.rows(ENDLESS)

    limits = Limits(loop_statement_seconds=0.02, statement_seconds=0.5)
    runner = await open_runner(sqlite_url, models=MODELS, limits=limits)
    waiting = asyncio.create_task(runner.run(endless))
    longest = await longest_turn_until(waiting)
    assert isinstance(waiting.exception(), DatabaseBusy)
    assert longest < 0.4
    assert await runner.run(put, "next")
    await runner.close()


async def test_units_that_come_while_others_run_share_their_commit(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[str] = []
    command = SyncSqliteClient.command

    def count(client: SyncSqliteClient, statement: str) -> None:
        if statement == "COMMIT":
            commits.append(statement)
        command(client, statement)

    async def one_after_another(number: int) -> None:
        for _ in range(number):
            await asyncio.sleep(0)  # comes a few turns of the loop later
        await runner.run(put, f"{number}")

    monkeypatch.setattr(SyncSqliteClient, "command", count)
    await asyncio.gather(*(one_after_another(number) for number in range(4)))
    assert len(commits) < 4


async def test_units_of_callers_who_went_away_still_count_as_waiting(sqlite_url: str) -> None:
    runner = await open_runner(sqlite_url, models=MODELS, limits=Limits(waiting=2))
    with held_by_another_process(sqlite_url):
        gone = [asyncio.create_task(runner.run(put, f"{number}")) for number in range(2)]
        await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        with pytest.raises(DatabaseBusy, match="waiting already"):
            await runner.run(put, "later")
    await runner.close()
    again = await open_runner(sqlite_url, models=MODELS)
    assert await again.read(names) == ["theirs", "0", "1"]
    await again.close()
