"""Applying the migrations of core.migrations, with Tortoise's stock engine and nothing else."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.migrations.executor import MigrationExecutor

from core.errors import StorageFault
from core.runner.address import Database, database_of

MODELS = ("core.models",)
MIGRATIONS = "core.migrations"

_ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('dispatch migrations'))"
_UNREACHABLE = (sqlite3.Error, DBConnectionError, OperationalError, OSError)


async def migrate(database_url: str) -> list[str]:
    """Apply what is pending; return the names applied, in order.

    Creates a SQLite file that is missing; on PostgreSQL one process migrates and others wait.
    Raises ValueError for a malformed URL and StorageFault when the database cannot be reached.
    """
    database = database_of(database_url)
    async with _one_at_a_time(database), _executor(database) as executor:
        names = await _pending(executor)
        await executor.migrate(direction="forward")
    return names


async def pending_migrations(database_url: str) -> list[str]:
    """Return the names of the migrations that `migrate` would apply, in order.

    A SQLite file that is missing is not created: all of them are pending. Raises as `migrate` does.
    """
    database = database_of(database_url)
    if database.dialect == "sqlite" and not database.path.exists():
        database = Database("sqlite", {"file_path": ":memory:"})
    async with _executor(database) as executor:
        return await _pending(executor)


async def _pending(executor: MigrationExecutor) -> list[str]:
    return [step.migration.name for step in await executor.plan()]


@asynccontextmanager
async def _executor(database: Database) -> AsyncIterator[MigrationExecutor]:
    """Hand out Tortoise's executor on a connection that is known to answer."""
    config = database.tortoise_config(MODELS, MIGRATIONS)
    async with TortoiseContext() as tortoise:
        await tortoise.init(config=config)
        connection = get_connection(database.dialect)
        try:
            await connection.execute_query("SELECT 1")
        except _unreachable(database) as error:
            raise StorageFault(f"the database cannot be opened: {error}") from error
        yield MigrationExecutor(connection, config["apps"])


@asynccontextmanager
async def _one_at_a_time(database: Database) -> AsyncIterator[None]:
    """Hold PostgreSQL's advisory lock meanwhile; a SQLite file has its own lock."""
    if database.dialect == "sqlite":
        yield
        return
    import asyncpg

    try:
        connection = await asyncpg.connect(**database.credentials, timeout=10)
    except _unreachable(database) as error:
        raise StorageFault(f"the database cannot be opened: {error}") from error
    try:
        await connection.execute(_ONE_AT_A_TIME)
        yield
    finally:
        await connection.close()


def _unreachable(database: Database) -> tuple[type[Exception], ...]:
    """Return what says that there is no database; asyncpg is loaded for PostgreSQL alone."""
    if database.dialect == "sqlite":
        return _UNREACHABLE
    import asyncpg

    return (*_UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError)
