"""Open this for how a day is shown: a table for people, JSON for machines, plots for docs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.firm.findings import (
    BOOKED_AFTER_YES,
    LATE,
    NEXT_AFTER_EXPIRY,
    NEXT_AFTER_NO,
    Record,
)
from bench.firm.playing import Played
from bench.firm.post import POP_UP
from bench.firm.watch import Point
from bench.measure import percentile
from bench.plot import Series, svg

Times = Mapping[str, Sequence[Point]]
PLOTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "load-answers.svg": (
        "Answer times over HTTP",
        ("a new job, POST", "a driver's answer, POST", "the approval page, POST", "the desk, GET"),
    ),
    "load-people.svg": (
        "Until people see it",
        (NEXT_AFTER_NO, BOOKED_AFTER_YES, POP_UP.format("driver"), "a mail handed in"),
    ),
    "load-lateness.svg": ("Lateness of expiries", (LATE, NEXT_AFTER_EXPIRY)),
}


def times_of(played: Played, record: Record) -> Times:
    """Return everything that was timed by its name."""
    return {**played.watch.took, **record.latenesses()}


def figures_of(played: Played, record: Record, times: Times) -> dict[str, Any]:
    """Return what is kept of the day."""
    firm = played.firm
    statuses = [job["status"] for job in record.jobs]
    offers = [offer["status"] for offer in record.offers]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "firm": asdict(firm),
        "lasted": round(played.lasted, 1),
        "jobs": {status: statuses.count(status) for status in sorted(set(statuses))},
        "offers": {status: offers.count(status) for status in sorted(set(offers))},
        "messages": record.messages,
        "received": record.received,
        "answers": dict(played.watch.answers),
        "asked_again": played.watch.asked_again,
        "processor": round(played.processor_seconds / max(1, len(statuses)) * 1000, 1),
        "busy": round(played.processor_seconds / played.lasted, 3),
        "peak_mb": round(played.peak_mb, 1),
        "times": {
            name: {
                "count": len(points),
                "p50": round(percentile([took for _, took in points], 50), 4),
                "p99": round(percentile([took for _, took in points], 99), 4),
                "longest": round(max(took for _, took in points), 4),
            }
            for name, points in sorted(times.items())
            if points
        },
    }


def table_of(figures: Mapping[str, Any]) -> Table:
    """Return the times as a table."""
    table = Table(title="milliseconds", title_justify="left")
    table.add_column("what")
    for heading in ("how often", "median", "p99", "longest"):
        table.add_column(heading, justify="right")
    for name, row in figures["times"].items():
        in_ms = (f"{row[key] * 1000:,.1f}" for key in ("p50", "p99", "longest"))
        table.add_row(name, f"{row['count']:,}", *in_ms)
    return table


def write_json(path: Path, figures: Mapping[str, Any]) -> None:
    """Keep the figures."""
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def write_plots(folder: Path, played: Played, times: Times) -> None:
    """Draw the day into a folder."""
    firm = played.firm
    moments = [firm.hour_at(at) for points in times.values() for at, _ in points]
    last = max([firm.begins + firm.hours, *moments])
    for name, (title, shown) in PLOTS.items():
        series = [
            Series(what, [(firm.hour_at(at), took) for at, took in times.get(what, ())])
            for what in shown
        ]
        (folder / name).write_text(svg(title, series, (firm.begins, last)), encoding="utf-8")
