"""Open this for what a model says of its table: columns, key, defaults, how values are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tortoise import fields
from tortoise.models import Model

from core.columns import as_json
from core.runner.address import Dialect
from core.runner.values import sqlite_values

FEW = 8  # rows that are stored one by one: 5.8 µs for two, 7.6 column by column


class _Plan(NamedTuple):
    """What becomes of the columns of rows to store: places of some, defaults of those not given."""

    names: tuple[str, ...]
    json: tuple[int, ...]
    moments: tuple[int, ...]
    fixed: tuple[object, ...]
    made: tuple[Callable[[], object], ...]


class Shape:
    """The table of one model, as Tortoise knows it."""

    def __init__(self, model: type[Model]) -> None:
        meta = model._meta  # noqa: SLF001 - Tortoise shows what a model is nowhere else
        kinds = meta.fields_map
        self.table: str = meta.db_table
        self.key: str = meta.db_pk_column
        self.names = tuple(meta.fields_db_projection)
        self._json = frozenset(n for n in self.names if isinstance(kinds[n], fields.JSONField))
        self._moments = frozenset(
            n for n in self.names if isinstance(kinds[n], fields.DatetimeField)
        )
        given = {n: kinds[n].default for n in self.names if kinds[n].default is not None}
        self._made: dict[str, Callable[[], object]] = {
            name: default for name, default in given.items() if callable(default)
        }
        self._fixed = {name: value for name, value in given.items() if name not in self._made}
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self.blank: dict[str, object] = {**dict.fromkeys(self.names), **self._fixed}

    def stored(self, columns: Mapping[str, object]) -> list[object]:
        """Return the values as statements take them: JSON as text."""
        if self._json.isdisjoint(columns):
            return list(columns.values())
        texts = {
            name: as_json(columns[name]) for name in self._json if columns.get(name) is not None
        }
        return list({**columns, **texts}.values() if texts else columns.values())

    def stored_rows(
        self, rows: Sequence[Mapping[str, object]], dialect: Dialect
    ) -> tuple[tuple[str, ...], Sequence[Sequence[object]]]:
        """Return columns and rows, all of the same, as statements take them; defaults added."""
        if len(rows) > FEW:
            return self.stored_all(tuple(rows[0]), (row.values() for row in rows), dialect)
        whole = rows
        if self._fixed or self._made:
            whole = [{**self.defaults(), **row} for row in rows]
        return tuple(whole[0]), [self.stored(row) for row in whole]

    def stored_all(
        self, names: tuple[str, ...], rows: Iterable[Iterable[object]], dialect: Dialect
    ) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return columns and rows as statements take them: defaults added, JSON as text.

        Column by column, because few of them need anything: moments in rows mixed with all else
        made SQLite's client look at each of an expiry's 67 values in Python, 4 µs of it.
        """
        plan = self._plans.get(names) or self._plan(names)
        columns: list[Sequence[object]] = [*zip(*rows, strict=True)]
        for place in plan.json:
            columns[place] = [None if v is None else as_json(v) for v in columns[place]]
        if dialect == "sqlite":
            for place in plan.moments:
                columns[place] = sqlite_values(columns[place])
        amount = len(columns[0])
        columns += [[value] * amount for value in plan.fixed]
        columns += [[make() for _ in range(amount)] for make in plan.made]
        return plan.names, [*zip(*columns, strict=True)]

    def _plan(self, names: tuple[str, ...]) -> _Plan:
        fixed = {name: value for name, value in self._fixed.items() if name not in names}
        made = {name: make for name, make in self._made.items() if name not in names}
        plan = self._plans[names] = _Plan(
            names=(*names, *fixed, *made),
            json=tuple(place for place, name in enumerate(names) if name in self._json),
            moments=tuple(place for place, name in enumerate(names) if name in self._moments),
            fixed=tuple(fixed.values()),
            made=tuple(made.values()),
        )
        return plan

    def defaults(self) -> dict[str, object]:
        """Return the columns that have a value where none is given."""
        return {**self._fixed, **self.made_defaults()}

    def made_defaults(self) -> dict[str, object]:
        """Return those of them that are made anew for each row."""
        return {name: make() for name, make in self._made.items()}
