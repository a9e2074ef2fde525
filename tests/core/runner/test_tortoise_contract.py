"""What the runner relies on inside Tortoise 1.1.9 and asyncpg: a new version must still do it."""

import inspect
from importlib.metadata import version

import asyncpg
import pytest
from tortoise import Model
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base import executor
from tortoise.backends.base.client import BaseDBAsyncClient, ConnectionWrapper
from tortoise.backends.base_postgres.client import BasePostgresClient
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.connection import get_connection, get_connections
from tortoise.context import TortoiseContext, get_current_context

from core.runner import Runner, Unit, open_runner
from core.runner.postgres_client import UnitClient
from core.runner.sqlite_client import SyncSqliteClient
from tests.core.runner.boxes import Box
from tests.core.runner.conftest import MODELS


def test_tortoise_is_the_version_that_was_read() -> None:
    assert version("tortoise-orm") == "1.1.9"


def test_the_synchronous_client_replaces_every_statement_of_the_stock_one() -> None:
    """Whatever is left to the stock client would open an aiosqlite connection of its own."""
    left = {
        name
        for name, member in inspect.getmembers(SqliteClient, inspect.iscoroutinefunction)
        if name not in vars(SyncSqliteClient) and not name.startswith("__")
    }
    assert left == {
        "_post_connect",
        "close",
        "create_connection",
        "db_create",
        "db_delete",
        "execute_query_dict_with_affected",  # calls execute_query
    }


def test_nested_transactions_are_asked_of_the_client() -> None:
    for client in (SyncSqliteClient, UnitClient):
        assert "_in_transaction" in vars(client)
        assert hasattr(BaseDBAsyncClient, "_in_transaction")


def test_a_unit_client_on_postgres_has_one_connection_behind_one_lock() -> None:
    source = inspect.getsource(TransactionWrapper.acquire_connection)
    assert "ConnectionWrapper(self._lock, self)" in source
    assert "connection: T_conn = client._connection" in inspect.getsource(ConnectionWrapper)


def test_every_statement_on_postgres_passes_the_one_translation() -> None:
    for name in ("execute_insert", "execute_many", "execute_query", "execute_query_dict"):
        assert hasattr(getattr(TransactionWrapper, name), "__wrapped__"), name
    assert hasattr(BasePostgresClient.execute_script, "__wrapped__")
    assert inspect.iscoroutinefunction(AsyncpgDBClient._translate_exceptions)


def test_asyncpgs_pool_takes_a_reset_of_our_own() -> None:
    assert "reset" in inspect.signature(asyncpg.create_pool).parameters


def test_sql_text_is_cached_by_connection_name() -> None:
    source = inspect.getsource(executor.BaseExecutor.__init__)
    assert "key = (self.db.connection_name, " in source


def test_entering_a_context_sets_it_for_the_current_context_only() -> None:
    tortoise = TortoiseContext()
    with tortoise:
        assert get_current_context() is tortoise
    assert get_current_context() is None


async def test_a_units_models_and_connection_are_the_runners(runner: Runner) -> None:
    async def look(unit: Unit) -> tuple[object, object, object]:
        await unit.rows("SELECT 1")
        return get_connection(unit.dialect), get_connections().get(unit.dialect), Box._meta.db

    first, second, third = await runner.run(look)
    kind = SyncSqliteClient if runner.dialect == "sqlite" else UnitClient
    assert isinstance(first, kind)
    assert first is second is third


async def test_models_speak_the_dialect_of_the_runner_opened_last(
    sqlite_url: str, postgres_url: str
) -> None:
    async def make(_unit: Unit, name: str) -> int:
        box = await Box.create(name=name)
        await Box.filter(id=box.id).update(count=3)
        return (await Box.get(name=name)).count

    for number, url in enumerate((sqlite_url, postgres_url) * 2):
        runner = await open_runner(url, models=MODELS)
        assert await runner.run(make, f"box-{number}") == 3
        await runner.close()


def test_saving_a_model_awaits_a_gather_of_nothing() -> None:
    """The thread's loop exists for this alone: with listeners it would need tasks."""
    assert "asyncio.gather(*listeners)" in inspect.getsource(Model._wait_for_listeners)


@pytest.mark.parametrize("name", ["_limits", "_closed"])
async def test_a_runner_shows_nothing_but_its_interface(runner: Runner, name: str) -> None:
    assert hasattr(runner, name)
    assert {part for part in dir(runner) if not part.startswith("_")} == {
        "bell",
        "close",
        "dialect",
        "open",
        "read",
        "run",
        "run_joined",
        "run_long",
    }
