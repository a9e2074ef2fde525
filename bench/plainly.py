"""Open this for the other side: hand-written statements, committed by the drivers alone.

Statements and their values are made before the time is taken, so this side does nothing but
talk to the database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg

from bench.databases import sqlite_value
from bench.measure import share_out
from bench.rows import Row

Statement = tuple[str, tuple[Any, ...]]
Transaction = Sequence[Statement]


def insert(table: str, row: Row) -> Statement:
    """Return the INSERT of one row."""
    marks = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    return _once(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"), tuple(row.values())


def update(table: str, row_id: int, changes: Row, *, status: str | None = None) -> Statement:
    """Return the UPDATE of one row, compared and set where it has a status."""
    columns = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=2))
    sql = f"UPDATE {table} SET {columns} WHERE id = $1"
    if status is not None:
        sql += f" AND status = '{status}'"
    return _once(sql), (row_id, *changes.values())


def commit_sqlite(path: Path, work: Sequence[Transaction], *, per_commit: int = 1) -> float:
    """Run the work with the standard library, so much of it per COMMIT; return the seconds."""
    ready = [[(s.replace("$", "?"), tuple(map(sqlite_value, v))) for s, v in t] for t in work]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        began = perf_counter()
        for start in range(0, len(ready), per_commit):
            connection.execute("BEGIN IMMEDIATE")
            for transaction in ready[start : start + per_commit]:
                for sql, values in transaction:
                    touched = connection.execute(sql, values).rowcount
                    assert touched == 1, sql
            connection.execute("COMMIT")
        return perf_counter() - began


async def commit_postgres(
    pool: asyncpg.Pool, work: Sequence[Transaction], *, at_once: int
) -> float:
    """Run the work with asyncpg, one COMMIT each, so many at a time; return the seconds."""

    async def commit(transaction: Transaction) -> None:
        async with pool.acquire() as connection, connection.transaction():
            for sql, values in transaction:
                assert (await connection.execute(sql, *values)).endswith(" 1"), sql

    return await share_out(commit, work, at_once)


@lru_cache(maxsize=100)
def _once(sql: str) -> str:
    """Return the same object for the same text, as a program's constant would be."""
    return sql
