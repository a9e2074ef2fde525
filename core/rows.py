"""Open this for statements on the hot paths: rows of a model without building a query each time.

The ORM's objects stay; only its query building is left out, which cost more than the database:
a YES in process took 2.9 ms with it (`make bench ROW=reply`). Conditions are SQL with `$1`, `$2`…
Names of columns come from the model, never from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import TypeVar

from tortoise.models import Model

from core.models import (
    Address,
    Agent,
    Alert,
    Coordinator,
    Event,
    InboxEntry,
    Job,
    Offer,
    OutboxMessage,
)
from core.new_rows import NewRows
from core.row_parts import Part
from core.runner import Record, Unit

ModelT = TypeVar("ModelT", bound=Model)


class Rows(NewRows[ModelT]):
    """The rows of one model. Statements are made once for each shape and kept."""

    def __init__(self, model: type[ModelT]) -> None:
        super().__init__(model)
        self._parts: dict[tuple[str, ...], Part[ModelT]] = {}

    async def first(self, unit: Unit, where: str, *values: object) -> ModelT | None:
        """Return the first row that fits, None when there is none."""
        found = await unit.records(self._sql.select(where), *values)
        return self._whole.row(found[0]) if found else None

    async def one(self, unit: Unit, where: str, *values: object) -> ModelT:
        """Return the first row that fits; LookupError when there is none."""
        row = await self.first(unit, where, *values)
        if row is None:
            raise LookupError(f"no row of {self._shape.table} fits")
        return row

    async def all(self, unit: Unit, where: str, *values: object) -> list[ModelT]:
        """Return every row that fits; `where` may end with an ORDER BY."""
        found = await unit.records(self._sql.select(where), *values)
        return self._whole.rows(found)

    async def has(self, unit: Unit, where: str, *values: object) -> bool:
        """Tell whether a row fits."""
        return bool(
            await unit.records(f"SELECT 1 FROM {self._shape.table} WHERE {where} LIMIT 1", *values)
        )

    async def change(self, unit: Unit, where: str, *values: object, **columns: object) -> int:
        """Update the rows that fit; return how many did. `where` counts its own `$1`…"""
        return await unit.execute(
            self._sql.update(where, len(values), tuple(columns)),
            *values,
            *self._shape.stored(columns),
        )

    async def change_each(
        self,
        unit: Unit,
        where: str,
        rows: Sequence[tuple[Sequence[object], Mapping[str, object]]],
    ) -> int:
        """Update by the same condition with other values for each, and columns of the same names.

        Return how many rows were.
        """
        given, columns = rows[0]
        sql = self._sql.update(where, len(given), tuple(columns))
        return await unit.execute_each(
            sql, [[*values, *self._shape.stored(columns)] for values, columns in rows]
        )

    async def write(self, unit: Unit, row: ModelT, *names: str) -> None:
        """Write these columns of a stored row, all of them when none is named."""
        columns = {
            name: getattr(row, name)
            for name in names or self._shape.names
            if name != self._shape.key
        }
        await self.change(unit, f"{self._shape.key} = $1", getattr(row, self._shape.key), **columns)

    async def reread(self, unit: Unit, row: ModelT) -> None:
        """Make `row` what it is by now; LookupError when it is gone."""
        fresh = await self.one(unit, f"{self._shape.key} = $1", getattr(row, self._shape.key))
        row.__dict__.update({name: getattr(fresh, name) for name in self._shape.names})

    async def change_all(
        self,
        unit: Unit,
        where: str,
        *values: object,
        reading: tuple[str, ...] | None = None,
        **columns: object,
    ) -> list[ModelT]:
        """Update the rows that fit; return them as they are afterwards, in no order.

        `reading`: the columns to read, by default all. See `complete`.
        """
        part = self._part(reading) if reading else self._whole
        sql = self._sql.update(where, len(values), tuple(columns), part.columns())
        found = await unit.records(sql, *values, *self._shape.stored(columns))
        return part.rows_alike(found) if reading else part.rows(found)

    async def complete(self, unit: Unit, row: ModelT) -> None:
        """Read what is missing of a row that was read in part."""
        if row._partial:  # noqa: SLF001 - Tortoise's own mark of such a row
            await self.reread(unit, row)
            row.__dict__["_partial"] = False

    async def move(
        self, unit: Unit, row: ModelT, where: str, *values: object, **columns: object
    ) -> bool:
        """Compare and set one row, and make `row` what it is afterwards; False when none fits.

        On SQLite nobody else writes between reading and writing, so nothing is read again.
        """
        if unit.dialect == "sqlite":
            fits = await self.change(unit, where, *values, **columns) > 0
            row.__dict__.update(columns if fits else {})
            return fits
        return await self.renew(unit, row, where, *values, **columns)

    async def renew(
        self, unit: Unit, row: ModelT, where: str, *values: object, **columns: object
    ) -> bool:
        """Do what `move` does, reading the whole row again: one that was read in part is whole."""
        sql = self._sql.update_whole(where, len(values), tuple(columns))
        found = await unit.records(sql, *values, *self._shape.stored(columns))
        if found:
            row.__dict__.update(self._whole.read(found[0]), _partial=False)
        return bool(found)

    async def change_one(
        self, unit: Unit, where: str, *values: object, seeing: str, **columns: object
    ) -> Record | None:
        """Update the row that fits and return what `seeing` then says; None when none fits.

        `seeing` is SQL, with the numbers of `where`; it spares the statements that would ask.
        """
        sql = self._sql.update(where, len(values), tuple(columns), seeing)
        found = await unit.records(sql, *values, *self._shape.stored(columns))
        return found[0] if found else None

    def _part(self, names: tuple[str, ...]) -> Part[ModelT]:
        part = self._parts.get(names)
        if part is None:
            part = self._parts[names] = Part(self._model, *names)
        return part

    @cached_property
    def _whole(self) -> Part[ModelT]:
        return Part(self._model, *self._shape.names, is_partial=False)


ADDRESSES = Rows(Address)
AGENTS = Rows(Agent)
ALERTS = Rows(Alert)
COORDINATORS = Rows(Coordinator)
ENTRIES = Rows(InboxEntry)
EVENTS = Rows(Event)
JOBS = Rows(Job)
MESSAGES = Rows(OutboxMessage)
OFFERS = Rows(Offer)


@cache
def rows_of(model: type[ModelT]) -> Rows[ModelT]:
    """Return the rows of any other model."""
    return Rows(model)
