"""The one writer of a SQLite database: many units of work, one COMMIT, answers only after it."""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from queue import Empty
from time import monotonic, sleep

from tortoise.exceptions import IntegrityError

from core.errors import DatabaseBusy, DispatchError, StorageFault
from core.runner.sqlite_client import SyncSqliteClient
from core.runner.sqlite_thread import Queued, SqliteThread
from core.runner.unit import Call, Outcome, Unit

log = logging.getLogger(__name__)

_SLICE_OF_WAITING_MS = 100
_PAUSE_SECONDS = 0.001  # for the faults that SQLite calls busy without having waited


class _TakenBackError(Exception):
    """SQLite ended the transaction while a unit ran in it."""


class Writer(SqliteThread):
    """Takes what is queued, gives each unit a savepoint, commits once, then answers.

    When SQLite takes the whole transaction back by itself, or a constraint fails only at COMMIT,
    the units of that batch are run again one by one, so that only the guilty one fails.
    """

    read_only = False
    _client: SyncSqliteClient

    def _prepare(self, connection: sqlite3.Connection) -> None:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise StorageFault(f"the database cannot be kept in WAL mode, only {mode!r}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What a savepoint may have to undo stays out of temporary files: a YES took 526 µs instead
        # of 569, 32 at once (units on copies of one database, taking turns).
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA busy_timeout={_SLICE_OF_WAITING_MS}")

    def _serve(self, client: SyncSqliteClient) -> None:
        self._client = client
        self._waiting: deque[Queued] = deque()
        self._ending = False
        self._alone = 0  # so many of those who wait are to have a transaction of their own
        while not self._ending or self._waiting:
            if not self._waiting:
                self._accept(self._queue.get())
            if self._waiting and self._begin():
                self._transact()

    def _accept(self, queued: Queued | None) -> None:
        if queued is None:
            self._ending = True
        else:
            self._waiting.append(queued)

    def _collect(self) -> None:
        try:
            while True:
                self._accept(self._queue.get_nowait())
        except Empty:
            return

    def _begin(self) -> bool:
        """Take the write lock, refusing those whose patience ends; return whether it is ours."""
        while self._waiting:
            try:
                self._client.command("BEGIN IMMEDIATE")
            except DatabaseBusy as busy:
                sleep(_PAUSE_SECONDS)
                self._collect()
                now = monotonic()
                self._refuse(
                    [queued for queued in self._waiting if queued.patient_until <= now], busy
                )
            except Exception as fault:  # noqa: BLE001 - whatever it is, those who wait are told
                self._roll_back()
                self._refuse(list(self._waiting), fault)
            else:
                return True
        return False

    def _refuse(self, batch: list[Queued], error: Exception) -> None:
        self._waiting = deque(queued for queued in self._waiting if queued not in batch)
        self._deliver([(queued, _failed(error)) for queued in batch])

    def _transact(self) -> None:
        """Run a batch inside the open transaction, commit it, then answer it."""
        batch: list[Queued] = []
        outcomes: list[Outcome] = []
        try:
            self._fill(batch, outcomes)
            self._client.command("COMMIT")
        except (_TakenBackError, IntegrityError) as error:
            self._roll_back()
            if len(batch) > 1:
                self._waiting.extendleft(reversed(batch))
                self._alone = len(batch)
                return
            if isinstance(error, IntegrityError) or outcomes[0].kept:
                outcomes = [_failed(error)]
        except Exception as error:  # noqa: BLE001 - nothing is acknowledged, whatever failed
            self._roll_back()
            outcomes = [_failed(error) for _ in batch]
        self._alone = max(0, self._alone - len(batch))
        self._deliver(list(zip(batch, outcomes, strict=True)))

    def _fill(self, batch: list[Queued], outcomes: list[Outcome]) -> None:
        """Run what waits, one unit after another, until the batch is full or late."""
        most = 1 if self._alone else self._limits.batch_units
        until = monotonic() + self._limits.batch_seconds
        while self._waiting and len(batch) < most:
            batch.append(self._waiting.popleft())
            outcomes.append(self._attempt(batch[-1].call))
            if not self._client.transaction_open:
                raise _TakenBackError("the database took the transaction back by itself")
            if monotonic() > until:
                return
            if not self._waiting:
                self._collect()

    def _attempt(self, call: Call) -> Outcome:
        """Run one unit in its savepoint; keep what it wrote or undo it."""
        calls: list[Callable[[], None]] = []
        self._client.command("SAVEPOINT unit")
        outcome = self._drive(call, self._client, Unit("sqlite", self._client, calls))
        if self._client.transaction_open:
            if not outcome.kept:
                self._client.command("ROLLBACK TO unit")
            self._client.command("RELEASE unit")
        return Outcome(outcome.value, outcome.error, calls, True) if outcome.kept else outcome

    def _roll_back(self) -> None:
        try:
            if self._client.transaction_open:
                self._client.command("ROLLBACK")
        except DispatchError as error:
            log.warning("runner.rollback_failed reason=%s", error)


def _failed(error: Exception) -> Outcome:
    """Return a failure of its own for one of several units that `error` struck at once."""
    kind = type(error) if isinstance(error, DatabaseBusy | IntegrityError) else StorageFault
    failure = kind(str(error))
    failure.__cause__ = error
    return Outcome(error=failure)
