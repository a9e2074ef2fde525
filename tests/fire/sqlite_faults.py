"""What can befall a SQLite file: locked by another process, a full disk, no writing at all."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

import psutil

from tests.fire.ground import Place, Plan
from tests.fire.service import Service, until

BEFORE = 0.5  # of work before the fault
SMALL_LOCK, FULL_LOCK = 6.0, 10.0  # longer than a request waits for the lock
STARVED = 1.5
# root may write everything unless this right is taken from the process
WITHOUT_RIGHTS = ("setpriv", "--bounding-set", "-dac_override", "--")


@asynccontextmanager
async def locked(service: Service, plan: Plan) -> AsyncIterator[None]:
    """Hold the write lock in another connection, longer than any request waits for it."""
    await asyncio.sleep(BEFORE)
    with closing(sqlite3.connect(service.place.file, timeout=10, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(FULL_LOCK if plan.full else SMALL_LOCK)
        other.execute("ROLLBACK")
    yield


@asynccontextmanager
async def disk_full(service: Service, plan: Plan) -> AsyncIterator[None]:
    """Let the write-ahead log grow by a little more, then by nothing.

    It is made short first: one that was written to its end is begun anew, and needs no room.
    """
    await asyncio.sleep(BEFORE)
    with closing(sqlite3.connect(service.place.file, timeout=10, isolation_level=None)) as other:
        await until(lambda: not other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
    log = service.place.file.with_name(f"{service.place.file.name}-wal")
    with _largest_file(service, log.stat().st_size + 40_000):
        await asyncio.sleep(STARVED)
    yield


@asynccontextmanager
async def unwritable(service: Service, plan: Plan) -> AsyncIterator[None]:
    """Refuse every write to every file."""
    await asyncio.sleep(BEFORE)
    with _largest_file(service, 0):
        await asyncio.sleep(STARVED)
    yield


@contextmanager
def _largest_file(service: Service, size: int) -> Iterator[None]:
    """Limit the size of the files that the process may write, as a full disk would."""
    process = psutil.Process(service.running.pid)
    _, hard = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        process.rlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def refused_while_read_only(place: Place) -> list[str]:
    """Start on a file that cannot be written: one line and exit 1; then on the same, writable."""
    found = []
    prefix = WITHOUT_RIGHTS if os.geteuid() == 0 else ()
    with Service(place) as service:
        place.file.chmod(0o444)
        place.folder.chmod(0o555)
        try:
            service.start(*prefix)
            await until(lambda: service.running.poll() is not None)
        finally:
            place.folder.chmod(0o755)
            place.file.chmod(0o644)
        said = service.errors().splitlines()
        if service.running.returncode != 1 or len(said) != 1:
            found.append(f"read-only: ended with {service.running.returncode} and said {said}")
        service.start(*prefix)
        await service.ready()
    return found


SQLITE_FAULTS = {"locked": locked, "disk_full": disk_full, "unwritable": unwritable}
