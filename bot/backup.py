"""Open this for `dispatch backup`: a copy as of one moment, proved before it gets its name."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sqlite3
import subprocess
from pathlib import Path

from bot.database import copy_sqlite, prove_sound
from bot.settings import Settings
from core.errors import StorageFault
from core.runner import Unit, open_runner, pending_migrations
from core.runner.address import Database

NO_PG_DUMP = (
    "PostgreSQL is backed up with pg_dump, which is not installed here: run"
    " `pg_dump --format=custom --file=FILE DATABASE` where it is"
)


def back_up(settings: Settings, target: Path) -> str:
    """Copy the database that `settings` names to `target`; return what to tell the operator.

    The file appears whole and proved, or not at all. Raises StorageFault.
    """
    if target.exists():
        raise StorageFault(f"{target} exists: a backup replaces nothing, choose another name")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    database = settings.database
    make = _back_up_sqlite if database.dialect == "sqlite" else _back_up_postgres
    try:
        told = make(database, draft)
        _name_for_good(draft, target)
    except FileExistsError:
        raise StorageFault(f"{target} appeared meanwhile: nothing was replaced") from None
    except (OSError, sqlite3.Error) as error:
        raise StorageFault(f"no backup was made: {error}") from error
    finally:
        for left in draft.parent.glob(f"{draft.name}*"):
            left.unlink()
    return f"{target}: {target.stat().st_size} bytes, {told}"


def _back_up_sqlite(database: Database, draft: Path) -> str:
    path = database.path
    if not path.exists():
        raise StorageFault(f"there is no database {path} to back up")
    copy_sqlite(path, draft)
    prove_sound(draft)
    jobs = asyncio.run(_opened(f"sqlite://{draft.absolute()}"))
    key = f"keep {path}.secret-key with it: it signs the approval links"
    return f"{'of an earlier version' if jobs is None else f'{jobs} jobs'}, sound; {key}"


async def _opened(url: str) -> int | None:
    """Open a copy as the service would; return how many jobs it holds, None before migration."""
    if await pending_migrations(url):
        return None
    runner = await open_runner(url)
    try:
        return await runner.read(_jobs)
    finally:
        await runner.close()


async def _jobs(unit: Unit) -> int:
    rows = await unit.rows("SELECT COUNT(*) AS n FROM jobs")
    return int(rows[0]["n"])


def _back_up_postgres(database: Database, draft: Path) -> str:
    program = shutil.which("pg_dump")
    if program is None:
        raise StorageFault(NO_PG_DUMP)
    reached = database.credentials
    password = {"PGPASSWORD": reached["password"]} if reached["password"] else {}
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    done = subprocess.run(  # noqa: S603 - the operator's own pg_dump, no shell
        [
            *(program, "--format=custom", f"--file={draft}", "--no-password"),
            *(f"--host={reached['host']}", f"--port={reached['port']}"),
            *(f"--username={reached['user']}", f"--dbname={reached['database']}"),
        ],
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StorageFault(f"pg_dump failed: {done.stderr.strip()}")
    return "made by pg_dump, for pg_restore"


def _name_for_good(draft: Path, target: Path) -> None:
    """Give a finished file its name, replacing nothing; on disk when this returns."""
    _flush(draft)
    os.link(draft, target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
