"""Applying the migrations of core.migrations, with Tortoise's stock engine and nothing else."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError

import core.migrations
from core.errors import StorageFault
from core.runner.address import Database, database_of

if TYPE_CHECKING:
    import asyncpg
    from tortoise.migrations.executor import MigrationExecutor

APP, MODELS = "models", ("core.models",)
MIGRATIONS = core.migrations.__name__

_ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('dispatch migrations'))"
_APPLIED = f"SELECT name FROM tortoise_migrations WHERE app = '{APP}'"
_UNREACHABLE = (sqlite3.Error, DBConnectionError, OperationalError, OSError)


async def migrate(database_url: str) -> list[str]:
    """Apply what is pending; return the names applied, in order.

    Creates a SQLite file that is missing; on PostgreSQL one process migrates and others wait.
    Raises ValueError for a malformed URL and StorageFault when the database cannot be reached.
    """
    database = database_of(database_url)
    async with _one_at_a_time(database), _executor(database) as executor:
        names = [step.migration.name for step in await executor.plan()]
        await executor.migrate(direction="forward")
    return names


async def pending_migrations(database_url: str) -> list[str]:
    """Return the names of the migrations that `migrate` would apply, in order.

    A SQLite file that is missing is not created: all of them are pending. Raises as `migrate` does,
    and StorageFault for a database that a newer version migrated, which this one would misread.
    By their names alone: Tortoise's plan loads all that migrating needs, 1.2 MB for a start that
    has nothing to migrate.
    """
    database = database_of(database_url)
    try:
        applied = await _applied(database)
    except _unreachable(database) as error:
        raise _cannot_be_opened(error) from error
    names = sorted(module.name for module in iter_modules(core.migrations.__path__))
    if newer := sorted(applied.difference(names)):
        raise StorageFault(
            f"the database was migrated by a newer version (to {newer[-1]}): run that version, "
            "or restore the copy made before"
        )
    return [name for name in names if name not in applied]


async def _applied(database: Database) -> set[str]:
    if database.dialect == "sqlite":
        return _applied_to_sqlite(database) if database.path.exists() else set()
    connection = await _connected(database)
    try:
        begun = await connection.fetchval("SELECT to_regclass('tortoise_migrations') IS NOT NULL")
        return {row["name"] for row in await connection.fetch(_APPLIED)} if begun else set()
    finally:
        await connection.close()


def _applied_to_sqlite(database: Database) -> set[str]:
    with closing(sqlite3.connect(database.path)) as connection:
        begun = "SELECT 1 FROM sqlite_master WHERE name = 'tortoise_migrations'"
        if connection.execute(begun).fetchone() is None:
            return set()
        return {name for (name,) in connection.execute(_APPLIED)}


@asynccontextmanager
async def _executor(database: Database) -> "AsyncIterator[MigrationExecutor]":
    """Hand out Tortoise's executor on a connection that is known to answer."""
    from tortoise.migrations.executor import MigrationExecutor

    config = database.tortoise_config(MODELS, MIGRATIONS)
    async with TortoiseContext() as tortoise:
        await tortoise.init(config=config)
        connection = get_connection(database.dialect)
        try:
            await connection.execute_query("SELECT 1")
        except _unreachable(database) as error:
            raise _cannot_be_opened(error) from error
        yield MigrationExecutor(connection, config["apps"])


@asynccontextmanager
async def _one_at_a_time(database: Database) -> AsyncIterator[None]:
    """Hold PostgreSQL's advisory lock meanwhile; a SQLite file has its own lock."""
    if database.dialect == "sqlite":
        yield
        return
    try:
        connection = await _connected(database)
    except _unreachable(database) as error:
        raise _cannot_be_opened(error) from error
    try:
        await connection.execute(_ONE_AT_A_TIME)
        yield
    finally:
        await connection.close()


async def _connected(database: Database) -> "asyncpg.Connection":
    import asyncpg

    return await asyncpg.connect(**database.credentials, timeout=10)


def _cannot_be_opened(error: Exception) -> StorageFault:
    return StorageFault(f"the database cannot be opened: {error}")


def _unreachable(database: Database) -> tuple[type[Exception], ...]:
    """Return what says that there is no database; asyncpg is loaded for PostgreSQL alone."""
    if database.dialect == "sqlite":
        return _UNREACHABLE
    import asyncpg

    return (*_UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError)
