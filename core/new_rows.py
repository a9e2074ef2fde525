"""Open this for how rows are made and inserted without building a query each time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Generic, TypeVar, cast

from tortoise.models import Model

from core.inserting import insert_many
from core.row_shape import Shape
from core.row_statements import RowStatements
from core.runner import Unit
from core.runner.address import Dialect

ModelT = TypeVar("ModelT", bound=Model)
_NEW = "ON CONFLICT DO NOTHING"
_UNSTORED = {"_partial": False, "_custom_generated_pk": False, "_saved_in_db": False}


class NewRows(Generic[ModelT]):
    """New rows of one model. Statements are made once for each shape and kept."""

    def __init__(self, model: type[ModelT]) -> None:
        self._model = model

    async def insert(self, unit: Unit, **columns: object) -> int:
        """Insert a row and return its id; IntegrityError when a constraint refuses it."""
        values = {**self._shape.defaults(), **columns}
        found = await unit.records(self._sql.insert(tuple(values)), *self._shape.stored(values))
        return cast(int, found[0][0])

    async def insert_all(self, unit: Unit, rows: Sequence[dict[str, object]]) -> list[int]:
        """Insert rows of the same columns; return their ids in that order."""
        if not rows:
            return []
        names, values = self._shape.stored_rows(rows, unit.dialect)
        return await insert_many(unit, self._shape.table, self._shape.key, names, values)

    async def store_all(self, unit: Unit, rows: Sequence[ModelT]) -> None:
        """Insert rows made by `new` and give them their ids; IntegrityError as `insert`."""
        names = tuple(name for name in self._shape.names if name != self._shape.key)
        read = itemgetter(*names)
        given = (read(row.__dict__) for row in rows)
        names, values = self._shape.stored_all(names, given, unit.dialect)
        ids = await insert_many(unit, self._shape.table, self._shape.key, names, values)
        for row, row_id in zip(rows, ids, strict=True):
            row.__dict__[self._shape.key] = row_id

    async def insert_new(self, unit: Unit, row: ModelT) -> int | None:
        """Insert unless a unique index refuses it; return the new id, None when it is there."""
        sql, values = self.insertion(row)
        found = await unit.records(sql, *values)
        return cast(int, found[0][0]) if found else None

    async def insert_each_new(self, unit: Unit, rows: Sequence[dict[str, object]]) -> int:
        """Insert rows of the same columns that no unique index refuses; return how many."""
        names, values = self._shape.stored_rows(rows, unit.dialect)
        return await unit.execute_each(self._sql.insert_plainly(names, _NEW), values)

    def insertion(self, row: ModelT) -> tuple[str, list[object]]:
        """Return the statement by which `insert_new` inserts a row, and its values."""
        known = row.__dict__
        values = {name: known[name] for name in self._shape.names}
        if values[self._shape.key] is None:
            del values[self._shape.key]
        return self._sql.insert(tuple(values), _NEW), self._shape.stored(values)

    def insertion_of_all(
        self, rows: Sequence[dict[str, object]], dialect: Dialect
    ) -> tuple[str, list[object]]:
        """Return the statement by which `insert_all` inserts rows, and its values."""
        names, values = self._shape.stored_rows(rows, dialect)
        return self._sql.insert(names, rows=len(rows)), [*chain.from_iterable(values)]

    def new(self, **columns: object) -> ModelT:
        """Return a row that is not stored yet, with the model's defaults."""
        row = self._model.__new__(self._model)
        known = row.__dict__
        known.update(self._blank)
        known.update(self._shape.made_defaults())
        known.update(columns)
        known["_await_when_save"] = {}
        return row

    @cached_property
    def _blank(self) -> dict[str, object]:
        """Return what a row is before it is told anything: 1.3 µs for a new one, 2.1 without."""
        return {**_UNSTORED, **self._shape.blank}

    @cached_property
    def _sql(self) -> RowStatements:
        return RowStatements(self._shape.table, self._shape.key, self._shape.names)

    @cached_property
    def _shape(self) -> Shape:
        return Shape(self._model)
