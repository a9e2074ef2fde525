"""Try mutants of `core`: `python -m tests.mutation --sample 200 --seed 1`, or `--guards` for all.

`--collect` first: which tests reach which line, kept in .mutation_cache and told in minutes.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from tests.mutation.choosing import all_mutants, sampled
from tests.mutation.mutants import ROOT, Mutant
from tests.mutation.reach import PARTS, Reach, collect
from tests.mutation.trying import Outcome, Place, doubtful, load_libraries, places, try_all

PATIENCE = 30.0  # seconds of tests, as long as they took when they were collected


def main() -> int:
    """Return 0 when nothing survives."""
    asked = _asked()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # copies and servers are cleared
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text("19")
    if asked.collect is not None:
        return max(collect(part, tests) for part, tests in _parts(asked.collect))
    mutants = _chosen(asked)
    load_libraries()
    reach = Reach()
    outcomes: list[Outcome] = []
    try:
        with places(asked.processes) as ready:
            _try(ready, mutants, reach, outcomes)
            outcomes[:] = doubtful(ready[0], outcomes)
    finally:  # what was tried is told, also when it takes too long
        _tell(outcomes)
        if asked.json:
            Path(asked.json).write_text(json.dumps([asdict(one) for one in outcomes], indent=1))
    return 1 if any(one.verdict in {"survived", "not reached"} for one in outcomes) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--guards", action="store_true", help="every condition of a write instead")
    parser.add_argument("--only", nargs="*", default=(), help="files that begin so: core/cascade")
    parser.add_argument("--again", metavar="FILE", help="what survived there, from --json")
    parser.add_argument("--json", metavar="FILE", help="write every outcome there")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--collect", nargs="*", metavar="PART", help="of: " + ", ".join(PARTS))
    return parser.parse_args()


def _parts(named: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the parts named, all when none is; a path is a part of its own."""
    known = {name: PARTS.get(name, (name,)) for name in named} or PARTS
    return [(name.replace("/", "-"), tests) for name, tests in known.items()]


def _chosen(asked: argparse.Namespace) -> list[Mutant]:
    if asked.again:
        told = json.loads(Path(asked.again).read_text())
        lived = [one for one in told if one["verdict"] != "killed"]
        return [Mutant(**one["mutant"]) for one in lived]
    mutants = all_mutants(asked.only)
    if asked.guards:
        return [mutant for mutant in mutants if mutant.guard]
    return sampled(mutants, asked.sample, asked.seed)


def _try(
    ready: Sequence[Place], mutants: Sequence[Mutant], reach: Reach, outcomes: list[Outcome]
) -> None:
    for outcome in try_all(
        ready,
        mutants,
        lambda mutant: reach.tests(mutant, PATIENCE),
        lambda tests: sum(reach.seconds[test] for test in tests),
    ):
        outcomes.append(outcome)
        sys.stdout.write(f"{len(outcomes):4} {outcome.verdict:11} {outcome.mutant.name()}")
        sys.stdout.write(f"  by {outcome.by}\n" if outcome.by else "\n")
        sys.stdout.flush()


def _tell(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        if one.verdict != "killed":
            difference = one.mutant.difference((ROOT / one.mutant.file).read_bytes())
            sys.stdout.write(f"\n{one.verdict}: {one.mutant.name()}\n{difference}\n")
    counted = Counter(one.verdict for one in outcomes)
    sys.stdout.write(f"\n{len(outcomes)} mutants: {dict(counted.most_common())}\n")


if __name__ == "__main__":
    sys.exit(main())
