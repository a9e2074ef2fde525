"""Open this for what writer and readers of a SQLite file share: connecting, driving a call."""

import asyncio
import sqlite3
from asyncio.events import _get_running_loop, _set_running_loop
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from core.errors import DatabaseBusy, StorageFault
from core.runner.limits import Limits
from core.runner.runner import make_calls
from core.runner.sqlite_client import SyncSqliteClient, sqlite_fault
from core.runner.unit import Abandon, Call, Outcome, Unit, enter


@dataclass(frozen=True, slots=True, eq=False)
class Queued:
    """A call on its way to a connection: whom to answer, and until when it waits for a lock.

    `ended` is called once it is over, also when nobody waits for the answer any more.
    """

    call: Call
    future: "asyncio.Future[object]"
    ended: Callable[[], None]
    patient_until: float


class TasklessLoop(asyncio.BaseEventLoop):
    """The event loop that Tortoise finds where a unit runs: it never runs, and takes no task."""

    def create_task(self, coro: object, **_options: object) -> NoReturn:
        """Refuse: a task would outlive its unit of work, or never run."""
        if isinstance(coro, Coroutine):
            coro.close()
        raise RuntimeError("a unit of work on SQLite starts no task and gathers nothing")

    @contextmanager
    def instead(self) -> Iterator[None]:
        """Stand where this thread's own event loop stands, if it has one."""
        usual = _get_running_loop()
        _set_running_loop(self)
        try:
            yield
        finally:
            _set_running_loop(usual)


def open_connection(path: Path, limits: Limits) -> sqlite3.Connection:
    """Return a connection on an existing file; raise StorageFault when it cannot be opened."""
    if not path.is_file():
        raise StorageFault(f"there is no database at {path}: migrate creates it")
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=rw",
            uri=True,
            isolation_level=None,
            timeout=limits.busy_seconds,
            cached_statements=512,
            check_same_thread=False,  # the writer's goes to and fro, never used by two at once
        )
    except sqlite3.Error as error:
        raise sqlite_fault(error) from error
    connection.row_factory = sqlite3.Row
    return connection


def drive(call: Call, tortoise: TortoiseContext, client: SyncSqliteClient, unit: Unit) -> Outcome:
    """Run a call to its end in its caller's context variables, with this client."""
    return call.context.copy().run(_drive, call, tortoise, client, unit)


def _drive(call: Call, tortoise: TortoiseContext, client: SyncSqliteClient, unit: Unit) -> Outcome:
    enter(tortoise, client)
    try:
        return Outcome(value=_finish(call.begin(unit)), kept=True)
    except Abandon as abandoned:
        return Outcome(value=abandoned.value)
    except BaseException as error:  # noqa: BLE001 - it is raised again where `run` is awaited
        return Outcome(error=error)


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


def answer(answers: Sequence[tuple[Queued, Outcome]]) -> None:
    """In the loop's thread: tell the callers; one that was cancelled meanwhile only loses it."""
    for queued, outcome in answers:
        make_calls(queued.call, outcome)
        queued.ended()
        if queued.future.done():
            continue
        if outcome.error is not None:
            queued.future.set_exception(outcome.error)
        else:
            queued.future.set_result(outcome.value)


def failed(error: Exception) -> Outcome:
    """Return a failure of its own for one of several units that `error` struck at once."""
    kind = type(error) if isinstance(error, DatabaseBusy | IntegrityError) else StorageFault
    failure = kind(str(error))
    failure.__cause__ = error
    return Outcome(error=failure)
