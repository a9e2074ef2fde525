"""PostgreSQL when connections are cut, locks are held and transactions clash."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from core.errors import DatabaseBusy, StorageFault
from core.runner import Limits, Runner, Unit, open_runner, postgres_runner
from core.runner.postgres_client import UnitClient
from tests.core.runner.boxes import Box, names, put
from tests.core.runner.conftest import MODELS
from tests.databases import PostgresServer, running_postgres

KILL_THIS_CONNECTION = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
async def hasty(postgres_url: str) -> AsyncIterator[Runner]:
    """Return a runner that soon loses patience and has two connections to write with."""
    limits = Limits(busy_seconds=0.4, statement_seconds=0.4, writers=2, close_seconds=0.5)
    runner = await open_runner(postgres_url, models=MODELS, limits=limits)
    yield runner
    await runner.close()


async def test_a_connection_cut_inside_a_unit_is_a_fault_and_the_next_unit_works(
    hasty: Runner,
) -> None:
    called: list[str] = []

    async def cut(unit: Unit) -> str:
        unit.after_commit(lambda: called.append("no"))
        await put(unit, "lost")
        await unit.rows(KILL_THIS_CONNECTION)
        return "never"

    with pytest.raises(StorageFault):
        await hasty.run(cut)
    for number in range(4):
        assert await hasty.run(put, f"kept-{number}")
    assert called == []
    assert "lost" not in await hasty.read(names)


async def test_a_connection_cut_before_commit_is_never_a_success(
    hasty: Runner, postgres_server: PostgresServer
) -> None:
    async def work(unit: Unit) -> str:
        await put(unit, "lost")
        pid = (await unit.rows("SELECT pg_backend_pid() AS pid"))[0]["pid"]
        await asyncio.to_thread(postgres_server.run, f"SELECT pg_terminate_backend({pid}, 5000)")
        return "never"

    with pytest.raises(StorageFault):
        await hasty.run(work)
    assert await hasty.read(names) == []


async def test_a_commit_whose_answer_never_comes_is_a_fault(
    hasty: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = UnitClient._status

    async def lose_the_answer(client: UnitClient, sql: str, *values: object) -> str:
        answer = await status(client, sql, *values)
        if sql == "COMMIT":
            with client._translating():
                raise TimeoutError
        return answer

    monkeypatch.setattr(UnitClient, "_status", lose_the_answer)
    with pytest.raises(StorageFault):
        await hasty.run(put, "a")


async def test_a_servers_farewell_between_two_statements_is_a_fault_and_ends_the_connection(
    hasty: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []

    async def work(unit: Unit) -> str:
        used.append((await unit.rows("SELECT pg_backend_pid() AS pid"))[0]["pid"])
        with monkeypatch.context() as patched:
            patched.setattr(asyncpg.Connection, "fetch", _refuse_as_asyncpg_does)
            await unit.rows("SELECT 1")
        return "never"

    with pytest.raises(StorageFault):
        await hasty.run(work)
    again = await hasty.run(lambda unit: unit.rows("SELECT pg_backend_pid() AS pid"))
    assert again[0]["pid"] not in used


async def _refuse_as_asyncpg_does(*_: object, **__: object) -> None:
    """Raise what asyncpg raises when it has read the farewell but not yet the end of the stream."""
    raise asyncpg.InternalClientError(
        "cannot switch to state 11; another operation (2) is in progress"
    )


async def test_a_unit_that_hides_a_failed_statement_is_not_acknowledged(hasty: Runner) -> None:
    async def hide(unit: Unit) -> str:
        await put(unit, "a")
        with pytest.raises(Exception, match="duplicate"):
            await put(unit, "a")
        return "never"

    with pytest.raises(RuntimeError, match="hid a failed statement"):
        await hasty.run(hide)
    assert await hasty.read(names) == []


async def test_a_deadlock_is_tried_again_until_both_units_succeed(postgres_url: str) -> None:
    runner = await open_runner(postgres_url, models=MODELS)
    both = asyncio.Barrier(2)
    attempts: list[str] = []

    async def touch(_unit: Unit, *order: str) -> None:
        attempts.append(order[0])
        await Box.filter(name=order[0]).update(count=1)
        if len(attempts) <= 2:
            await both.wait()
        await Box.filter(name=order[1]).update(count=1)

    for name in "ab":
        await runner.run(put, name)
    await asyncio.gather(runner.run(touch, "a", "b"), runner.run(touch, "b", "a"))
    assert len(attempts) == 3
    await runner.close()


async def test_a_unit_that_always_clashes_ends_in_busy(hasty: Runner) -> None:
    attempts: list[int] = []

    async def clash(_unit: Unit) -> None:
        attempts.append(1)
        raise asyncpg.SerializationError("could not serialize access")

    with pytest.raises(DatabaseBusy):
        await hasty.run(clash)
    assert len(attempts) == 6


async def test_a_row_that_stays_locked_ends_in_busy_and_reads_go_on(
    hasty: Runner, postgres_url: str
) -> None:
    async def touch(_unit: Unit) -> int:
        return await Box.filter(name="a").update(count=1)

    await hasty.run(put, "a")
    host = postgres_url.rpartition("=")[2]
    database = postgres_url.partition("?")[0].rpartition("/")[2]
    other = await asyncpg.connect(host=host, user="postgres", database=database)
    await other.execute("BEGIN; UPDATE boxes SET count = 9")
    waiting = [asyncio.create_task(hasty.run(touch)) for _ in range(4)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(hasty.read(names), 0.35) == ["a"]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(answer, DatabaseBusy) for answer in answers)
    await other.execute("COMMIT")
    await other.close()
    assert await hasty.run(touch) == 1


async def test_an_endless_statement_is_interrupted(hasty: Runner) -> None:
    async def sleep(unit: Unit) -> None:
        await unit.rows("SELECT pg_sleep(60)")

    for way in (hasty.run, hasty.read):
        with pytest.raises(DatabaseBusy):
            await way(sleep)


async def test_close_does_not_wait_for_ever(postgres_url: str) -> None:
    runner = await open_runner(postgres_url, models=MODELS, limits=Limits(close_seconds=0.2))

    async def hang(unit: Unit) -> None:
        await put(unit, "a")
        await asyncio.Event().wait()

    task = asyncio.create_task(runner.run(hang))
    await asyncio.sleep(0)
    await asyncio.wait_for(runner.close(), 5)
    with pytest.raises(StorageFault, match="closed before"):
        await task


async def test_no_server_is_a_fault() -> None:
    with pytest.raises(StorageFault):
        await open_runner("postgres://postgres@/none?host=/tmp/no-such-folder", models=MODELS)


async def test_no_such_database_is_a_fault(postgres_server: PostgresServer) -> None:
    with pytest.raises(StorageFault):
        await open_runner(postgres_server.url("none"), models=MODELS)


async def test_a_server_that_goes_away_is_a_fault_for_units_and_reads() -> None:
    with running_postgres() as server:
        runner = await open_runner(server.url("postgres"), models=MODELS)
    for way in (runner.run, runner.read):
        with pytest.raises(StorageFault):
            await way(names)
    await runner.close()


async def test_a_statement_that_is_never_answered_ends_as_a_fault(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_runner, "BEYOND_SECONDS", 0.1)
    limits = Limits(busy_seconds=2, statement_seconds=0.2, writers=1)
    runner = await open_runner(postgres_url, models=MODELS, limits=limits)

    async def wait(unit: Unit) -> str:
        await put(unit, "lost")
        await unit.execute("SET LOCAL statement_timeout = 0")
        await unit.rows("SELECT pg_sleep(30)")
        return "never"

    with pytest.raises(StorageFault):
        await runner.run(wait)
    await runner.run(put, "kept")
    assert await runner.read(names) == ["kept"]
    await runner.close()


async def test_many_short_statements_may_take_longer_than_one(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_runner, "BEYOND_SECONDS", 0.1)
    limits = Limits(busy_seconds=2, statement_seconds=0.9, writers=1)
    runner = await open_runner(postgres_url, models=MODELS, limits=limits)

    async def work(unit: Unit) -> str:
        for _ in range(6):
            await unit.rows("SELECT pg_sleep(0.2)")
        return "done"

    assert await runner.run(work) == "done"
    await runner.close()


async def test_units_hand_a_connection_on_and_give_it_back_when_it_rests(
    postgres_url: str,
) -> None:
    runner = await open_runner(postgres_url, models=MODELS, limits=Limits(writers=3))
    pool = runner._writers  # type: ignore[attr-defined]
    for number in range(5):
        await runner.run(put, f"{number}")
    assert pool._pool.get_size() == 1
    assert pool._resting is not None
    pool._begin_rest()
    await asyncio.gather(*pool._given_back)
    assert pool._pool.get_idle_size() == 1
    await runner.run(put, "again")
    await runner.close()
