"""The command line: `python -m bench [ROW …]`, which `make bench ROW=…` runs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.catalogue import ROWS, measure
from bench.measure import Figure
from bench.sizes import FULL, QUICK, Sizes
from bench.table import table_of, write_json

WIDE = 200  # columns where the output is no terminal


def main(
    rows: Annotated[list[str] | None, typer.Argument(help=f"Any of: {', '.join(ROWS)}.")] = None,
    *,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds of each side.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes, three rounds.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="100,000 due, 1,000,000 of history.")
    ] = False,
    history: Annotated[int | None, typer.Option(min=1, help="Jobs that ended before.")] = None,
    drivers: Annotated[int | None, typer.Option(min=2, help="The fleet asked in turn.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write JSON here too.")] = None,
) -> None:
    """Measure the service against plain forms of the same work; the table shows what is met."""
    unknown = set(rows or ()) - ROWS.keys()
    if unknown:
        raise typer.BadParameter(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    base = QUICK if quick else FULL if full else Sizes()
    sizes = replace(
        base,
        rounds=rounds or base.rounds,
        history=history or base.history,
        drivers=drivers or base.drivers,
    )
    console = Console()
    console = Console(width=console.width if console.is_terminal else WIDE)
    figures: list[Figure] = []
    try:
        for row in rows or ROWS:
            with console.status(f"measuring {row}"):
                figures += measure(row, sizes)
    finally:  # what was measured is shown, whatever came after it
        console.print(table_of(figures))
        console.print(
            f"{sizes.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        if json_file is not None:
            write_json(json_file, figures, sizes)


if __name__ == "__main__":
    typer.run(main)
