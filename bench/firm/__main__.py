"""The command line: `python -m bench.firm`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bench.databases import folder
from bench.firm.day import Firm
from bench.firm.findings import Record, complaints_of
from bench.firm.playing import Played, play
from bench.firm.telling import figures_of, table_of, times_of, write_json, write_plots

DAY = Firm()
WIDE = 130  # columns where the output is no terminal


def main(
    *,
    hours: Annotated[float, typer.Option(min=0.05, max=24, help="Around noon.")] = DAY.hours,
    speed: Annotated[float, typer.Option(min=1, help="So many times as fast.")] = DAY.speed,
    jobs: Annotated[int, typer.Option(min=1, help="Jobs of a whole day.")] = DAY.jobs_a_day,
    drivers: Annotated[int, typer.Option(min=3)] = DAY.drivers,
    seed: Annotated[int, typer.Option(help="The same jobs and habits again.")] = DAY.seed,
    json_file: Annotated[Path | None, typer.Option("--json", help="The figures.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw the day into this folder.")] = None,
) -> None:
    """Play a firm's day against a real `dispatch serve`; 1 when anything was lost or went wrong."""
    console = Console()
    console = Console(width=console.width if console.is_terminal else WIDE)
    firm = Firm(drivers, jobs, hours, speed, seed)
    with folder() as here:
        with console.status(f"{hours * 3600 / speed:.0f} s, and until all is settled"):
            played, record, complaints = uvloop.run(_played(firm, here))
        times = times_of(played, record)
        figures = figures_of(played, record, times)
        if plots is not None:
            write_plots(plots, played, times)
    if json_file is not None:
        write_json(json_file, figures)
    console.print(table_of(figures))
    for name in ("jobs", "offers", "messages", "received", "answers"):
        console.print(f"{name}: " + ", ".join(f"{n} {what}" for what, n in figures[name].items()))
    console.print(
        f"{figures['lasted']} s; {figures['processor']} ms of processor a job, one core"
        f" {figures['busy']:.0%} busy; memory at most {figures['peak_mb']} MB;"
        f" load of the machine {figures['load'][0]:.1f}"
    )
    for sentence in complaints:
        console.print(f"[red]WRONG[/] {sentence}", highlight=False)
    raise typer.Exit(1 if complaints else 0)


async def _played(firm: Firm, here: Path) -> tuple[Played, Record, list[str]]:
    played = await play(firm, here)
    record = Record(played)
    return played, record, list(await complaints_of(played, record))


if __name__ == "__main__":
    typer.run(main)
