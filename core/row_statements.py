"""Open this for the SQL that rows are read and written by: made once for each shape, then kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache


class RowStatements:
    """Statements about one table."""

    def __init__(self, table: str, key: str, names: Sequence[str]) -> None:
        self._table = table
        self._returning = f" RETURNING {key}"
        self._columns = ", ".join(names)
        self._made: dict[object, str] = {}

    def select(self, where: str) -> str:
        """Return the SELECT of whole rows."""
        sql = self._made.get(where)
        if sql is None:
            sql = self._made[where] = f"SELECT {self._columns} FROM {self._table} WHERE {where}"
        return sql

    def insert_plainly(self, names: tuple[str, ...], on_conflict: str) -> str:
        """Return the INSERT of one row that returns nothing."""
        return self.insert(names, on_conflict).removesuffix(self._returning)

    def insert(self, names: tuple[str, ...], on_conflict: str = "", rows: int = 1) -> str:
        """Return the INSERT of so many rows; it returns their keys."""
        sql = self._made.get((names, on_conflict, rows))
        if sql is None:
            marks = [f"${number}" for number in range(1, len(names) * rows + 1)]
            width = range(0, len(marks), len(names))
            values = ", ".join(f"({', '.join(marks[n : n + len(names)])})" for n in width)
            sql = self._made[names, on_conflict, rows] = (
                f"INSERT INTO {self._table} ({', '.join(names)}) VALUES {values}"
                f" {on_conflict}{self._returning}"
            )
        return sql

    def update(self, where: str, given: int, names: tuple[str, ...], seeing: str = "") -> str:
        """Return the UPDATE that returns `seeing`; `where` has `given` values."""
        key = (where, names, seeing)
        sql = self._made.get(key)
        if sql is None:
            sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, start=given + 1))
            returning = f" RETURNING {seeing}" if seeing else ""
            sql = f"UPDATE {self._table} SET {sets} WHERE {where}{returning}"
            self._made[key] = sql
        return sql

    def update_whole(self, where: str, given: int, names: tuple[str, ...]) -> str:
        """Return the UPDATE of those columns that returns whole rows."""
        return self.update(where, given, names, self._columns)


@cache
def together(first: str, given: int, then: str) -> str:
    """Return one statement of PostgreSQL for two INSERTs, the first having `given` values.

    It returns what the second does, and of how many rows the first was.
    """
    shifted = re.sub(r"\$(\d+)", lambda mark: f"${int(mark[1]) + given}", then)
    return f"WITH first AS ({first}) {shifted}, (SELECT COUNT(*) FROM first)"
