"""SQLite when storage fails: nothing is acknowledged that was not kept, and nobody is forgotten."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

from core.errors import StorageFault
from core.runner import Abandon, Runner, Unit, open_runner
from core.runner.sqlite_client import SyncSqliteClient
from tests.core.runner.boxes import Box, Lid, names, put
from tests.core.runner.conftest import MODELS


@pytest.fixture
async def runner(sqlite_url: str) -> AsyncIterator[Runner]:
    """Return a runner on a fresh SQLite file."""
    opened = await open_runner(sqlite_url, models=MODELS)
    yield opened
    await opened.close()


async def test_waiting_for_anything_but_the_database_is_refused_at_once(runner: Runner) -> None:
    async def sleep(unit: Unit, seconds: float) -> None:
        await put(unit, "a")
        await asyncio.sleep(seconds)

    async def wait(_unit: Unit, event: asyncio.Event) -> None:
        await event.wait()

    for seconds in (0, 60):
        with pytest.raises(RuntimeError, match="nothing but the database"):
            await runner.run(sleep, seconds)
    for way in (runner.run, runner.read):
        with pytest.raises(RuntimeError, match="nothing but the database"):
            await way(wait, asyncio.Event())
    assert await runner.run(put, "b")
    assert await runner.read(names) == ["b"]


async def test_a_unit_can_start_no_task(runner: Runner) -> None:
    async def prefetch(_unit: Unit) -> object:
        return await Box.all().prefetch_related("lids")

    await runner.run(put, "a")
    with pytest.raises(RuntimeError, match="starts no task"):
        await runner.read(prefetch)


async def test_a_full_disk_fails_the_unit_that_needs_room_and_no_other(runner: Runner) -> None:
    async def fill(unit: Unit) -> None:
        await unit.execute("INSERT INTO boxes (name) VALUES ($1)", "x" * 1_000_000)

    async def cap(unit: Unit) -> None:
        pages = (await unit.rows("PRAGMA page_count"))[0]["page_count"]
        await unit.rows(f"PRAGMA max_page_count = {pages + 10}")

    await runner.run(cap)
    answers = await asyncio.gather(
        runner.run(put, "a"),
        runner.run(fill),
        runner.run(put, "b"),
        runner.run(fill),
        return_exceptions=True,
    )
    assert [isinstance(answer, StorageFault) for answer in answers] == [False, True, False, True]
    assert sorted(await runner.read(names)) == ["a", "b"]


async def test_a_commit_that_fails_acknowledges_nothing_and_the_next_one_works(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = SyncSqliteClient.command
    broken = True

    def fail_to_commit(client: SyncSqliteClient, statement: str) -> None:
        if broken and statement == "COMMIT":
            raise StorageFault("disk I/O error")
        command(client, statement)

    called: list[str] = []

    async def work(unit: Unit, name: str) -> int:
        unit.after_commit(lambda: called.append(name))
        return await put(unit, name)

    monkeypatch.setattr(SyncSqliteClient, "command", fail_to_commit)
    answers = await asyncio.gather(
        *[runner.run(work, str(number)) for number in range(8)], return_exceptions=True
    )
    assert all(isinstance(answer, StorageFault) for answer in answers)
    assert len({id(answer) for answer in answers}) == 8
    broken = False
    assert called == []
    assert await runner.run(work, "kept") == 1
    assert called == ["kept"]
    assert await runner.read(names) == ["kept"]


async def test_when_sqlite_takes_all_back_the_innocent_are_run_again(runner: Runner) -> None:
    """`INSERT OR ROLLBACK` ends the whole transaction, as some faults do."""
    attempts: list[str] = []

    async def work(unit: Unit, name: str) -> int:
        attempts.append(name)
        return await put(unit, name)

    async def clash(unit: Unit) -> int:
        return await unit.execute("INSERT OR ROLLBACK INTO boxes (name) VALUES ('taken')")

    async def hide(unit: Unit) -> str:
        with pytest.raises(Exception, match="UNIQUE"):
            await clash(unit)
        return "hidden"

    async def abandon(unit: Unit) -> object:
        with pytest.raises(Exception, match="UNIQUE"):
            await clash(unit)
        raise Abandon("abandoned")

    await runner.run(put, "taken")
    answers = await asyncio.gather(
        runner.run(work, "a"),
        runner.run(clash),
        runner.run(work, "b"),
        runner.run(hide),
        runner.run(abandon),
        runner.run(work, "c"),
        return_exceptions=True,
    )
    kinds = [type(answer).__name__ for answer in answers]
    assert kinds == ["int", "IntegrityError", "int", "StorageFault", "str", "int"]
    assert sorted(await runner.read(names)) == ["a", "b", "c", "taken"]
    assert len(attempts) > 3


async def test_a_cancelled_error_raised_by_a_unit_ends_neither_thread_nor_the_others(
    runner: Runner,
) -> None:
    async def cancel(_unit: Unit) -> None:
        raise asyncio.CancelledError

    answers = await asyncio.gather(
        runner.run(cancel), runner.read(cancel), runner.run(put, "a"), return_exceptions=True
    )
    assert [type(answer).__name__ for answer in answers] == ["CancelledError"] * 2 + ["int"]


async def test_foreign_keys_are_enforced(runner: Runner) -> None:
    async def orphan(_unit: Unit) -> None:
        await Lid.create(box_id=99)

    with pytest.raises(Exception, match="FOREIGN KEY"):
        await runner.run(orphan)


async def test_the_file_is_kept_in_wal_mode_with_full_synchronisation(runner: Runner) -> None:
    async def settings(unit: Unit) -> list[object]:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        return [next(iter((await unit.rows(f"PRAGMA {name}"))[0].values())) for name in asked]

    assert await runner.run(settings) == ["wal", 2, 1]


def test_a_missing_file_is_a_fault_and_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="no database at"):
        asyncio.run(open_runner(f"sqlite://{tmp_path}/none.sqlite3", models=MODELS))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """Return a file that is no database, whatever its name says."""
    path = tmp_path / "text.sqlite3"
    path.write_text("no database " * 500)
    return path


async def test_a_file_that_is_no_database_is_a_fault(text_file: Path) -> None:
    with pytest.raises(StorageFault):
        await open_runner(f"sqlite://{text_file}", models=MODELS)


async def test_a_script_is_refused_because_it_would_commit(runner: Runner) -> None:
    async def script(_unit: Unit) -> None:
        await Box._meta.db.execute_script("SELECT 1")

    with pytest.raises(RuntimeError, match="commits by itself"):
        await runner.run(script)


async def test_what_is_committed_is_in_the_file(runner: Runner, sqlite_url: str) -> None:
    await runner.run(put, "a")
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite://"))
    assert other.execute("SELECT name FROM boxes").fetchall() == [("a",)]
    other.close()


async def test_a_value_that_sqlite_cannot_hold_is_an_operational_error(runner: Runner) -> None:
    async def write(unit: Unit, value: object) -> None:
        await unit.execute("INSERT INTO boxes (name, count) VALUES ('a', $1)", value)

    for value in (object(), 2**70, "\ud800"):
        with pytest.raises(OperationalError):
            await runner.run(write, value)
