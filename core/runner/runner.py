"""The runner as the rest of the program sees it, whatever the database."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from tortoise.context import get_current_context

from core.errors import StorageFault
from core.runner.address import Dialect
from core.runner.unit import Call, Joint, Outcome, Unit

if TYPE_CHECKING:
    from core.runner.bell import Bell

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Runner(ABC):
    """Runs units of work and reads; nothing else in the process reaches the database.

    A unit may be run a second time, from its start, when the database took its transaction back
    (deadlock, serialization, a full disk): it changes nothing outside the database except through
    `after_commit`, and awaits nothing but the database.
    """

    dialect: Dialect
    bell: "Bell | None" = None
    """Wakes the other processes on the database; without one they look once a second."""

    def __init__(self) -> None:
        self._closed = False

    async def run(
        self,
        unit: Callable[Concatenate[Unit, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one unit of work; return its value after COMMIT.

        A caller that is cancelled loses only the answer: the unit still runs to its end.
        What the unit raises is raised here after it was rolled back; `Abandon(value)` returns
        the value. Raises DatabaseBusy (nothing kept, may be tried again) and StorageFault
        (nothing acknowledged).
        """
        self._check()
        return cast(T, await self._run(Call(unit, args, kwargs)))

    async def run_long(
        self,
        unit: Callable[Concatenate[Unit, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do what `run` does for a unit that takes more than a few milliseconds.

        On SQLite it runs beside the event loop, which short units hold while they run.
        """
        self._check()
        return cast(T, await self._run(Call(unit, args, kwargs, is_long=True)))

    async def run_joined(
        self, joint: Joint, given: object, unit: Callable[[Unit], Awaitable[T]]
    ) -> T:
        """Do what `run` does for `unit`; on SQLite `joint` may stand in for it.

        It does when others that hold the same `joint` wait too; `given` is what it gets of this
        call, and its value for it is returned.
        """
        self._check()
        return cast(T, await self._run(Call(unit, (), {}, joint=joint, given=given)))

    async def read(
        self,
        query: Callable[Concatenate[Unit, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one query on a read-only snapshot and return its value; it never waits for writers.

        Raises RuntimeError for a write inside, DatabaseBusy and StorageFault as `run` does.
        """
        self._check()
        return cast(T, await self._read(Call(query, args, kwargs)))

    @abstractmethod
    async def close(self) -> None:
        """Finish what was accepted, then close every connection; later calls raise StorageFault."""

    @abstractmethod
    async def _run(self, call: Call) -> object: ...

    @abstractmethod
    async def _read(self, call: Call) -> object: ...

    def _check(self) -> None:
        if self._closed:
            raise StorageFault("the database is closed")
        if get_current_context() is not None:
            raise RuntimeError("a unit of work cannot start another: call its function instead")


def make_calls(call: Call, outcome: Outcome) -> None:
    """In the loop's thread, after COMMIT: make the calls owed, in the caller's context variables.

    An exception in one is logged; the work is committed and its caller is told so.
    """
    for owed in outcome.calls:
        try:
            call.context.run(owed)
        except Exception:
            log.exception("runner.after_commit_failed")
