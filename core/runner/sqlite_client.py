"""Tortoise's SQLite client made synchronous: no method ever suspends, so nothing can interleave."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, NoReturn

from tortoise.backends.base.client import ConnectionWrapper, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import IntegrityError, OperationalError

from core.errors import DatabaseBusy, StorageFault
from core.runner.savepoint import Savepoint
from core.runner.values import sqlite_rows, sqlite_statement, sqlite_values

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FAULTS = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_REFUSED = (sqlite3.Error, OverflowError, UnicodeError)
_INSTRUCTIONS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000


class InterruptedBusy(DatabaseBusy):
    """A statement ran longer than statements may."""


def sqlite_fault(error: Exception) -> Exception:
    """Return what an error of the sqlite3 module is to the rest of the program."""
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return DatabaseBusy(f"another process holds the database: {error}")
    if code == sqlite3.SQLITE_INTERRUPT:
        return InterruptedBusy("a statement took too long and was interrupted")
    if code in _FAULTS:
        return StorageFault(f"the database could not be read or written: {error}")
    return OperationalError(error)


class SyncSqliteClient(SqliteClient):
    """A client on one open connection, used by one thread, inside the runner's transactions."""

    def __init__(
        self, connection: sqlite3.Connection, *, statement_seconds: float, read_only: bool = False
    ) -> None:
        super().__init__("", connection_name="sqlite")
        self._sqlite = connection
        self._statement_seconds = statement_seconds
        self._read_only = read_only
        self._deadline = 0.0
        connection.set_progress_handler(self._overdue, _INSTRUCTIONS_BETWEEN_LOOKS_AT_THE_CLOCK)

    @property
    def transaction_open(self) -> bool:
        """Whether the transaction still stands: SQLite ends it by itself on some faults."""
        return self._sqlite.in_transaction

    def command(self, statement: str) -> None:
        """Run one of the runner's own statements; raise DatabaseBusy or StorageFault."""
        self._run(statement, ())

    @contextmanager
    def in_haste(self, seconds: float) -> Iterator[None]:
        """Interrupt statements inside already after so many seconds."""
        usual, self._statement_seconds = self._statement_seconds, seconds
        try:
            yield
        finally:
            self._statement_seconds = usual

    async def steer(self, statement: str) -> None:
        """Run one statement that sets, keeps or undoes a savepoint."""
        self.command(statement)

    async def touch(self, sql: str, values: Sequence[object]) -> int:
        """Run one statement; return how many rows it touched, those of triggers not counted."""
        return self._counted(sqlite_statement(sql), sqlite_values(values))[0]

    async def touch_each(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement with each row's values; return how many rows all of it touched."""
        return self._many(sqlite_statement(sql), rows)

    async def fetch(self, sql: str, values: Sequence[object]) -> list[Any]:
        """Run one statement; return its rows."""
        return self._run(sqlite_statement(sql), sqlite_values(values))[1]

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        """Run Tortoise's INSERT; return the new row's id."""
        return self._run(query, sqlite_values(values))[0].lastrowid or 0

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run Tortoise's INSERT for every row of `values`."""
        self._many(query, values)

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Any]]:
        """Run Tortoise's query; return how many rows it touched or found, and the rows."""
        return self._counted(query, sqlite_values(values))

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """Run Tortoise's query; return its rows."""
        return [dict(row) for row in self._run(query, sqlite_values(values))[1]]

    async def execute_script(self, _query: str) -> NoReturn:
        """Refuse: sqlite3 commits before a script."""
        raise RuntimeError("a script commits by itself: it has no place in a unit of work")

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Refuse: aiosqlite has no part in this client."""
        raise RuntimeError("this client has no aiosqlite connection to hand out")

    def _in_transaction(self) -> TransactionContext:
        return Savepoint(self)

    def _run(self, sql: str, values: Sequence[Any]) -> tuple[sqlite3.Cursor, list[Any]]:
        self._deadline = monotonic() + self._statement_seconds
        try:
            cursor = self._sqlite.execute(sql, values)
            return cursor, cursor.fetchall()
        except _REFUSED as error:
            self._refuse(error)

    def _many(self, sql: str, rows: Sequence[Sequence[object]]) -> int:
        values = sqlite_rows(rows)
        self._deadline = monotonic() + self._statement_seconds
        try:
            return self._sqlite.executemany(sql, values).rowcount
        except _REFUSED as error:
            self._refuse(error)

    def _counted(self, sql: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
        before = self._sqlite.total_changes
        cursor, rows = self._run(sql, values)
        if cursor.rowcount >= 0:
            return cursor.rowcount, rows
        if self._sqlite.total_changes == before:
            return len(rows), rows
        changes: int = self._run("SELECT changes()", ())[1][0][0]
        return changes, rows

    def _refuse(self, error: Exception) -> NoReturn:
        code = getattr(error, "sqlite_errorcode", 0)
        if self._read_only and code == sqlite3.SQLITE_READONLY:
            raise RuntimeError("a read cannot write") from error
        raise sqlite_fault(error) from error

    def _overdue(self) -> bool:
        return monotonic() > self._deadline
