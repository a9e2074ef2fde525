"""Open this for how many worlds are run at once, each process on a database of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

import asyncpg

from core.runner import migrate
from core.runner.address import database_of
from tests.simulation.world import Outcome, live

LIVES_A_WORLD = 40
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one
FAULTS_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """What all the worlds of one run came to."""

    seed: int
    lives: int = 0
    worlds: int = 0
    steps: int = 0
    audits: int = 0
    seconds: float = 0.0
    fingerprint: str = ""
    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return everything for a file."""
        return json.dumps(asdict(self), indent=2, sort_keys=True)


def simulate(
    lives: int,
    seed: int,
    *,
    databases: Sequence[str] = (),
    processes: int | None = None,
    told: Callable[[Outcome], None] = lambda _outcome: None,
) -> Summary:
    """Run so many lives; one process for each PostgreSQL database, or some on SQLite files.

    The databases of PostgreSQL must be migrated and empty; they are emptied after each world.
    """
    began = monotonic()
    sizes = [LIVES_A_WORLD] * (lives // LIVES_A_WORLD)
    sizes += [lives % LIVES_A_WORLD] if lives % LIVES_A_WORLD else []
    worlds = list(enumerate(sizes))
    shares = len(databases) or processes or os.cpu_count() or 1
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        template = Path(folder) / "migrated.sqlite3"
        if not databases:
            asyncio.run(migrate(f"sqlite://{template}"))
        with ProcessPoolExecutor(shares, mp_context=get_context("spawn")) as pool:
            running = [
                pool.submit(_live_all, share, databases[n] if databases else str(template), seed)
                for n, share in _shared(worlds, shares, whole=bool(databases))
            ]
            for future in as_completed(running):
                for outcome in future.result():
                    outcomes.append(outcome)
                    told(outcome)
    return _summary(seed, sorted(outcomes, key=lambda o: o.number), monotonic() - began)


def _shared(
    worlds: list[tuple[int, int]], shares: int, *, whole: bool
) -> list[tuple[int, list[tuple[int, int]]]]:
    """Deal the worlds out: one share for each database, or one world after the other."""
    if whole:
        return [(n, worlds[n::shares]) for n in range(shares)]
    return [(0, [world]) for world in worlds]


def _live_all(worlds: list[tuple[int, int]], place: str, seed: int) -> list[Outcome]:
    if place.startswith("postgres"):
        return [asyncio.run(_live_on_postgres(place, seed, n, lives)) for n, lives in worlds]
    return [_live_on_sqlite(Path(place), seed, n, lives) for n, lives in worlds]


def _live_on_sqlite(template: Path, seed: int, number: int, lives: int) -> Outcome:
    path = template.with_name(f"world-{number}.sqlite3")
    shutil.copyfile(template, path)
    try:
        return asyncio.run(live(f"sqlite://{path}", seed, number, lives))
    finally:
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


async def _live_on_postgres(url: str, seed: int, number: int, lives: int) -> Outcome:
    connection = await asyncpg.connect(**database_of(url).credentials)
    try:
        if await connection.fetchval("SELECT COUNT(*) FROM jobs"):
            raise ValueError("a simulation empties its database, and this one has jobs in it")
        try:
            return await live(url, seed, number, lives)
        finally:
            tables = await connection.fetchval(_TABLES)
            await connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    finally:
        await connection.close()


_TABLES = (
    "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
    " WHERE schemaname = 'public' AND tablename NOT LIKE 'tortoise%'"
)


def _summary(seed: int, outcomes: Sequence[Outcome], seconds: float) -> Summary:
    summary = Summary(seed, worlds=len(outcomes), seconds=round(seconds, 1))
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        summary.lives += outcome.lives
        summary.steps += outcome.steps
        summary.audits += outcome.audits
        counts.update(outcome.counts)
        summary.faults += [f"world {outcome.number}: {fault}" for fault in outcome.faults]
        digest.update(outcome.fingerprint.encode())
    summary.counts = dict(counts)
    summary.fingerprint = digest.hexdigest()
    return summary
