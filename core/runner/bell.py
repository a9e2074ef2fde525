"""PostgreSQL: how the processes on one database wake each other, by LISTEN and NOTIFY.

It only saves waiting: who hears nothing looks once a second all the same. So the NOTIFY follows
the COMMIT and is no part of it. Inside, PostgreSQL makes all commits wait in one line for the disk
(ten writers kept 0.6 of their pace); outside, one serves a whole burst.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import asyncpg

from core.errors import StorageFault
from core.runner.address import Database
from core.runner.limits import Limits
from core.runner.postgres_faults import FOREIGN, postgres_fault
from core.waiting import happens

APPLICATION = "dispatch listener"
BREATH = 0.02  # commits without end ring no more often than this
PULSE = 10.0  # how soon a connection that died silently is noticed
GOODBYE_SECONDS = 1.0

_LOST = (*FOREIGN, asyncpg.InternalClientError)  # the latter when a farewell is read too early


class Bell:
    """Rung for what this process commits, heard by the others; has a connection of its own."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the other processes: `listen` does so at once, else closing the runner does."""
        self._rung.set()

    async def listen(
        self, heard: Callable[[], None], well: Callable[[], None], stop: asyncio.Event
    ) -> None:
        """Call `heard` when another process rang, until `stop`; send what is rung here meanwhile.

        Calls it once at the start too, for what was missed before, and `well` whenever the
        connection has proved to work. Raises StorageFault when it is lost: then call this again.
        """
        lost = asyncio.Event()
        async with self._connection(heard, lost) as connection:
            heard()
            while not stop.is_set():
                well()
                if not await happens(stop, lost, self._rung, within=PULSE):
                    await connection.execute("SELECT 1")
                if lost.is_set():
                    raise StorageFault("the connection that hears other processes was lost")
                await self.send(connection)
                await happens(stop, lost, within=BREATH)

    async def send(self, connection: asyncpg.Connection) -> None:
        """Notify the others if it was rung since the last time."""
        if not self._rung.is_set():
            return
        self._rung.clear()
        try:
            await connection.execute("NOTIFY dispatch")
        except BaseException:
            self._rung.set()
            raise

    @asynccontextmanager
    async def _connection(
        self, heard: Callable[[], None], lost: asyncio.Event
    ) -> AsyncIterator[asyncpg.Connection]:
        connection = None
        try:
            connection = await asyncpg.connect(
                **self._database.credentials,
                timeout=self._limits.busy_seconds,
                command_timeout=self._limits.busy_seconds,
                # a wake-up that a power cut loses is no loss: it does not wait for the disk
                server_settings={"application_name": APPLICATION, "synchronous_commit": "off"},
            )
            here = connection.get_server_pid()

            def notified(_connection: object, sender: int, _channel: str, _payload: str) -> None:
                if sender != here:
                    heard()

            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener("dispatch", notified)
            yield connection
        except _LOST as error:
            raise postgres_fault(error, connected=False) from error
        finally:
            if connection is not None:
                with suppress(*_LOST):
                    await connection.close(timeout=GOODBYE_SECONDS)
