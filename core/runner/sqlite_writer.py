"""The one writer of a SQLite database: many units of work, one COMMIT, answers only after it."""

import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep

from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError

from core.errors import DatabaseBusy, DispatchError, StorageFault
from core.runner.limits import Limits
from core.runner.sqlite_batch import Batch, TakenBackError, next_of
from core.runner.sqlite_client import SyncSqliteClient
from core.runner.sqlite_driving import Queued, answer, failed
from core.runner.sqlite_thread import SqliteThread
from core.runner.unit import Outcome

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.005  # between two looks at a lock that another process holds

Answers = Sequence[tuple[Queued, Outcome]]


class Writer(SqliteThread):
    """Takes what is queued, gives each unit a savepoint, commits once, then answers.

    Short units run on the event loop's own thread: two threads that each let go of the
    interpreter at every statement cost more than the statements (a YES over HTTP took 1.25 ms
    for 0.83 of the processor). The thread beside it does what waits: COMMIT, a lock that another
    process holds, and units that are long. One side has the connection at a time.

    When the whole transaction is lost - SQLite took it back by itself, a constraint failed only at
    COMMIT, a statement held the loop too long - the units of that batch are run again one by one,
    in the thread, so that only the guilty one fails.
    """

    read_only = False
    _client: SyncSqliteClient

    def __init__(self, path: Path, tortoise: TortoiseContext, limits: Limits) -> None:
        super().__init__(path, tortoise, limits)
        self._queue: SimpleQueue[Queued] = SimpleQueue()
        self._steps: SimpleQueue[Callable[[], Answers] | None] = SimpleQueue()
        self._waiting: deque[Queued] = deque()  # taken from the queue by the side that works
        self._at_work = False
        self._ending = False
        self._alone = 0  # so many of those who wait are to have a transaction of their own

    def put(self, queued: Queued) -> None:
        """Take a call; it is answered after the COMMIT that keeps it."""
        self._queue.put(queued)
        self._set_to_work()

    def end(self) -> None:
        """Finish what was taken, then close the connection."""
        self._ending = True
        self._set_to_work()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise StorageFault(f"the database cannot be kept in WAL mode, only {mode!r}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # What a savepoint may have to undo stays out of temporary files: a YES took 526 µs instead
        # of 569, 32 at once (units on copies of one database, taking turns).
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA busy_timeout=0")  # who waits for a lock is decided here

    def _serve(self, client: SyncSqliteClient) -> None:
        self._client = client
        self._is_open()
        while (step := self._steps.get()) is not None:
            self._tell(self._done, step())

    def _set_to_work(self) -> None:
        if not self._at_work:
            self._at_work = True
            self._loop.call_soon(self._gather, 0, monotonic() + self._limits.loop_seconds)

    def _gather(self, known: int, until: float) -> None:
        """On the loop: wait a turn while each brings more, which then share a COMMIT.

        No transaction is open meanwhile: whatever holds up the loop holds up no other process.
        """
        waiting = self._queue.qsize() + len(self._waiting)
        if waiting > known and monotonic() < until:
            self._loop.call_soon(self._gather, waiting, until)
        else:
            self._turn()

    def _turn(self) -> None:
        """On the loop: give what waits a transaction, here or in the thread, or rest."""
        self._collect()
        if not self._waiting:
            self._at_work = False
            if self._ending:
                self._steps.put(None)
        elif self._alone or self._waiting[0].call.is_long or not self._begin_at_once():
            self._steps.put(self._transact)
        else:
            batch = self._batch(self._limits.loop_seconds, on_loop=True)
            with self._client.in_haste(self._limits.loop_statement_seconds):
                self._fill(batch)
            self._steps.put(partial(self._end_batch, batch))

    def _done(self, answers: Answers) -> None:
        answer(answers)
        self._at_work = False
        self._set_to_work()

    def _collect(self) -> None:
        try:
            while True:
                self._waiting.append(self._queue.get_nowait())
        except Empty:
            return

    def _transact(self) -> Answers:
        """In the thread: wait for the lock, run a batch, commit it."""
        if not self._begin():
            return ()
        batch = self._batch(self._limits.batch_seconds, on_loop=False)
        self._fill(batch)
        return self._end_batch(batch)

    def _begin_at_once(self) -> bool:
        try:
            self._client.command("BEGIN IMMEDIATE")
        except DispatchError:
            return False  # the thread meets it again, and waits or tells
        return True

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

    def _refuse(self, impatient: list[Queued], error: Exception) -> None:
        if impatient:
            self._waiting = deque(queued for queued in self._waiting if queued not in impatient)
            self._deliver([(queued, failed(error)) for queued in impatient])

    def _batch(self, seconds: float, *, on_loop: bool) -> Batch:
        return Batch(self._client, self._tortoise, on_loop, monotonic() + seconds)

    def _fill(self, batch: Batch) -> None:
        """Run what waits, one unit after another, until the batch is full or late."""
        most = 1 if self._alone else self._limits.batch_units
        with self._taskless.instead():
            while self._waiting and len(batch.queued) < most:
                if batch.on_loop and self._waiting[0].call.is_long:
                    return
                batch.run(next_of(self._waiting, most - len(batch.queued)))
                if batch.fault is not None or monotonic() > batch.until:
                    return
                if not (self._waiting or batch.on_loop):
                    self._collect()

    def _end_batch(self, batch: Batch) -> Answers:
        """In the thread: commit what the batch wrote, or find out whose fault it is."""
        queued, outcomes = batch.queued, batch.outcomes
        try:
            self._commit(batch)
        except (TakenBackError, IntegrityError) as error:
            self._roll_back()
            if len(queued) > 1 or batch.on_loop:
                self._waiting.extendleft(reversed(queued))
                self._alone = max(self._alone, len(queued))
                return ()
            if isinstance(error, IntegrityError) or outcomes[0].kept:
                outcomes = [failed(error)]
        except Exception as error:  # noqa: BLE001 - nothing is acknowledged, whatever failed
            self._roll_back()
            outcomes = [failed(error) for _ in queued]
        self._alone = max(0, self._alone - len(queued))
        return list(zip(queued, outcomes, strict=True))

    def _commit(self, batch: Batch) -> None:
        if batch.fault is not None:
            raise batch.fault
        self._client.command("COMMIT")

    def _roll_back(self) -> None:
        try:
            if self._client.transaction_open:
                self._client.command("ROLLBACK")
        except DispatchError as error:
            log.warning("runner.rollback_failed reason=%s", error)
