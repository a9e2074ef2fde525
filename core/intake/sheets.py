"""Open this for the cells of an XLSX file, read within limits that its own sizes are held to."""

from __future__ import annotations

import io
import logging
import warnings
import zipfile
from datetime import date, datetime, time
from typing import Any

from core.intake.objects import NoJobs
from core.intake.rows import MOST_COLUMNS, MOST_ROWS
from core.intake.wording import clean

LARGEST_UNPACKED = 30_000_000  # bytes, of all parts together
MOST_PARTS = 500
MOST_SHEETS = 10
LONGEST_CELL = 20_000

log = logging.getLogger(__name__)


def sheets_of(payload: bytes) -> list[list[list[str]]]:
    """Return the rows of each visible sheet, cells as people would write them. Raises NoJobs."""
    try:
        _check_sizes(payload)
        return _read(payload)
    except NoJobs:
        raise
    except Exception as error:  # noqa: BLE001  # a damaged file fails in as many ways as there are
        log.debug("intake.sheet_unreadable", extra={"error": repr(error)})
        raise NoJobs("it is not a readable XLSX file") from None


def _check_sizes(payload: bytes) -> None:
    """Refuse a file that would unpack to much more than it is, or that defines entities."""
    with zipfile.ZipFile(io.BytesIO(payload)) as parts:
        entries = parts.infolist()
        if len(entries) > MOST_PARTS or sum(part.file_size for part in entries) > LARGEST_UNPACKED:
            raise NoJobs("it unpacks to more than 30 MB")
        for part in entries:
            if part.filename.endswith((".xml", ".rels")):
                with parts.open(part) as file:
                    if b"<!DOCTYPE" in file.read(4_096).upper():
                        raise NoJobs("it defines entities")


def _read(payload: bytes) -> list[list[list[str]]]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that no cell depends on
        book = load_workbook(io.BytesIO(payload), read_only=True, data_only=True)
        try:
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [_rows(sheet) for sheet in visible[:MOST_SHEETS]]
        finally:
            book.close()


def _rows(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()  # what a file says of its own size need not be true
    rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
    return [[_text(value) for value in row] for row in rows]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time.min:
            return f"{value:%Y-%m-%d}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case date():
            return f"{value:%Y-%m-%d}"
        case time():
            return f"{value:%H:%M}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return clean(str(value)[:LONGEST_CELL])
