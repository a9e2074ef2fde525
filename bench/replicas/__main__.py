"""The command line: `python -m bench.replicas`."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bench.replicas.fleet import durable_postgres, empty_place
from bench.replicas.rolling import roll
from bench.replicas.sharing import Throughput, lateness, middle_of, throughput

WIDE = 160  # columns where the output is no terminal
AMOUNTS = (1, 2, 3)
HEADINGS = (
    "replicas",
    "YES a second",
    "services, ms a YES",
    "PostgreSQL, ms a YES",
    "time-out p99, ms",
    "next driver told: median",
    "p99",
    "longest, ms",
)


def main(
    *,
    requests: Annotated[int, typer.Option(min=30, help="Of each round.")] = 1_500,
    rounds: Annotated[int, typer.Option(min=1)] = 3,
    a_second: Annotated[float, typer.Option(min=1, help="Offers that expire.")] = 40.0,
    seconds: Annotated[float, typer.Option(min=0.5, help="For which they do.")] = 10.0,
    turns: Annotated[int, typer.Option(min=1, help="Restarts of each of three replicas.")] = 3,
    seed: int = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="The figures.")] = None,
) -> None:
    """Measure 1, 2 and 3 replicas on one PostgreSQL, then replace three under load.

    Ends with 1 when a step was lost or done twice.
    """
    console = Console()
    console = Console(width=console.width if console.is_terminal else WIDE)
    rows: list[dict[str, Any]] = []
    taken: dict[int, list[Throughput]] = {}
    with durable_postgres() as server:
        for _ in range(rounds):
            for amount in AMOUNTS:
                one = asyncio.run(throughput(server, amount, requests))
                taken.setdefault(amount, []).append(one)
        for amount in AMOUNTS:
            late = asyncio.run(lateness(server, amount, a_second, seconds))
            rows.append({"replicas": amount, **asdict(middle_of(taken[amount])), **asdict(late)})
        with empty_place(server) as place:
            rolled = asyncio.run(roll(place, turns, seed))
    console.print(_table(rows))
    console.print(
        f"rolling restart: {rolled.restarts} restarts, {rolled.operations} operations"
        f" acknowledged, {rolled.asked_again} asked again, ended within"
        f" {rolled.slowest_end:.1f} s, ready within {rolled.slowest_ready:.1f} s,"
        f" {len(rolled.findings)} findings; load of the machine {os.getloadavg()[0]:.1f},"
        f" {os.cpu_count()} cores"
    )
    for finding in rolled.findings:
        console.print(f"[red]FOUND[/] {finding}", highlight=False)
    if json_file is not None:
        kept = {"load": os.getloadavg(), "rows": rows, "rolling": asdict(rolled)}
        json_file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    raise typer.Exit(1 if rolled.findings else 0)


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            str(row["replicas"]),
            f"{row['rate']:,.0f}",
            f"{row['services_ms']:.2f}",
            f"{row['database_ms']:.2f}",
            *(
                f"{row[name] * 1000:,.0f}"
                for name in ("noted_p99", "told_p50", "told_p99", "told_longest")
            ),
        )
    return table


if __name__ == "__main__":
    typer.run(main)
