"""`python -m tests.fire`: burn the rows, print what was seen, and fail on the first wrong thing."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from secrets import randbelow
from typing import Any

from tests.fire.ground import Ground, Plan, Report, own_ground
from tests.fire.rows import ROWS, Row


def main() -> int:
    """Run what the command line names; 1 when anything was found."""
    asked = _arguments()
    seed = asked.seed if asked.seed is not None else randbelow(1_000_000)
    names = [asked.row] if asked.row else list(ROWS)
    with own_ground() as ground:
        runs = [
            _burn(ground, name, dialect, seed, full=asked.scale == "full")
            for name in names
            for dialect in ROWS[name].dialects
            if asked.database in (None, dialect)
        ]
    if asked.json:
        Path(asked.json).write_text(json.dumps(runs, indent=1), encoding="utf-8")
    return 1 if any(run["findings"] for run in runs) else 0


def _burn(ground: Ground, name: str, dialect: str, seed: int, *, full: bool) -> dict[str, Any]:
    _say(f"{name} on {dialect}, seed {seed} …")
    began = time.monotonic()
    report = asyncio.run(_run(ROWS[name], Plan(ground, dialect, seed, full)))
    seconds = round(time.monotonic() - began, 1)
    figures = ", ".join(f"{name} {value:g}" for name, value in report.figures.items())
    _say(f"{name} on {dialect}, seed {seed}: {figures}, {seconds} s")
    for finding in report.findings:
        _say(f"  FOUND {finding}")
    return {
        "row": name,
        "database": dialect,
        "seed": seed,
        "scale": "full" if full else "small",
        "seconds": seconds,
        "figures": report.figures,
        "findings": report.findings,
    }


async def _run(row: Row, plan: Plan) -> Report:
    return await row.run(plan)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fire", description=__doc__)
    parser.add_argument("--row", choices=list(ROWS))
    parser.add_argument("--database", choices=["sqlite", "postgres"])
    parser.add_argument("--seed", type=int, help="repeat a run that found something")
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
