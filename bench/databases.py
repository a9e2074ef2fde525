"""Open this for prepared databases: migrated, then filled by plain statements."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from bench.plan import Plan
from core.channel import Clock
from core.clock import SystemClock
from core.links import ApprovalLinks
from core.router import Router
from core.runner import migrate, open_runner
from core.site import Site

BASE_URL = "http://localhost:4567"
SYSTEM_CLOCK = SystemClock()


@contextmanager
def folder() -> Iterator[Path]:
    """Hand out a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="dispatch-bench-") as name:
        yield Path(name)


async def prepare_sqlite(path: Path, plan: Plan) -> Path:
    """Make the database that the plan describes; nothing is left beside the file."""
    await migrate(f"sqlite://{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        for table, rows in plan.tables():
            first = next(rows, None)
            if first is None:
                continue
            marks = ", ".join("?" * len(first))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(first)}) VALUES ({marks})",
                (tuple(map(sqlite_value, row.values())) for row in chain([first], rows)),
            )
        connection.execute("COMMIT")
    return path


async def prepare_postgres(url: str, connection: asyncpg.Connection, plan: Plan) -> None:
    """Fill an empty PostgreSQL database as the plan describes."""
    await migrate(url)
    for table, rows in plan.tables():
        first = next(rows, None)
        if first is None:
            continue
        records = (tuple(row.values()) for row in chain([first], rows))
        await connection.copy_records_to_table(table, records=records, columns=list(first))
        if "id" in first:
            await connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
            )
    await connection.execute("VACUUM ANALYZE")


def copied(template: Path, name: str) -> Path:
    """Return a copy of a closed database, beside it; what an earlier copy left behind goes first.

    A service that closes may leave its -wal there, and SQLite would replay it into the new file.
    """
    path = template.with_name(name)
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"{name}{ending}").unlink(missing_ok=True)
        assert not ending or not template.with_name(f"{template.name}{ending}").exists()
    return Path(shutil.copyfile(template, path))


def sqlite_value(value: Any) -> Any:
    """Return the value as the service stores it: moments as UTC text."""
    return value.isoformat(" ") if isinstance(value, datetime) else value


@asynccontextmanager
async def open_router(url: str, clock: Clock = SYSTEM_CLOCK) -> AsyncIterator[Router]:
    """Open the real use cases on a prepared database."""
    runner = await open_runner(url)
    try:
        site = Site(ZoneInfo("Europe/London"), BASE_URL)
        yield Router(runner, clock, site, ApprovalLinks("secret", BASE_URL))
    finally:
        await runner.close()
