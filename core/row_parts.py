"""Open this for rows read in part: the few columns that a statement over several tables needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from tortoise.models import Model

from core.columns import Reader, reader_of

ModelT = TypeVar("ModelT", bound=Model)
_STORED = {"_custom_generated_pk": False, "_saved_in_db": True}


class _Texts(dict[str, object]):
    """What texts mean, each of them read once."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def __missing__(self, text: str) -> object:
        value = self[text] = self._read(text)
        return value


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
        return self._row(self.read(values))

    def rows(self, found: Iterable[Iterable[object]]) -> list[ModelT]:
        """Return the rows that were read as `columns`."""
        return [self._row(self.read(values)) for values in found]

    def rows_alike(self, found: Iterable[Iterable[object]]) -> list[ModelT]:
        """Do what `rows` does for rows that nobody changes in part, of which many are alike.

        Equal texts are read once and shared: a hundred jobs with one policy took 5 µs each so,
        9 with three texts of JSON read for each (`thread_time`).
        """
        columns: list[Sequence[object]] = [*zip(*found, strict=True)]
        for name, read in self._readers if columns else ():
            place, texts = self._names.index(name), _Texts(read)
            columns[place] = [
                texts[v] if isinstance(v, str) else v if v is None else read(v)
                for v in columns[place]
            ]
        return [
            self._row(zip(self._names, values, strict=True))
            for values in zip(*columns, strict=True)
        ]

    def read(self, values: Iterable[object]) -> dict[str, object]:
        """Return the columns by name, as they are meant."""
        known: dict[str, object] = dict(zip(self._names, values, strict=True))
        for name, read in self._readers:
            value = known[name]
            if value is not None:
                known[name] = read(value)
        return known

    def _row(self, known: Mapping[str, object] | Iterable[tuple[str, object]]) -> ModelT:
        row = self._model.__new__(self._model)
        is_now = row.__dict__
        is_now.update(known)
        is_now.update(_STORED)
        is_now["_partial"], is_now["_await_when_save"] = self._is_partial, {}
        return row

    @cached_property
    def _readers(self) -> tuple[tuple[str, Reader], ...]:
        """Return how the columns are read that the driver does not return as they are meant."""
        kinds = self._model._meta.fields_map  # noqa: SLF001 - Tortoise shows that nowhere else
        found = ((name, reader_of(kinds[name])) for name in self._names)
        return tuple((name, read) for name, read in found if read is not None)
