"""PostgreSQL: every unit of work is a task that nobody cancels, on a connection of its own."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import SystemRandom
from typing import Any

from tortoise.context import TortoiseContext

from core.errors import DatabaseBusy, DispatchError, StorageFault
from core.runner.address import Database
from core.runner.bell import GOODBYE_SECONDS, Bell
from core.runner.limits import Limits
from core.runner.postgres_client import UnitClient
from core.runner.postgres_faults import CLASHES, FOREIGN
from core.runner.postgres_pool import PostgresPool
from core.runner.runner import Runner, make_calls
from core.runner.unit import Abandon, Call, Outcome, Unit, enter

log = logging.getLogger(__name__)

_ATTEMPTS = 6
BEYOND_SECONDS = 5.0  # what a statement may take longer than the server allows it
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_jitter = SystemRandom()


class PostgresRunner(Runner):
    """A runner whose units have a pool of writing connections and whose reads have another."""

    dialect = "postgres"
    bell: Bell

    def __init__(self, database: Database, tortoise: TortoiseContext, limits: Limits) -> None:
        super().__init__()
        self.bell = Bell(database, limits)
        self._limits = limits
        self._patience = limits.statement_seconds + BEYOND_SECONDS
        self._tortoise = tortoise
        self._tasks: set[asyncio.Task[object]] = set()
        self._writers = PostgresPool(database, limits, size=limits.writers)
        self._readers = PostgresPool(database, limits, size=limits.readers, read_only=True)

    async def open(self) -> None:
        """Connect both pools; raise StorageFault, with none left open, when one cannot."""
        try:
            await self._writers.open()
            await self._readers.open()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        self._closed = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._limits.close_seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=self._limits.close_seconds)
        await self._last_ring()
        await self._writers.close()
        await self._readers.close()

    async def _last_ring(self) -> None:
        """Wake the others for what nobody listened long enough to send: a command's commits."""
        with suppress(DispatchError, *FOREIGN):
            async with asyncio.timeout(GOODBYE_SECONDS), self._writers.connection() as connection:
                await self.bell.send(connection)

    async def _run(self, call: Call) -> object:
        return await self._unhurried(call, self._write(call))

    async def _read(self, call: Call) -> object:
        return await self._unhurried(call, self._look(call))

    async def _unhurried(self, call: Call, steps: Coroutine[Any, Any, object]) -> object:
        """Await `steps` in a task of its own, which a cancelled caller leaves alone."""
        if len(self._tasks) >= self._limits.waiting:
            steps.close()
            raise DatabaseBusy(f"{len(self._tasks)} units of work are waiting already")
        task = asyncio.get_running_loop().create_task(steps, context=call.context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():  # by close(), not the caller
                raise StorageFault("the database was closed before the work ended") from None
            raise

    def _ended(self, task: "asyncio.Task[object]") -> None:
        """Forget a task; ask what it raised, since a caller who went away never does."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()

    async def _write(self, call: Call) -> object:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                outcome = await self._attempt(call)
            except CLASHES as error:
                log.info("runner.retry attempt=%d reason=%s", attempt, error)
                if attempt == _ATTEMPTS:
                    raise DatabaseBusy(f"the database kept refusing: {error}") from error
                await asyncio.sleep(_jitter.uniform(0, 0.01 * 2**attempt))
            else:
                make_calls(call, outcome)
                return outcome.value
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, call: Call) -> Outcome:
        calls: list[Callable[[], None]] = []
        async with self._writers.connection() as connection:
            client = UnitClient(self._writers, connection)
            enter(self._tortoise, client)
            with client.watched(self._patience):
                await client.steer("BEGIN")
                try:
                    value = await call.begin(Unit("postgres", client, calls))
                    await client.commit()
                except Abandon as abandoned:
                    await client.undo()
                    return Outcome(abandoned.value)
                except BaseException:
                    await client.undo()
                    raise
        return Outcome(value, calls=calls)

    async def _look(self, call: Call) -> object:
        async with self._readers.connection() as connection:
            client = UnitClient(self._readers, connection)
            enter(self._tortoise, client)
            with client.watched(self._patience):
                await client.steer(_SNAPSHOT)
                try:
                    return await call.begin(Unit("postgres", client, None))
                except Abandon as abandoned:
                    return abandoned.value
                finally:
                    await client.undo()
