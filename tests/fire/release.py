"""The whole release proof by one command: every row in its long form, lives, models, API cases.

`python -m tests.fire.release` runs as many parts side by side as there are cores, each a process of
its own, the longest first, and says of each one line when it ends. What each said is kept in a
folder; with `--resume` the parts that passed there on the same commit are not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bot.warming import ROOT
from tests.fire.rows import ROWS

LIVES, LIVES_A_PART = 100_000, 12_500
STATE_MACHINE, API_CASES = 5_000, 20_000
SEED = 1
# minutes of a lane, roughly, so that the longest begin first
MINUTES = {
    "state machine": 20,
    "kill": 14,
    "contested": 14,
    "replicas": 9,
    "lives": 8,
    "restart": 6,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the proof: a command that ends with 0 when nothing was found."""

    name: str
    command: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """About how long it takes."""
        return next((m for kind, m in MINUTES.items() if self.name.startswith(kind)), 2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one part ended, on which commit."""

    part: str
    commit: str
    passed: bool
    seconds: float
    said: str


def parts(seed: int, scale: str) -> list[Part]:
    """Return every part of the proof, the longest first; `small` is a rehearsal of minutes."""
    full = scale == "full"
    lives, a_part = (LIVES, LIVES_A_PART) if full else (160, 80)
    fire = ("-m", "tests.fire", "--scale", scale, "--seed", str(seed))
    rows = [
        Part(f"{name} {dialect}", (*fire, "--row", name, "--database", dialect))
        for name, row in ROWS.items()
        for dialect in row.dialects
    ]
    simulation = ("-m", "tests.simulation", "--processes", "1")
    simulated = [
        Part(
            f"lives {number + 1}",
            (*simulation, "--lives", str(a_part), "--seed", str(seed + number)),
        )
        for number in range(lives // a_part)
    ]
    models = [
        Part(
            f"state machine {dialect}",
            ("-m", "pytest", "-q", "tests/core/test_state_machine.py", "-k", dialect),
            {"STATE_MACHINE_EXAMPLES": str(STATE_MACHINE if full else 20)},
        )
        for dialect in ("sqlite", "postgres")
    ]
    cases = {"API_CASES": str(API_CASES if full else 500)}
    api = Part("API cases", ("-m", "pytest", "-q", "tests/web/test_api_cases.py"), cases)
    return sorted([*rows, *simulated, *models, api], key=lambda part: -part.minutes)


class Proof:
    """A run of the proof: what passed before, and the lines that tell how it goes."""

    def __init__(self, kept: Path, *, resume: bool) -> None:
        self._kept = kept
        self._commit = _commit()
        kept.mkdir(parents=True, exist_ok=True)
        self._passed = self._passed_before() if resume else {}

    def run(self, chosen: list[Part], lanes: int) -> int:
        """Run the parts side by side; 1 when any was not passed."""
        began = time.monotonic()
        with ThreadPoolExecutor(lanes) as pool:
            outcomes = list(pool.map(self._run, chosen))
        failed = [one.part for one in outcomes if not one.passed]
        minutes = (time.monotonic() - began) / 60
        _say(f"{len(outcomes) - len(failed)} of {len(outcomes)} parts passed, {minutes:.1f} min")
        for name in failed:
            _say(f"  FAILED {name}: {self._file(name, 'log')}")
        return 1 if failed else 0

    def _run(self, part: Part) -> Outcome:
        if part.name in self._passed:
            _say(f"passed before: {part.name}")
            return self._passed[part.name]
        began, log = time.monotonic(), self._file(part.name, "log")
        with log.open("wb") as said:
            ended = subprocess.run(
                [sys.executable, *part.command],
                cwd=ROOT,
                env=os.environ | part.settings,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            )
        seconds = round(time.monotonic() - began, 1)
        lines = log.read_text(errors="replace").strip().splitlines()
        outcome = Outcome(part.name, self._commit, not ended.returncode, seconds, _gist(lines))
        self._file(part.name, "json").write_text(json.dumps(asdict(outcome)), encoding="utf-8")
        how = "passed" if outcome.passed else "FAILED"
        _say(f"{how}: {part.name}, {seconds:g} s: {outcome.said}")
        return outcome

    def _passed_before(self) -> dict[str, Outcome]:
        told = (json.loads(file.read_text("utf-8")) for file in self._kept.glob("*.json"))
        outcomes = (Outcome(**one) for one in told)
        return {one.part: one for one in outcomes if one.passed and one.commit == self._commit}

    def _file(self, name: str, kind: str) -> Path:
        return self._kept / f"{name.replace(' ', '-')}.{kind}"


def main() -> int:
    """Run what the command line names; 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire.release", description=__doc__)
    parser.add_argument("--row", help="only the parts whose name begins so: kill, lives, API …")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scale", choices=["small", "full"], default="full")
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--kept", type=Path, default=ROOT / ".fire", metavar="FOLDER")
    parser.add_argument("--resume", action="store_true", help="not again what passed")
    asked = parser.parse_args()
    chosen = [p for p in parts(asked.seed, asked.scale) if p.name.startswith(asked.row or "")]
    if not chosen:
        parser.error(f"no part begins with {asked.row!r}")
    _say(f"{len(chosen)} parts, seed {asked.seed}, {asked.lanes} side by side …")
    return Proof(asked.kept, resume=asked.resume).run(chosen, asked.lanes)


def _gist(lines: list[str]) -> str:
    """Return the line that tells most: the last one of a row or of pytest, the first of lives."""
    telling = [line for line in lines if " lives in " in line or "FOUND" in line]
    return (telling or lines or ["it said nothing"])[0 if telling else -1]


def _commit() -> str:
    """Return what names this tree; nothing that was changed since its commit has a name."""
    told = subprocess.run(
        ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return told if told and not told.endswith("-dirty") else f"changed at {time.time()}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
