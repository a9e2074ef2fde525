"""Opening a runner: the one place where Tortoise learns about the models and the database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tortoise.context import TortoiseContext

from core.runner.address import Database, database_of
from core.runner.limits import Limits
from core.runner.runner import Runner
from core.runner.sqlite_runner import SqliteRunner

if TYPE_CHECKING:
    from core.runner.postgres_runner import PostgresRunner

_NO_LIMITS_GIVEN = Limits()


async def open_runner(
    database_url: str,
    *,
    models: Sequence[str] = ("core.models",),
    limits: Limits = _NO_LIMITS_GIVEN,
) -> Runner:
    """Return a runner on an existing, migrated database; the caller closes it.

    Raises ValueError for a malformed URL, StorageFault when the database cannot be opened and
    DatabaseBusy when it does not answer in time.
    Runners of one process share Tortoise's models, so those open at once speak one dialect.
    """
    database = database_of(database_url)
    tortoise = TortoiseContext()
    with tortoise:
        await tortoise.init(config=database.tortoise_config(models))
    runner = _kind_for(database)(database, tortoise, limits)
    await runner.open()
    return runner


def _kind_for(database: Database) -> "type[SqliteRunner | PostgresRunner]":
    """Return the runner of the dialect; PostgreSQL's alone loads asyncpg, which takes 3 MB."""
    if database.dialect == "sqlite":
        return SqliteRunner
    from core.runner.postgres_runner import PostgresRunner

    return PostgresRunner
