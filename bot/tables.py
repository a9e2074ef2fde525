"""Open this for the files that rows are brought in from and taken out to: CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar

from bot.rows import BadRow

DraftT = TypeVar("DraftT")
Row = Mapping[str, Any]
SKILLS_APART = ";"
FORMULA = ("=", "@", "-", "+", "\t", "\r")  # what begins a formula in a spreadsheet


class BadRows(Exception):
    """Rows that cannot be taken: one line each."""

    def __init__(self, *rows: str) -> None:
        super().__init__(*rows)
        self.rows = rows


def read_rows(path: Path, name: str, value: Callable[[str, str], object]) -> Sequence[Row]:
    """Return the rows of a CSV or JSON file, `name` being the key they stand under in JSON.

    `value` turns a column's cell into what JSON would hold; an empty cell is not given.
    Raises BadRows.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return _json_rows(text, name)
        return _csv_rows(text, value)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        raise BadRows(f"the file cannot be read: {error}") from error


def drafts_of(rows: Iterable[Row], draft_of: Callable[[Row], DraftT], key: str) -> list[DraftT]:
    """Return every row's draft; BadRows lists each that is wrong or has the `key` of another."""
    drafts: list[DraftT] = []
    problems: list[str] = []
    first: dict[object, int] = {}
    for number, row in enumerate(rows, start=1):
        try:
            draft = draft_of(row)
        except BadRow as bad:
            problems.append(f"row {number}: {bad}")
            continue
        before = first.setdefault(getattr(draft, key), number)
        if before != number:
            problems.append(f"row {number}: {key}: stands in row {before} too")
        drafts.append(draft)
    if problems:
        raise BadRows(*problems)
    return drafts


def _csv_rows(text: str, value: Callable[[str, str], object]) -> Sequence[Row]:
    reader = csv.DictReader(text.splitlines(), restkey="cells without a column", strict=True)
    return [
        {name: value(name, _plain(cell)) for name, cell in row.items() if cell} for row in reader
    ]


def _plain(cell: str) -> str:
    """Return a cell without the mark by which an export keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _json_rows(text: str, name: str) -> Sequence[Row]:
    found = json.loads(text)
    rows = found.get(name) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f'it must hold a list of objects, or {{"{name}": [...]}}')
    return rows


def write_csv(columns: Sequence[str], rows: Iterable[Row], file: IO[str]) -> None:
    """Write rows under their columns; no text in them starts a formula in a spreadsheet."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = SKILLS_APART.join(str(item) for item in value)
    if isinstance(value, str) and value[:1] in FORMULA:
        is_number = value[1:].isdecimal()  # phone numbers
        return value if is_number else f"'{value}"
    return value
