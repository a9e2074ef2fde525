"""Tortoise's asyncpg client as a unit of work's own connection."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.client import ConnectionWrapper, TransactionContext
from tortoise.exceptions import OperationalError

from core.errors import DispatchError
from core.runner.postgres_faults import CLASHES, FOREIGN, is_open, postgres_fault
from core.runner.postgres_pool import PostgresPool
from core.runner.savepoint import Savepoint
from core.runner.values import postgres_statement, postgres_values

log = logging.getLogger(__name__)


class UnitClient(TransactionWrapper):
    """A client on one connection, inside the transaction that the runner opens and ends."""

    def __init__(self, pool: PostgresPool, connection: asyncpg.Connection) -> None:
        super().__init__(pool)
        self._connection = connection
        self._clock = asyncio.get_running_loop().time
        self._since = self._clock()

    @property
    def transaction_open(self) -> bool:
        """Whether the transaction still stands (perhaps failed, so that only undoing is left)."""
        return self._connected and bool(self._connection.is_in_transaction())

    @property
    def _connected(self) -> bool:
        return is_open(self._connection)

    @contextmanager
    def watched(self, patience: float) -> Iterator[None]:
        """Within, cut the connection when one statement takes that long: its server is gone.

        One timer for the unit instead of asyncpg's own for each statement; for what that gains see
        PostgresPool.connection.
        """
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def look() -> None:
            nonlocal timer
            left = self._since + patience - loop.time()
            if left > 0:
                timer = loop.call_later(left, look)
            else:
                log.warning("runner.statement_without_answer seconds=%s", patience)
                self._connection.terminate()

        timer = loop.call_later(patience, look)
        try:
            yield
        finally:
            timer.cancel()

    def acquire_connection(self) -> ConnectionWrapper[asyncpg.Connection]:
        """Hand the connection to one statement, which begins now."""
        self._since = self._clock()
        return super().acquire_connection()

    async def steer(self, statement: str) -> None:
        """Run one statement that opens or undoes a transaction or a savepoint."""
        await self._status(statement)

    async def commit(self) -> None:
        """Commit; RuntimeError when PostgreSQL undid it because the unit hid a failed statement."""
        if await self._status("COMMIT") != "COMMIT":
            raise RuntimeError("the unit of work hid a failed statement: PostgreSQL undid it all")

    async def undo(self) -> None:
        """Roll back if there is anything left to roll back; a lost connection has nothing."""
        if self.transaction_open:
            with suppress(DispatchError, OperationalError):
                await self.steer("ROLLBACK")

    async def touch(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement; return how many rows it touched."""
        status = await self._status(postgres_statement(sql), *postgres_values(values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdecimal() else 0

    async def touch_each(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement with each row's values; return how many rows all of it touched."""
        return sum([await self.touch(sql, values) for values in rows])

    async def fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        """Run one statement; return its rows."""
        with self._translating():
            async with self.acquire_connection() as connection:
                found: list[Any] = await connection.fetch(
                    postgres_statement(sql), *postgres_values(values)
                )
        return found

    async def _status(self, sql: str, *values: object) -> str:
        """Run one statement; return what PostgreSQL says it did, such as `UPDATE 3`."""
        with self._translating():
            async with self.acquire_connection() as connection:
                return str(await connection.execute(sql, *values))

    def _in_transaction(self) -> TransactionContext:
        return Savepoint(self)

    async def _translate_exceptions(
        self, func: Callable[..., Awaitable[Exception]], *args: object, **kwargs: object
    ) -> Exception:
        with self._translating():
            return await func(self, *args, **kwargs)

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except CLASHES:  # the runner tries again
            raise
        except asyncpg.InternalClientError as error:
            # the server's farewell was read between two statements: nothing more can be said here
            self._connection.terminate()
            raise postgres_fault(error, connected=False) from error
        except FOREIGN as error:
            raise postgres_fault(error, connected=self._connected) from error
