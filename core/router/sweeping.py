"""Going through a whole table without holding anybody up: found by reads, cleared bit by bit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.models import InboxEntry, OutboxMessage
from core.runner import Unit
from core.work import Work

STEP = 2_000  # ids looked at by one read, and at most cleared by one unit of work


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows of `table` that meet `condition`, and what becomes of them.

    The condition is SQL over `row`, with `params` from $3 on; cleared rows meet it no more.
    """

    table: str
    condition: str
    params: tuple[Any, ...]
    clear: Callable[[Work, list[int]], Awaitable[None]]

    async def ends(self, unit: Unit) -> tuple[int, int]:
        """Return the lowest and the highest id of the table; (0, 0) when it is empty."""
        rows = await unit.rows(
            f"SELECT COALESCE(MIN(id), 0) AS low, COALESCE(MAX(id), 0) AS high FROM {self.table}"
        )
        return (rows[0]["low"], rows[0]["high"])

    async def find(self, unit: Unit, low: int, high: int) -> list[int]:
        """Return the ids that meet the condition, from `low` up to, not including, `high`."""
        rows = await unit.rows(
            f"SELECT row.id FROM {self.table} AS row WHERE row.id >= $1 AND row.id < $2"
            f" AND {self.condition} ORDER BY row.id",
            low,
            high,
            *self.params,
        )
        return [row["id"] for row in rows]


async def empty_entries(work: Work, ids: list[int]) -> None:
    """Erase what inbox entries say and who sent them; that they came stays."""
    await InboxEntry.filter(id__in=ids).update(payload=b"", handle=None, answer=None)


async def empty_messages(work: Work, ids: list[int]) -> None:
    """Erase what outbox messages said and to which handle; that they were sent stays."""
    await OutboxMessage.filter(id__in=ids).update(facts={}, handle="", receipt=None)
