"""Run many job lives: `python -m tests.simulation --lives 100000 --seed 1 [--json FILE]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from tests.simulation.running import FAULTS_SHOWN, Summary, simulate

screen = Console(stderr=True)


def main(
    lives: Annotated[int, typer.Option(help="How many jobs to live through.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same history.")] = 1,
    database: Annotated[
        list[str] | None,
        typer.Option(help="An empty, migrated PostgreSQL database; each one gets a process."),
    ] = None,
    processes: Annotated[int | None, typer.Option(help="SQLite only; default: all cores.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the figures here too.")] = None,
) -> None:
    """Simulate job lives on SQLite files in memory, or on PostgreSQL; exit 1 on any fault."""
    with Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen,
        disable=not screen.is_terminal,
    ) as bar:
        task = bar.add_task("lives", total=lives)
        summary = simulate(
            lives,
            seed,
            databases=database or (),
            processes=processes,
            told=lambda outcome: bar.advance(task, outcome.lives),
        )
    show(summary)
    if json is not None:
        json.write_text(summary.as_json(), encoding="utf-8")
    sys.exit(1 if summary.faults else 0)


def show(summary: Summary) -> None:
    """Print what a run came to."""
    out = Console(soft_wrap=True, highlight=False)
    out.print(
        f"{summary.lives} lives in {summary.worlds} worlds, {summary.steps} steps,"
        f" {summary.audits} audits, {sum(summary.counts.values())} events, {summary.seconds} s"
    )
    out.print(", ".join(f"{kind} {n}" for kind, n in sorted(summary.counts.items())))
    out.print(f"seed {summary.seed}: {summary.fingerprint}")
    out.print(f"{len(summary.faults)} faults")
    for fault in summary.faults[:FAULTS_SHOWN]:
        out.print(f"  {fault}", markup=False)


if __name__ == "__main__":
    typer.run(main)
