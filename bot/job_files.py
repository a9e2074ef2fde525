"""Open this for the files that jobs are brought in from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.rows import job_draft
from bot.tables import SKILLS_APART, BadRows, drafts_of, read_rows
from core.drafts import JobDraft, JobReading
from core.intake import Attachment, read_attachment
from core.site import Site
from core.views import JobView
from web.forms import JobForm
from web.warnings import unknown_fields

KNOWN = frozenset(JobForm.model_fields)
OUR_KEY = b"sheet_job_id"
SETTLED = frozenset(JobView.__slots__) - KNOWN  # columns of an export that nobody brings in


def read_jobs(path: Path, site: Site, now: datetime) -> tuple[list[JobDraft], Sequence[str]]:
    """Return the jobs in a file, and a warning for each column that is left out.

    JSON, and CSV with a column `sheet_job_id`, are held to the names and forms of the API; other
    CSV, TSV and XLSX are read as people write them. BadRows lists every row that is wrong.
    """
    if _written_by_people(path):
        return _read_sheet(path, site, now)
    rows = read_rows(path, "jobs", _value)
    names = dict.fromkeys(name for row in rows for name in row if name not in KNOWN)
    warnings = unknown_fields([n for n in names if n not in SETTLED], KNOWN, SETTLED)
    known = [{name: row[name] for name in row if name in KNOWN} for row in rows]
    return drafts_of(known, lambda row: job_draft(row, site), "sheet_job_id"), warnings


def _written_by_people(path: Path) -> bool:
    match path.suffix.lower():
        case ".xlsx" | ".xlsm" | ".tsv":
            return True
        case ".csv":
            with path.open("rb") as file:
                return OUR_KEY not in file.readline(10_000)
        case _:
            return False


def _read_sheet(path: Path, site: Site, now: datetime) -> tuple[list[JobDraft], Sequence[str]]:
    try:
        sheet = Attachment(path.name, "", path.read_bytes())
    except OSError as error:
        raise BadRows(f"the file cannot be read: {error}") from error
    found = read_attachment(
        sheet, today=now, zone=site.zone, ladder=site.ladder, policies=site.policies
    )
    wrong = [
        f"row {number}: {why}"
        for number, reading in enumerate(found.readings, start=1)
        for why in _against(reading)
    ]
    if wrong or found.unread:
        raise BadRows(*found.unread, *wrong)
    warnings = [why for reading in found.readings for why in reading.warnings]
    return [reading.draft for reading in found.readings], list(dict.fromkeys(warnings))


def _against(reading: JobReading) -> Sequence[str]:
    """Return what keeps a row from being a job."""
    if reading.problems:
        return reading.problems
    if not reading.draft.sheet_job_id:
        return ["no reference: add a column Ref"]
    return [] if reading.complete else ["a job needs a place to collect and one to deliver"]


def _value(name: str, cell: str) -> object:
    """Return a cell as its column's kind."""
    if name == "skills":
        return [skill.strip() for skill in cell.split(SKILLS_APART)]
    return cell
