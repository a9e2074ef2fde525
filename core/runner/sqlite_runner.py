"""SQLite: one thread that writes, a few that read, and the questions put to them."""

import asyncio
from collections.abc import Sequence
from queue import SimpleQueue
from time import monotonic

from tortoise.context import TortoiseContext

from core.errors import DatabaseBusy
from core.runner.address import Database
from core.runner.limits import Limits
from core.runner.runner import Runner
from core.runner.sqlite_reader import Reader
from core.runner.sqlite_thread import Queue, Queued, SqliteThread
from core.runner.sqlite_writer import Writer
from core.runner.unit import Call


class SqliteRunner(Runner):
    """A runner whose units share commits in one thread and whose reads never wait for them."""

    dialect = "sqlite"

    def __init__(self, database: Database, tortoise: TortoiseContext, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._unanswered = 0
        self._writes: Queue = SimpleQueue()
        self._reads: Queue = SimpleQueue()
        path = database.path
        self._writer = Writer(path, self._writes, tortoise, limits)
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
            (self._writes if thread is self._writer else self._reads).put(None)
        await _all_ended(started)

    async def _run(self, call: Call) -> object:
        return await self._put(self._writes, call)

    async def _read(self, call: Call) -> object:
        return await self._put(self._reads, call)

    async def _put(self, queue: Queue, call: Call) -> object:
        if self._unanswered >= self._limits.waiting:
            raise DatabaseBusy(f"{self._unanswered} units of work are waiting already")
        future: asyncio.Future[object] = self._loop.create_future()
        self._unanswered += 1
        future.add_done_callback(self._answered)
        queue.put(Queued(call, future, monotonic() + self._limits.busy_seconds))
        return await asyncio.shield(future)

    def _answered(self, _future: "asyncio.Future[object]") -> None:
        self._unanswered -= 1


async def _all_ended(threads: Sequence[SqliteThread]) -> None:
    for thread in threads:
        await thread.ended()
