"""Open this for `dispatch jobs import` and `export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.jobs import Status, jobs_in
from bot.cli.progress import progress
from bot.cli.running import nothing_imported, with_core
from bot.cli.showing import AsJson, as_plain, show_json

if TYPE_CHECKING:
    from bot.composition import Core
    from core.outcomes import AlreadyExists, Created, KeyReused


def add_to(app: typer.Typer) -> None:
    """Add these commands to `dispatch jobs`."""
    app.command("import")(import_jobs)
    app.command("export")(export_jobs)


def import_jobs(
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV, XLSX or JSON.", exists=True, dir_okay=False)
    ],
) -> None:
    """Bring jobs in from a file: all rows or none. What is known already stays as it is."""
    from bot.tables import BadRows

    async def bring_in(core: Core) -> list[Created | AlreadyExists | KeyReused]:
        from bot.job_files import read_jobs
        from core.clock import SystemClock
        from core.domain import OPERATOR

        drafts, warnings = read_jobs(file, core.site, SystemClock().now())
        for warning in warnings:
            typer.echo(warning, err=True)
        return await core.router.create_jobs(drafts, OPERATOR, source="import")

    try:
        with progress("bringing jobs in"):
            outcomes = with_core(bring_in)
    except BadRows as bad:
        raise nothing_imported(file, bad.rows) from None
    _tell(outcomes)


def export_jobs(*, status: Status = None, as_json: AsJson = False) -> None:
    """Print every job as CSV (or JSON)."""
    from bot.tables import write_csv
    from core.views import JobView

    rows = as_plain(jobs_in(status, None))
    if as_json:
        show_json({"jobs": rows})
    else:
        write_csv([name for name in JobView.__slots__ if name != "offers"], rows, sys.stdout)


def _tell(outcomes: list[Created | AlreadyExists | KeyReused]) -> None:
    from core.outcomes import AlreadyExists, Created

    added = sum(isinstance(outcome, Created) for outcome in outcomes)
    typer.echo(f"{added} added, {len(outcomes) - added} known already")
    for row, outcome in enumerate(outcomes, start=1):
        if isinstance(outcome, AlreadyExists) and outcome.changed:
            names = ", ".join(outcome.changed)
            typer.echo(f"row {row}: job {outcome.job.id} stays as it was, though {names} differ")
