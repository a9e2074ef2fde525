"""SQLite: one that writes, a few that read, and the questions put to them."""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic

from tortoise.context import TortoiseContext

from core.errors import DatabaseBusy
from core.runner.address import Database
from core.runner.limits import Limits
from core.runner.runner import Runner
from core.runner.sqlite_driving import Queued
from core.runner.sqlite_reader import Reader, Reads
from core.runner.sqlite_thread import SqliteThread
from core.runner.sqlite_writer import Writer
from core.runner.unit import Call


class SqliteRunner(Runner):
    """A runner whose units share commits and whose reads never wait for them."""

    dialect = "sqlite"

    def __init__(self, database: Database, tortoise: TortoiseContext, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._unanswered = 0
        self._reads: Reads = SimpleQueue()
        path = database.path
        self._writer = Writer(path, tortoise, limits)
        self._readers = [Reader(path, self._reads, tortoise, limits) for _ in range(limits.readers)]
        self._started: list[SqliteThread] = []

    async def open(self) -> None:
        """Open every connection; raise StorageFault, with none left open, when one cannot be."""
        for thread in (self._writer, *self._readers):
            self._started.append(thread)
            try:
                await thread.start()
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        self._closed = True
        started, self._started = self._started, []
        for thread in started:
            if thread is self._writer:
                self._writer.end()
            else:
                self._reads.put(None)
        for thread in started:
            await thread.ended()

    async def _run(self, call: Call) -> object:
        return await self._queue(self._writer.put, call)

    async def _read(self, call: Call) -> object:
        return await self._queue(self._reads.put, call)

    async def _queue(self, put: Callable[[Queued], None], call: Call) -> object:
        if self._unanswered >= self._limits.waiting:
            raise DatabaseBusy(f"{self._unanswered} units of work are waiting already")
        future: asyncio.Future[object] = self._loop.create_future()
        self._unanswered += 1
        put(Queued(call, future, self._ended, monotonic() + self._limits.busy_seconds))
        return await future

    def _ended(self) -> None:
        self._unanswered -= 1
