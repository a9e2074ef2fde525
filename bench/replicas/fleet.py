"""Open this for the processes: one PostgreSQL with a prepared database, and replicas on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from bench.databases import folder, prepare_postgres
from bench.plan import Plan
from tests.databases import PostgresServer, running_postgres
from tests.fire.ground import Place
from tests.fire.service import Service

_numbers = count(1)


@contextmanager
def durable_postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server that syncs to disk, as one in use does."""
    with running_postgres() as server:
        server.run("ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
        yield server


@contextmanager
def empty_place(server: PostgresServer) -> Iterator[Place]:
    """Hand out an empty database of that server, and a folder for what services write."""
    name = f"bench_{next(_numbers)}"
    server.run(f'CREATE DATABASE "{name}"')
    try:
        with folder() as here:
            yield Place("postgres", server.url(name), Path(here))
    finally:
        server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def connected(server: PostgresServer, place: Place) -> AsyncIterator[asyncpg.Connection]:
    """Look into the database beside the services."""
    name = place.url.partition("?")[0].rpartition("/")[2]
    host = str(server.folder)
    connection = await asyncpg.connect(host=host, user="postgres", database=name)
    try:
        yield connection
    finally:
        await connection.close()


async def fill(server: PostgresServer, place: Place, plan: Plan) -> None:
    """Make the database that the plan describes."""
    async with connected(server, place) as connection:
        await prepare_postgres(place.url, connection, plan)


@asynccontextmanager
async def replicas_on(place: Place, amount: int) -> AsyncIterator[list[Service]]:
    """Run so many services; each must end by itself when asked to, and have found no fault."""
    with ExitStack() as stack:
        services = [
            stack.enter_context(Service(place, f"replica{n}", cold_every=0)) for n in range(amount)
        ]
        await asyncio.gather(*(service.up() for service in services))
        yield services
        for code, took in await asyncio.gather(*(service.end() for service in services)):
            assert code == 0, (code, took)
        faults = [fault for service in services for fault in service.faults()]
        assert not faults, faults


def processor_seconds(services: Sequence[Service]) -> float:
    """Return what the services have used so far."""
    return sum(_used(psutil.Process(service.running.pid)) for service in services)


def database_seconds(server: PostgresServer) -> float:
    """Return what the database's processes that run now have used so far."""
    return sum(_used(one) for one in psutil.Process(server.pid).children(recursive=True))


def _used(process: Any) -> float:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
