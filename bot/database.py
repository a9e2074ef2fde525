"""Open this for what happens to the database before it is used: one server, backup, migrations."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from bot.settings import Settings
from core.errors import StorageFault
from core.runner import migrate, pending_migrations

log = logging.getLogger(__name__)

SERVING, MIGRATING = "serving", "migrating"  # endings of lock files beside the database


async def prepare_database(settings: Settings) -> list[str]:
    """Create and migrate what `settings` names, after a backup of existing data.

    Returns the migrations applied. Processes that start at once do this one after another.
    """
    with _one_migrates(settings):
        url = settings.database_url.get_secret_value()
        pending = await pending_migrations(url)
        if not pending:
            return []
        if settings.database.dialect == "sqlite":
            back_up_before_migrating(settings.database.path)
        else:
            log.info("database.no_backup: of PostgreSQL, make one yourself with pg_dump")
        return await migrate(url)


def back_up_before_migrating(path: Path) -> Path | None:
    """Copy existing data beside itself; None when there is none yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = path.with_name(f"{path.name}.before-migration-{moment}")
    try:
        copy_sqlite(path, target)
    except sqlite3.Error as error:
        raise StorageFault(f"no backup of {path}, so it was not migrated: {error}") from error
    log.info("database.backed_up", extra={"backup": str(target)})
    return target


def copy_sqlite(path: Path, target: Path) -> None:
    """Copy a database as of one moment to a new file, readable by its owner only.

    Who reads and writes it meanwhile does not wait. Raises sqlite3.Error, then leaving no copy,
    and FileExistsError.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except BaseException:
        target.unlink()
        raise


def prove_sound(copy: Path) -> None:
    """Raise sqlite3.Error unless the database is whole and each reference leads somewhere."""
    with contextlib.closing(sqlite3.connect(copy)) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check")]
        lost = database.execute("PRAGMA foreign_key_check").fetchall()
        if found != ["ok"] or lost:
            raise sqlite3.DatabaseError("; ".join([*found[:5], f"{len(lost)} broken references"]))


@contextlib.contextmanager
def only_server(settings: Settings) -> Iterator[None]:
    """Be the one `serve` of a SQLite file while this lasts; StorageFault when another is."""
    if settings.database.dialect != "sqlite":
        yield
        return
    with _lock_file(settings.database.path, SERVING) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageFault(
                f"another `dispatch serve` already runs on {settings.database.path}: stop it first"
            ) from None
        yield


def is_served(settings: Settings) -> bool:
    """Tell whether a `serve` runs on this SQLite file; False on PostgreSQL, where many may."""
    database = settings.database
    if database.dialect != "sqlite" or not _lock_path(database.path, SERVING).exists():
        return False
    try:
        with only_server(settings):
            return False
    except StorageFault:
        return True


@contextlib.contextmanager
def _one_migrates(settings: Settings) -> Iterator[None]:
    """Keep two processes from migrating one SQLite file; PostgreSQL's migrate locks itself."""
    if settings.database.dialect != "sqlite":
        yield
        return
    with _lock_file(settings.database.path, MIGRATING) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _lock_file(database: Path, purpose: str) -> Iterator[IO[str]]:
    """Open a lock file, which stays behind: removing it would let two processes hold 'it'."""
    path = _lock_path(database, purpose)
    try:
        file = path.open("a")
    except OSError as error:
        raise StorageFault(f"the database cannot be opened: {path}: {error.strerror}") from error
    with file:
        yield file


def _lock_path(database: Path, purpose: str) -> Path:
    real = database.resolve()  # the same lock whatever name the file is reached by
    return real.with_name(f"{real.name}.{purpose}")
