"""A thread that owns one SQLite connection, opened when it starts and closed when it ends."""

import asyncio
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVarTuple

from tortoise.context import TortoiseContext

from core.runner.limits import Limits
from core.runner.sqlite_client import SyncSqliteClient, sqlite_fault
from core.runner.sqlite_driving import Queued, TasklessLoop, answer, open_connection
from core.runner.unit import Outcome

Ts = TypeVarTuple("Ts")


class SqliteThread(ABC):
    """One connection and its thread, which serves until it is told to end."""

    read_only: bool

    def __init__(self, path: Path, tortoise: TortoiseContext, limits: Limits) -> None:
        self._path = path
        self._tortoise = tortoise
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._taskless: TasklessLoop
        self._thread = threading.Thread(
            target=self._main, name=f"sqlite-{type(self).__name__.lower()}", daemon=True
        )

    async def start(self) -> None:
        """Start the thread and return once its connection is open; StorageFault when it cannot."""
        self._taskless = TasklessLoop()
        self._thread.start()
        await self._opened

    async def ended(self) -> None:
        """Return once the thread has closed its connection, after it was told to end."""
        await asyncio.shield(self._ended)
        self._thread.join()

    @abstractmethod
    def _serve(self, client: SyncSqliteClient) -> None:
        """Do what comes until told to end."""

    @abstractmethod
    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Set what this kind of connection needs."""

    def _deliver(self, answers: Sequence[tuple[Queued, Outcome]]) -> None:
        self._tell(answer, answers)

    def _main(self) -> None:
        try:
            with closing(self._open()) as connection:
                client = SyncSqliteClient(
                    connection,
                    statement_seconds=self._limits.statement_seconds,
                    read_only=self.read_only,
                )
                self._serve(client)
        except Exception as error:  # noqa: BLE001 - the loop's thread raises it
            self._tell(self._failed, error)
        finally:
            self._taskless.close()
            self._tell(self._ended.set_result, None)

    def _is_open(self) -> None:
        self._tell(self._opened.set_result, None)

    def _failed(self, error: Exception) -> None:
        if self._opened.done():
            raise error
        self._opened.set_exception(error)

    def _open(self) -> sqlite3.Connection:
        connection = open_connection(self._path, self._limits)
        try:
            self._prepare(connection)
        except sqlite3.Error as error:
            connection.close()
            raise sqlite_fault(error) from error
        except Exception:
            connection.close()
            raise
        return connection

    def _tell(self, call: Callable[[*Ts], object], *args: *Ts) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(call, *args)
