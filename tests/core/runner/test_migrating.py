"""Migrating: from nothing to the present schema, once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest

from core.errors import StorageFault
from core.runner import Unit, migrate, open_runner, pending_migrations
from tests.databases import DIALECTS, EMPTY, PostgresServer


@pytest.fixture
def blank_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the DATABASE_URL of a PostgreSQL database with nothing in it."""
    with postgres_server.fresh(EMPTY) as url:
        yield url


@pytest.fixture(params=DIALECTS)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the DATABASE_URL of a database with nothing in it; the SQLite file is missing yet."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/new.sqlite3"
    return str(request.getfixturevalue("blank_postgres_url"))


async def test_everything_is_pending_then_applied_then_nothing_is(blank_url: str) -> None:
    names = await pending_migrations(blank_url)
    assert names[0].startswith("0001_")
    assert await migrate(blank_url) == names
    assert await pending_migrations(blank_url) == []
    assert await migrate(blank_url) == []


async def test_a_migrated_database_opens_with_the_products_models(database_url: str) -> None:
    async def applied(unit: Unit) -> int:
        return len(await unit.rows("SELECT name FROM tortoise_migrations"))

    runner = await open_runner(database_url)
    assert await runner.read(applied) >= 1
    await runner.close()


async def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    async def move_on(unit: Unit) -> None:
        await unit.execute(
            "INSERT INTO tortoise_migrations (app, name, applied_at)"
            " VALUES ('models', '9999_later', CURRENT_TIMESTAMP)"
        )

    runner = await open_runner(database_url)
    await runner.run(move_on)
    await runner.close()
    with pytest.raises(StorageFault, match=r"newer version.*9999_later"):
        await pending_migrations(database_url)


def test_asking_what_is_pending_creates_no_file(tmp_path: Path) -> None:
    assert asyncio.run(pending_migrations(f"sqlite://{tmp_path}/new.sqlite3"))
    assert list(tmp_path.iterdir()) == []


async def test_two_processes_that_migrate_postgres_at_once_apply_it_once(
    blank_postgres_url: str,
) -> None:
    names = await pending_migrations(blank_postgres_url)
    applied = await asyncio.gather(migrate(blank_postgres_url), migrate(blank_postgres_url))
    assert sorted(applied) == [[], names]


@pytest.mark.parametrize("ask", [migrate, pending_migrations])
def test_a_database_that_cannot_be_reached_is_a_fault(
    ask: Callable[[str], Coroutine[object, object, list[str]]], tmp_path: Path
) -> None:
    text = tmp_path / "text.sqlite3"
    text.write_text("no database " * 500)
    for url in (f"sqlite://{text}", "postgres://u@/none?host=/tmp/no-such-folder"):
        with pytest.raises(StorageFault):
            asyncio.run(ask(url))
