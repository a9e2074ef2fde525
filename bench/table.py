"""Open this for how figures are shown: one table for people, JSON for machines."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from bench.measure import Figure, Target
from bench.sizes import Sizes

COLOURS = {"reached": "green", "met": "yellow", "missed": "red"}


def table_of(figures: Sequence[Figure]) -> Table:
    """Return the figures as a table; `met?` says reached, met or missed."""
    table = Table(title="x: ours / theirs, median of the rounds' ratios")
    for heading in ("command", "what", "against"):
        table.add_column(heading, overflow="fold")
    for heading in ("ours", "theirs", "measured", "least to most", "at least", "reach for", "met?"):
        table.add_column(heading, justify="right", no_wrap=heading != "least to most")
    for figure in figures:
        table.add_row(
            f"make bench ROW={figure.row}",
            figure.what,
            figure.against,
            figure.ours,
            figure.theirs,
            f"{figure.value:.3g} {figure.unit}",
            _span(figure.rounds),
            _bound(figure.target, "at_least"),
            _bound(figure.target, "reach"),
            _verdict(figure),
        )
    return table


def write_json(path: Path, figures: Sequence[Figure], sizes: Sizes) -> None:
    """Keep the figures with what is needed to judge them."""
    kept = [asdict(f) | {"met": f.target.verdict(f.value) if f.target else None} for f in figures]
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "sizes": asdict(sizes),
    }
    path.write_text(json.dumps({**about, "figures": kept}, indent=2) + "\n")


def _verdict(figure: Figure) -> str:
    if figure.target is None:
        return ""
    verdict = figure.target.verdict(figure.value)
    return f"[{COLOURS[verdict]}]{verdict}[/]"


def _bound(target: Target | None, name: str) -> str:
    if target is None:
        return ""
    return f"{'≤' if target.less else '≥'} {getattr(target, name):g}"


def _span(rounds: Sequence[float]) -> str:
    return f"{min(rounds):.3g} - {max(rounds):.3g}" if rounds else ""
