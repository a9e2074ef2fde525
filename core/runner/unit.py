"""What a unit of work is given, and how it takes back what it wrote."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Protocol

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext

from core.runner.address import Dialect


class Abandon(Exception):
    """Raise inside a unit after a write: the unit is rolled back and `run` returns `value`."""

    def __init__(self, value: object = None) -> None:
        super().__init__(value)
        self.value = value


class Record(Protocol):
    """One row of either database: its values in order, or by the names of its columns."""

    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, key: int | str | slice, /) -> Any: ...
    def keys(self) -> Iterable[str]: ...


class Statements(Protocol):
    """The raw statements that both databases' clients offer to a unit."""

    async def touch(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement; return the number of rows it touched."""

    async def touch_each(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement with each row's values; return how many rows all of it touched."""

    async def fetch(self, sql: str, values: Sequence[object]) -> Sequence[Record]:
        """Run one statement; return its rows."""


class Unit:
    """A unit of work's hold on its own transaction: raw statements, and what follows a commit.

    Tortoise models need no handle: inside a unit they use the same transaction.
    """

    __slots__ = ("_calls", "_statements", "dialect")

    def __init__(
        self,
        dialect: Dialect,
        statements: Statements,
        calls: list[Callable[[], None]] | None,
    ) -> None:
        self.dialect: Dialect = dialect
        self._statements = statements
        self._calls = calls

    async def execute(self, sql: str, *params: object) -> int:
        """Run one statement written with `$1`, `$2`…; return how many rows it touched."""
        return await self._statements.touch(sql, params)

    async def execute_each(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement for each row of values; return how many rows they touched in all."""
        return await self._statements.touch_each(sql, rows)

    async def rows(self, sql: str, *params: object) -> list[dict[str, Any]]:
        """Run one statement and return its rows, also those of `UPDATE … RETURNING`.

        SQLite's datetimes come back as text: read both databases' with `as_utc`.
        """
        return [dict(row) for row in await self._statements.fetch(sql, params)]

    async def records(self, sql: str, *params: object) -> Sequence[Record]:
        """Run one statement and return its rows as the driver made them."""
        return await self._statements.fetch(sql, params)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` called once after COMMIT, in the event loop's thread; not after a rollback.

        Raises RuntimeError in a read, which commits nothing.
        """
        if self._calls is None:
            raise RuntimeError("a read commits nothing: nothing can follow its commit")
        self._calls.append(call)


class _Alone:
    """Marks a call that is to have a unit of its own."""


ALONE = _Alone()


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """One unit of work for several calls of a kind: those that wait with the same Joint.

    `unit` gets what each call was given, in order, and returns a value for each; ALONE for one
    that runs by itself after it. When it is undone, for whatever reason, all of them do.
    """

    unit: Callable[[Unit, Sequence[Any]], Awaitable[Sequence[object]]]


@dataclass(slots=True, eq=False)
class Call:
    """One call of a runner: the function, its arguments, the caller's context variables."""

    function: Callable[..., Awaitable[object]]
    args: tuple[object, ...]
    kwargs: dict[str, object]
    is_long: bool = False
    joint: Joint | None = None
    given: object = None
    context: Context = field(default_factory=copy_context)

    async def begin(self, unit: Unit) -> object:
        """Call the function with its unit and return its value."""
        return await self.function(unit, *self.args, **self.kwargs)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a unit of work ended: a value, or an error, and the calls owed once it is committed."""

    value: object = None
    error: BaseException | None = None
    calls: Sequence[Callable[[], None]] = ()
    kept: bool = False


def enter(tortoise: TortoiseContext, client: BaseDBAsyncClient) -> None:
    """Make `client` the connection of every Tortoise model in the current context, for good.

    Called only in a context that ends with the unit of work, so nothing is ever reset.
    """
    tortoise.__enter__()
    tortoise.connections.set(client.connection_name, client)
