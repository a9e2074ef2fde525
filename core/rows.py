"""Open this for statements on the hot paths: rows of a model without building a query each time.

The ORM's objects stay; only its query building is left out, which cost more than the database:
a YES in process took 2.9 ms with it (`make bench ROW=reply`). Conditions are SQL with `$1`, `$2`…
Names of columns come from the model, never from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from typing import Generic, TypeVar, cast

from tortoise import fields
from tortoise.models import MetaInfo, Model

from core.columns import Reader, as_json, reader_of
from core.inserting import insert_many
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
from core.row_statements import RowStatements
from core.runner import Record, Unit

ModelT = TypeVar("ModelT", bound=Model)


class Rows(Generic[ModelT]):
    """The rows of one model. Statements are made once for each shape and kept."""

    def __init__(self, model: type[ModelT]) -> None:
        self._model = model
        self._readers: dict[tuple[str, ...], Sequence[tuple[str, Reader]]] = {}

    async def first(self, unit: Unit, where: str, *values: object) -> ModelT | None:
        """Return the first row that fits, None when there is none."""
        found = await unit.records(self._sql.select(where), *values)
        return self._row(found[0]) if found else None

    async def one(self, unit: Unit, where: str, *values: object) -> ModelT:
        """Return the first row that fits; LookupError when there is none."""
        row = await self.first(unit, where, *values)
        if row is None:
            raise LookupError(f"no row of {self._table} fits")
        return row

    async def all(self, unit: Unit, where: str, *values: object) -> list[ModelT]:
        """Return every row that fits; `where` may end with an ORDER BY."""
        return [self._row(found) for found in await unit.records(self._sql.select(where), *values)]

    async def has(self, unit: Unit, where: str, *values: object) -> bool:
        """Tell whether a row fits."""
        return bool(
            await unit.records(f"SELECT 1 FROM {self._table} WHERE {where} LIMIT 1", *values)
        )

    async def insert(self, unit: Unit, **columns: object) -> int:
        """Insert a row and return its id; IntegrityError when a constraint refuses it."""
        values = {**self._defaults(), **columns}
        found = await unit.records(self._sql.insert(tuple(values)), *self._stored(values))
        return cast(int, found[0][0])

    async def insert_all(self, unit: Unit, rows: Sequence[dict[str, object]]) -> list[int]:
        """Insert rows of the same columns; return their ids in that order."""
        if not rows:
            return []
        if any(self._given):
            rows = [{**self._defaults(), **row} for row in rows]
        values = [self._stored(row) for row in rows]
        return await insert_many(unit, self._table, self._key, tuple(rows[0]), values)

    async def store_all(self, unit: Unit, rows: Sequence[ModelT]) -> None:
        """Insert rows made by `new` and give them their ids; IntegrityError as `insert`."""
        names = tuple(name for name in self._names if name != self._key)
        values = [self._stored({name: row.__dict__[name] for name in names}) for row in rows]
        ids = await insert_many(unit, self._table, self._key, names, values)
        for row, row_id in zip(rows, ids, strict=True):
            row.__dict__[self._key] = row_id

    async def insert_new(self, unit: Unit, row: ModelT) -> int | None:
        """Insert unless a unique index refuses it; return the new id, None when it is there."""
        sql, values = self.insertion(row)
        found = await unit.records(sql, *values)
        return cast(int, found[0][0]) if found else None

    def insertion(self, row: ModelT) -> tuple[str, list[object]]:
        """Return the statement by which `insert_new` inserts a row, and its values."""
        known = row.__dict__
        values = {name: known[name] for name in self._names}
        if values[self._key] is None:
            del values[self._key]
        return self._sql.insert(tuple(values), "ON CONFLICT DO NOTHING"), self._stored(values)

    def insertion_of_all(self, rows: Sequence[dict[str, object]]) -> tuple[str, list[object]]:
        """Return the statement by which `insert_all` inserts rows, and its values."""
        if any(self._given):
            rows = [{**self._defaults(), **row} for row in rows]
        values: list[object] = []
        for row in rows:
            values += self._stored(row)
        return self._sql.insert(tuple(rows[0]), rows=len(rows)), values

    async def change(self, unit: Unit, where: str, *values: object, **columns: object) -> int:
        """Update the rows that fit; return how many did. `where` counts its own `$1`…"""
        return await unit.execute(
            self._sql.update(where, len(values), tuple(columns)), *values, *self._stored(columns)
        )

    async def write(self, unit: Unit, row: ModelT, *names: str) -> None:
        """Write these columns of a stored row, all of them when none is named."""
        columns = {name: getattr(row, name) for name in names or self._names if name != self._key}
        await self.change(unit, f"{self._key} = $1", getattr(row, self._key), **columns)

    async def reread(self, unit: Unit, row: ModelT) -> None:
        """Make `row` what it is by now; LookupError when it is gone."""
        fresh = await self.one(unit, f"{self._key} = $1", getattr(row, self._key))
        row.__dict__.update({name: getattr(fresh, name) for name in self._names})

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
        names = reading or self._names
        sql = self._sql.update(where, len(values), tuple(columns), ", ".join(names))
        found = await unit.records(sql, *values, *self._stored(columns))
        return [self._row(record, names) for record in found]

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
        found = await unit.records(sql, *values, *self._stored(columns))
        if found:
            row.__dict__.update(self._read(found[0], self._names), _partial=False)
        return bool(found)

    async def change_one(
        self, unit: Unit, where: str, *values: object, seeing: str, **columns: object
    ) -> Record | None:
        """Update the row that fits and return what `seeing` then says; None when none fits.

        `seeing` is SQL, with the numbers of `where`; it spares the statements that would ask.
        """
        sql = self._sql.update(where, len(values), tuple(columns), seeing)
        found = await unit.records(sql, *values, *self._stored(columns))
        return found[0] if found else None

    def new(self, **columns: object) -> ModelT:
        """Return a row that is not stored yet, with the model's defaults."""
        row = self._model.__new__(self._model)
        row.__dict__.update(_STATE, _saved_in_db=False, _await_when_save={})
        row.__dict__.update(self._blank)
        row.__dict__.update(self._made_defaults(), **columns)
        return row

    def _row(self, record: Iterable[object], names: tuple[str, ...] | None = None) -> ModelT:
        row = self._model.__new__(self._model)
        row.__dict__.update(_STATE, _saved_in_db=True, _await_when_save={})
        row.__dict__.update(self._read(record, names or self._names))
        if names is not None and names is not self._names:
            row.__dict__["_partial"] = True
        return row

    def _read(self, record: Iterable[object], names: tuple[str, ...]) -> dict[str, object]:
        row: dict[str, object] = dict(zip(names, record, strict=True))
        for name, read in self._readers_of(names):
            value = row[name]
            if value is not None:
                row[name] = read(value)
        return row

    def _stored(self, columns: dict[str, object]) -> list[object]:
        if self._json.isdisjoint(columns):
            return list(columns.values())
        texts = {
            name: as_json(columns[name]) for name in self._json if columns.get(name) is not None
        }
        return list((columns | texts).values() if texts else columns.values())

    def _defaults(self) -> dict[str, object]:
        return {**self._given[0], **self._made_defaults()}

    def _made_defaults(self) -> dict[str, object]:
        return {name: make() for name, make in self._given[1].items()}

    @cached_property
    def _sql(self) -> RowStatements:
        return RowStatements(self._table, self._key, self._names)

    @property
    def _meta(self) -> MetaInfo:
        return self._model._meta  # noqa: SLF001 - Tortoise shows what a model is nowhere else

    @property
    def _table(self) -> str:
        return self._meta.db_table

    @property
    def _key(self) -> str:
        return self._meta.db_pk_column

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self._meta.fields_db_projection)

    def _readers_of(self, names: tuple[str, ...]) -> Sequence[tuple[str, Reader]]:
        """Return how the columns are read that the driver does not return as they are meant."""
        found = self._readers.get(names)
        if found is None:
            kinds = self._meta.fields_map
            readers = ((name, reader_of(kinds[name])) for name in names)
            found = self._readers[names] = [(n, read) for n, read in readers if read is not None]
        return found

    @cached_property
    def _blank(self) -> dict[str, object]:
        return {**dict.fromkeys(self._names), **self._given[0]}

    @cached_property
    def _json(self) -> frozenset[str]:
        kinds = self._meta.fields_map
        return frozenset(n for n in self._names if isinstance(kinds[n], fields.JSONField))

    @cached_property
    def _given(self) -> tuple[dict[str, object], dict[str, Callable[[], object]]]:
        kinds = self._meta.fields_map
        given = {n: kinds[n].default for n in self._names if kinds[n].default is not None}
        made = {name: default for name, default in given.items() if callable(default)}
        return {n: d for n, d in given.items() if n not in made}, made


_STATE = {"_partial": False, "_custom_generated_pk": False}
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
