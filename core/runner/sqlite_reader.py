"""A reader of a SQLite database: one snapshot a query, on a connection that cannot write."""

import sqlite3
from pathlib import Path
from queue import SimpleQueue

from tortoise.context import TortoiseContext

from core.runner.limits import Limits
from core.runner.sqlite_client import SyncSqliteClient
from core.runner.sqlite_driving import Queued, drive
from core.runner.sqlite_thread import SqliteThread
from core.runner.unit import Call, Outcome, Unit

Reads = SimpleQueue[Queued | None]


class Reader(SqliteThread):
    """Answers reads one after another until None comes; in WAL mode no writer can make it wait."""

    read_only = True

    def __init__(self, path: Path, reads: Reads, tortoise: TortoiseContext, limits: Limits) -> None:
        super().__init__(path, tortoise, limits)
        self._reads = reads

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def _serve(self, client: SyncSqliteClient) -> None:
        with self._taskless.instead():
            self._is_open()
            while (queued := self._reads.get()) is not None:
                self._deliver([(queued, self._answer(queued.call, client))])

    def _answer(self, call: Call, client: SyncSqliteClient) -> Outcome:
        try:
            client.command("BEGIN")
            outcome = drive(call, self._tortoise, client, Unit("sqlite", client, None))
            if client.transaction_open:
                client.command("ROLLBACK")
        except Exception as error:  # noqa: BLE001 - it is raised again where `read` is awaited
            return Outcome(error=error)
        return outcome
