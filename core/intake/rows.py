"""Open this for how rows of cells become jobs: below a header, or with labels before values."""

from __future__ import annotations

from collections.abc import Sequence

from core.intake.field_names import field_of
from core.intake.values import Description, Said

Cells = Sequence[Sequence[str]]
HEADER_WITHIN = 10  # rows; titles may stand above it
MOST_ROWS = 1_000
MOST_COLUMNS = 60
_PLACES = {"origin", "destination", "pickup", "reference"}


def read_rows(rows: Cells) -> list[Description]:
    """Return the jobs of a table; none when its columns or labels are not those of jobs."""
    cells = [[cell.strip() for cell in row[:MOST_COLUMNS]] for row in rows[:MOST_ROWS]]
    for number, row in enumerate(cells[:HEADER_WITHIN]):
        if _is_header(row):
            below = (_under(row, values) for values in cells[number + 1 :] if any(values))
            return [job for job in below if job is not None]
    return _labelled(cells)


def count_names(rows: Cells) -> int:
    """Return how many fields the best header among the first rows names."""
    return max((len(_fields(row)) for row in rows[:HEADER_WITHIN]), default=0)


def _fields(row: Sequence[str]) -> set[str]:
    return {known for cell in row if cell and (known := field_of(cell))}


def _is_header(row: Sequence[str]) -> bool:
    fields = _fields(row)
    filled = [cell for cell in row if cell]
    return len(fields) > 1 and bool(fields & _PLACES) and 2 * len(fields) >= len(filled)


def _under(header: Sequence[str], values: Sequence[str]) -> Description | None:
    if _fields(values) and _is_header(values):
        return None  # the header again, on the next page
    named = zip(header, values, strict=False)
    said = tuple(Said(name, value) for name, value in named if name and value)
    nameless = [value for name, value in zip(header, values, strict=False) if value and not name]
    return Description(said, (*nameless, *filter(None, values[len(header) :])))


def _labelled(rows: Cells) -> list[Description]:
    """Read a label and a value a row, or several such pairs; a new reference begins a new job."""
    jobs: list[Description] = []
    said: list[Said] = []
    for row in rows:
        for name, value in zip(row[::2], row[1::2], strict=False):
            if not name or not value:
                continue
            again = any(field_of(fact.name) == "reference" for fact in said)
            if again and field_of(name) == "reference":
                jobs.append(Description(tuple(said)))
                said = []
            said.append(Said(name, value))
    jobs.append(Description(tuple(said)))
    return [job for job in jobs if len({field_of(fact.name) for fact in job.said} - {None}) > 1]
