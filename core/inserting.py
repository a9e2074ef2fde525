"""Open this for how many rows are inserted at once, with few statements and few shapes of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from core.runner import Unit

MOST = 32  # rows in a statement: with 64 it takes SQLite thrice as long to prepare it
FEW = 3


async def insert_many(
    unit: Unit, table: str, key: str, names: tuple[str, ...], rows: Sequence[Sequence[object]]
) -> list[int]:
    """Insert rows of these columns, 32, 16, 8 … in a statement; return their ids in that order.

    What SQLite is to return, it first puts aside: an offer took 10 µs so and 8 without. Of more
    than a few, its last id tells the others by a statement of its own, because nobody else inserts
    meanwhile and ids are given one by one.
    """
    ids: list[int] = []
    while len(ids) < len(rows):
        left = len(rows) - len(ids)
        some = rows[len(ids) : len(ids) + min(MOST, 1 << left.bit_length() - 1)]
        sql, values = _insert(table, names, len(some)), chain.from_iterable(some)
        if unit.dialect == "sqlite" and len(some) > FEW:
            await unit.execute(sql, *values)
            last = (await unit.records("SELECT last_insert_rowid()"))[0][0]
            ids += range(last - len(some) + 1, last + 1)
        else:
            found = await unit.records(f"{sql} RETURNING {key}", *values)
            ids += sorted(record[0] for record in found)
    return ids


@lru_cache(maxsize=64)
def _insert(table: str, names: tuple[str, ...], rows: int) -> str:
    marks = [f"${number}" for number in range(1, len(names) * rows + 1)]
    width = range(0, len(marks), len(names))
    values = ", ".join(f"({', '.join(marks[n : n + len(names)])})" for n in width)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {values}"
