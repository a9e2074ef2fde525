"""A thread that owns one SQLite connection and drives units of work to their end on it."""

import asyncio
import sqlite3
import threading
from abc import ABC, abstractmethod
from asyncio.events import _set_running_loop
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn, TypeVarTuple
from urllib.parse import quote

from tortoise.context import TortoiseContext

from core.errors import StorageFault
from core.runner.limits import Limits
from core.runner.runner import make_calls
from core.runner.sqlite_client import SyncSqliteClient, sqlite_fault
from core.runner.unit import Abandon, Call, Outcome, Unit, enter


@dataclass(frozen=True, slots=True, eq=False)
class Queued:
    """A call on its way to a thread: whom to answer, and until when it waits for the write lock."""

    call: Call
    future: "asyncio.Future[object]"
    patient_until: float


Queue = SimpleQueue[Queued | None]
Ts = TypeVarTuple("Ts")


class TasklessLoop(asyncio.BaseEventLoop):
    """The event loop that Tortoise wants to find in a thread: it never runs, and takes no task."""

    def create_task(self, coro: object, **_options: object) -> NoReturn:
        """Refuse: a task would outlive its unit of work, or never run."""
        if isinstance(coro, Coroutine):
            coro.close()
        raise RuntimeError("a unit of work on SQLite starts no task and gathers nothing")


class SqliteThread(ABC):
    """One connection and the thread that alone uses it, until None comes out of its queue."""

    read_only: bool

    def __init__(self, path: Path, queue: Queue, tortoise: TortoiseContext, limits: Limits) -> None:
        self._path = path
        self._queue = queue
        self._tortoise = tortoise
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(
            target=self._main, name=f"sqlite-{type(self).__name__.lower()}", daemon=True
        )

    async def start(self) -> None:
        """Start the thread and return once its connection is open; StorageFault when it cannot."""
        self._thread.start()
        await self._opened

    async def ended(self) -> None:
        """Return once the thread has closed its connection, after None came out of the queue."""
        await asyncio.shield(self._ended)
        self._thread.join()

    @abstractmethod
    def _serve(self, client: SyncSqliteClient) -> None:
        """Answer what comes out of the queue until None does."""

    @abstractmethod
    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Set what this kind of connection needs."""

    def _deliver(self, answers: Sequence[tuple[Queued, Outcome]]) -> None:
        self._tell(_answer_all, answers)

    def _drive(self, call: Call, client: SyncSqliteClient, unit: Unit) -> Outcome:
        """Run `work` to its end in its caller's context variables and this connection."""
        return call.context.copy().run(self._drive_here, call, client, unit)

    def _drive_here(self, call: Call, client: SyncSqliteClient, unit: Unit) -> Outcome:
        enter(self._tortoise, client)
        try:
            return Outcome(value=_finish(call.begin(unit)), kept=True)
        except Abandon as abandoned:
            return Outcome(value=abandoned.value)
        except BaseException as error:  # noqa: BLE001 - it is raised again where `run` is awaited
            return Outcome(error=error)

    def _main(self) -> None:
        loop = TasklessLoop()
        _set_running_loop(loop)
        try:
            with closing(self._open()) as connection:
                self._tell(self._opened.set_result, None)
                self._serve(
                    SyncSqliteClient(
                        connection,
                        statement_seconds=self._limits.statement_seconds,
                        read_only=self.read_only,
                    )
                )
        except Exception as error:  # noqa: BLE001 - the loop's thread raises it
            self._tell(self._failed, error)
        finally:
            _set_running_loop(None)
            loop.close()
            self._tell(self._ended.set_result, None)

    def _failed(self, error: Exception) -> None:
        if self._opened.done():
            raise error
        self._opened.set_exception(error)

    def _open(self) -> sqlite3.Connection:
        if not self._path.is_file():
            raise StorageFault(f"there is no database at {self._path}: migrate creates it")
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(self._path.absolute()))}?mode=rw",
                uri=True,
                isolation_level=None,
                timeout=self._limits.busy_seconds,
                cached_statements=512,
            )
        except sqlite3.Error as error:
            raise sqlite_fault(error) from error
        try:
            connection.row_factory = sqlite3.Row
            self._prepare(connection)
        except sqlite3.Error as error:
            connection.close()
            raise sqlite_fault(error) from error
        return connection

    def _tell(self, call: Callable[[*Ts], object], *args: *Ts) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(call, *args)


def _finish(steps: Coroutine[Any, Any, object]) -> object:
    """Run `steps` to the end and return their value; RuntimeError when they wait for anything."""
    try:
        waited_for = steps.send(None)
    except StopIteration as end:
        return end.value
    steps.close()
    raise RuntimeError(
        "a unit of work on SQLite awaits nothing but the database, not "
        f"{type(waited_for).__name__}: do that before or after it"
    )


def _answer_all(answers: Sequence[tuple[Queued, Outcome]]) -> None:
    for queued, outcome in answers:
        make_calls(queued.call, outcome)
        if outcome.error is not None:
            queued.future.set_exception(outcome.error)
        else:
            queued.future.set_result(outcome.value)
