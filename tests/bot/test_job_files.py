"""Jobs come in from files: our own columns strictly, sheets as people write them, all or none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from bot.job_files import read_jobs
from bot.tables import BadRows
from core.site import Site

SITE = Site(ZoneInfo("Europe/London"), "http://localhost", ladder=("Car", "Van"))
NOW = datetime(2027, 1, 26, 9, tzinfo=UTC)


def written(folder: Path, name: str, *rows: tuple[object, ...]) -> Path:
    path = folder / name
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("\n".join(";".join(map(str, row)) for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["jobs.csv", "jobs.tsv", "jobs.xlsx"])
def test_a_sheet_that_people_keep_is_brought_in(tmp_path: Path, name: str) -> None:
    path = written(
        tmp_path,
        name,
        ("Job no", "Collect from", "Deliver to", "When", "Vehicle", "Colour"),
        ("A-1", "Leeds", "York", "Fri 29 Jan 2pm", "van", "red"),
    )
    (draft,), warnings = read_jobs(path, SITE, NOW)
    assert (draft.sheet_job_id, draft.origin, draft.vehicle_type) == ("A-1", "Leeds", "Van")
    assert draft.pickup_at == datetime(2027, 1, 29, 14, tzinfo=UTC)
    assert warnings == ["unknown field 'Colour' was left out"]


@pytest.mark.parametrize("name", ["jobs.csv", "jobs.xlsx"])
def test_one_wrong_row_of_a_sheet_and_none_is_taken(tmp_path: Path, name: str) -> None:
    path = written(
        tmp_path,
        name,
        ("Ref", "From", "To", "Date"),
        ("A-1", "Leeds", "York", "29/01/2027"),
        ("A-2", "Leeds", "York", "31/02/2027"),
        ("", "Leeds", "York", ""),
        ("A-4", "Leeds", "", ""),
    )
    with pytest.raises(BadRows) as bad:
        read_jobs(path, SITE, NOW)
    assert [row.partition(":")[0] for row in bad.value.rows] == ["row 2", "row 3", "row 4"]


def test_a_sheet_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRows, match="no header"):
        read_jobs(written(tmp_path, "jobs.xlsx", ("A-1", "Leeds", "York")), SITE, NOW)


def test_our_own_columns_are_held_to_the_forms_of_the_api(tmp_path: Path) -> None:
    path = tmp_path / "jobs.csv"
    path.write_text("sheet_job_id,pickup_date\nA-1,tomorrow\n", encoding="utf-8")
    with pytest.raises(BadRows, match="row 1: pickup: the date 'tomorrow' cannot be read"):
        read_jobs(path, SITE, NOW)
