"""Open this for what a model says of its table: columns, key, defaults, how values are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tortoise import fields
from tortoise.models import Model

from core.columns import as_json


class Shape:
    """The table of one model, as Tortoise knows it."""

    def __init__(self, model: type[Model]) -> None:
        meta = model._meta  # noqa: SLF001 - Tortoise shows what a model is nowhere else
        kinds = meta.fields_map
        self.table: str = meta.db_table
        self.key: str = meta.db_pk_column
        self.names = tuple(meta.fields_db_projection)
        self._json = frozenset(n for n in self.names if isinstance(kinds[n], fields.JSONField))
        given = {n: kinds[n].default for n in self.names if kinds[n].default is not None}
        self._made: dict[str, Callable[[], object]] = {
            name: default for name, default in given.items() if callable(default)
        }
        self._fixed = {name: value for name, value in given.items() if name not in self._made}
        self.has_defaults = bool(given)
        self.blank: dict[str, object] = {**dict.fromkeys(self.names), **self._fixed}

    def stored(self, columns: Mapping[str, object]) -> list[object]:
        """Return the values as statements take them: JSON as text."""
        if self._json.isdisjoint(columns):
            return list(columns.values())
        texts = {
            name: as_json(columns[name]) for name in self._json if columns.get(name) is not None
        }
        return list({**columns, **texts}.values() if texts else columns.values())

    def defaults(self) -> dict[str, object]:
        """Return the columns that have a value where none is given."""
        return {**self._fixed, **self.made_defaults()}

    def made_defaults(self) -> dict[str, object]:
        """Return those of them that are made anew for each row."""
        return {name: make() for name, make in self._made.items()}
