"""Open this for rows read in part: the few columns that a statement over several tables needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar

from tortoise.models import Model

from core.columns import Reader, reader_of

ModelT = TypeVar("ModelT", bound=Model)


class Part(Generic[ModelT]):
    """Some columns of a model. A row made of them has no others: AttributeError tells."""

    def __init__(self, model: type[ModelT], *names: str, is_partial: bool = True) -> None:
        self._model = model
        self._names = names
        self._is_partial = is_partial

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self._names)

    def columns(self, alias: str = "") -> str:
        """Return them for a statement in which the table goes by that name."""
        return ", ".join(f"{alias}.{name}" if alias else name for name in self._names)

    def row(self, values: Iterable[object]) -> ModelT:
        """Return the row that was read as `columns`."""
        row = self._model.__new__(self._model)
        row.__dict__.update(self.read(values))
        row.__dict__.update(
            _partial=self._is_partial,
            _custom_generated_pk=False,
            _saved_in_db=True,
            _await_when_save={},
        )
        return row

    def read(self, values: Iterable[object]) -> dict[str, object]:
        """Return the columns by name, as they are meant."""
        known: dict[str, object] = dict(zip(self._names, values, strict=True))
        for name, read in self._readers:
            value = known[name]
            if value is not None:
                known[name] = read(value)
        return known

    @cached_property
    def _readers(self) -> tuple[tuple[str, Reader], ...]:
        """Return how the columns are read that the driver does not return as they are meant."""
        kinds = self._model._meta.fields_map  # noqa: SLF001 - Tortoise shows that nowhere else
        found = ((name, reader_of(kinds[name])) for name in self._names)
        return tuple((name, read) for name, read in found if read is not None)
