"""Open this for the files that jobs are brought in from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.rows import job_draft
from bot.tables import SKILLS_APART, drafts_of, read_rows
from core.drafts import JobDraft
from core.site import Site
from core.views import JobView
from web.forms import JobForm
from web.warnings import unknown_fields

KNOWN = frozenset(JobForm.model_fields)
SETTLED = frozenset(JobView.__slots__) - KNOWN  # columns of an export that nobody brings in


def read_jobs(path: Path, site: Site) -> tuple[list[JobDraft], Sequence[str]]:
    """Return the jobs in a CSV or JSON file, and a warning for each column that is left out.

    BadRows lists every row that is wrong.
    """
    rows = read_rows(path, "jobs", _value)
    names = dict.fromkeys(name for row in rows for name in row if name not in KNOWN)
    warnings = unknown_fields([n for n in names if n not in SETTLED], KNOWN, SETTLED)
    known = [{name: row[name] for name in row if name in KNOWN} for row in rows]
    return drafts_of(known, lambda row: job_draft(row, site), "sheet_job_id"), warnings


def _value(name: str, cell: str) -> object:
    """Return a cell as its column's kind."""
    if name == "skills":
        return [skill.strip() for skill in cell.split(SKILLS_APART)]
    return cell
