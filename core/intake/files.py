"""Open this for jobs in attached files: CSV, TSV, XLSX and JSON, each within limits."""

from __future__ import annotations

import csv
import io
from itertools import islice

from core.intake.objects import NoJobs, read_json
from core.intake.rows import MOST_COLUMNS, MOST_ROWS, count_names, read_rows
from core.intake.sheets import sheets_of
from core.intake.values import Attachment, Description
from core.intake.wording import clean

LARGEST = 5_000_000  # bytes of a file
LARGEST_TEXT = 1_000_000  # characters of a text
_DELIMITERS = (",", ";", "\t", "|")
_FORMULA = ("=", "@", "-", "+")  # what begins a formula; our exports put ' before it
_KINDS = {
    **dict.fromkeys(("json", "application/json"), "json"),
    **dict.fromkeys(("csv", "tsv", "tab", "text/csv", "text/tab-separated-values"), "csv"),
    **dict.fromkeys(
        ("xlsx", "xlsm", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "xlsx",
    ),
}


def kind_of(attachment: Attachment) -> str | None:
    """Return json, csv or xlsx for a file that may hold jobs, by its name, else by its type."""
    ending = attachment.name.rpartition(".")[2].lower()
    content_type = attachment.content_type.partition(";")[0].strip().lower()
    return _KINDS.get(ending) or _KINDS.get(content_type)


def read_file(attachment: Attachment) -> list[Description]:
    """Return the jobs of a file, as they stand. Raises NoJobs, and nothing else."""
    if len(attachment.payload) > LARGEST:
        raise NoJobs(f"it is larger than {LARGEST // 1_000_000} MB")
    match kind_of(attachment):
        case "json":
            return read_json(_decoded(attachment.payload))
        case "csv":
            jobs = read_csv(_decoded(attachment.payload))
        case "xlsx":
            jobs = [job for sheet in sheets_of(attachment.payload) for job in read_rows(sheet)]
        case _:
            raise NoJobs("it is none of CSV, TSV, XLSX, JSON")
    if not jobs:
        raise NoJobs("it has no header that names columns such as Ref, From, To, Date")
    return jobs


def read_csv(text: str) -> list[Description]:
    """Return the jobs of a text of cells, parted by what makes the best header. Raises NoJobs."""
    best: list[list[str]] = []
    most = 1
    for delimiter in _DELIMITERS:
        rows = _cells(text, delimiter)
        if (names := count_names(rows)) > most:
            best, most = rows, names
    return read_rows(best)


def _cells(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(islice(reader, MOST_ROWS + 1))
    except csv.Error as error:
        if delimiter in text:
            raise NoJobs(f"its cells cannot be told apart: {error}") from None
        return []
    return [[_plain(cell) for cell in row[:MOST_COLUMNS]] for row in rows]


def _plain(cell: str) -> str:
    """Return a cell without the mark by which a sheet keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _decoded(payload: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, else what Windows writes."""
    if payload[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = payload.decode("utf-16", errors="replace")
    else:
        try:
            text = payload.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = payload.decode("cp1252", errors="replace")
    if len(text) > LARGEST_TEXT:
        raise NoJobs("it is longer than a million characters")
    return clean(text)
