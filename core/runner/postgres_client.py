"""Tortoise's asyncpg client, once as the pool and once as a unit of work's own connection."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext
from tortoise.exceptions import IntegrityError, OperationalError

from core.errors import DatabaseBusy, DispatchError, StorageFault
from core.runner.address import Database
from core.runner.limits import Limits
from core.runner.savepoint import Savepoint
from core.runner.values import postgres_statement, postgres_values

CLASHES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""PostgreSQL undid the transaction for another's sake: running it again is safe and may help."""

FOREIGN = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What asyncpg and the network raise; it leaves `core.runner` only as a `postgres_fault`."""

_BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
)
_FAULTS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    OSError,
)


def postgres_fault(error: Exception, *, connected: bool) -> Exception:
    """Return what an error of asyncpg or the network is to the rest of the program."""
    match error:
        case asyncpg.IntegrityConstraintViolationError():
            return IntegrityError(error)
        case asyncpg.ReadOnlySQLTransactionError():
            return RuntimeError("a read cannot write")
        case _ if isinstance(error, _BUSY):
            return DatabaseBusy(f"the database did not serve a statement in time: {error}")
        case _ if isinstance(error, _FAULTS) or not connected:
            return StorageFault(f"the database cannot be reached: {error!r}")
        case _:
            return OperationalError(error)


class PostgresPool(AsyncpgDBClient):
    """Tortoise's own pool with bounded waits; hands out one connection per transaction."""

    def __init__(
        self, database: Database, limits: Limits, *, size: int, read_only: bool = False
    ) -> None:
        patience = f"{int(limits.busy_seconds * 1000)}ms"
        statement = f"{int(limits.statement_seconds * 1000)}ms"
        super().__init__(
            **database.credentials,
            connection_name="postgres",
            minsize=0,
            maxsize=size,
            timeout=limits.busy_seconds,
            command_timeout=limits.statement_seconds + 5,
            reset=_keep_session,
            server_settings={
                "application_name": "dispatch",
                "timezone": "UTC",
                "lock_timeout": patience,
                "statement_timeout": statement,
                "idle_in_transaction_session_timeout": "60s",
                "default_transaction_read_only": "on" if read_only else "off",
            },
        )
        self._patience = limits.busy_seconds

    async def open(self) -> None:
        """Connect; raise StorageFault when the server cannot be reached or refuses."""
        await self.create_connection(with_db=True)
        async with self.connection():
            return

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Hand out a connection; raise DatabaseBusy when none is free in time."""
        if self._pool is None:
            raise StorageFault("the database is closed")
        try:
            connection = await self._pool.acquire(timeout=self._patience)
        except TimeoutError as error:
            raise DatabaseBusy("no connection to the database became free in time") from error
        except FOREIGN as error:
            raise postgres_fault(error, connected=False) from error
        try:
            yield connection
        finally:
            with suppress(*FOREIGN):  # the pool closes what it cannot take back
                await self._pool.release(connection)


class UnitClient(TransactionWrapper):
    """A client on one connection, inside the transaction that the runner opens and ends."""

    def __init__(self, pool: PostgresPool, connection: asyncpg.Connection) -> None:
        super().__init__(pool)
        self._connection = connection

    @property
    def transaction_open(self) -> bool:
        """Whether the transaction still stands (perhaps failed, so that only undoing is left)."""
        return self._connected and bool(self._connection.is_in_transaction())

    @property
    def _connected(self) -> bool:
        try:
            return not self._connection.is_closed()
        except asyncpg.InterfaceError:  # the pool took a lost connection back by itself
            return False

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


async def _keep_session(_connection: asyncpg.Connection) -> None:
    """Spare the round trip of asyncpg's reset: a unit leaves nothing behind in its session."""
