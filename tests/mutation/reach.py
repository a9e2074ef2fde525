"""Open this for which tests can notice a mutant: those that execute its line, soonest first.

Known by running the tests once with coverage.py, each test a context of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from coverage import CoverageData

from tests.mutation.mutants import ROOT, Mutant

KEPT = ROOT / ".mutation_cache"
# each part is run by itself; what is played on both databases is run on SQLite, and counts for both
PARTS = {
    "core": (
        "tests/core",
        "--ignore=tests/core/rehearsal",
        "--ignore=tests/core/test_state_machine.py",
        "--ignore=tests/core/test_reply_cells.py",
    ),
    "rehearsal": ("tests/core/rehearsal", "-k", "not postgres"),
    "stories": ("tests/stories", "-k", "not postgres"),
    "told": ("tests/stories_chat", "tests/stories_mail", "-k", "not postgres"),
    "web": ("tests/web", "--ignore=tests/web/test_api_cases.py", "-m", "not browser"),
}
GUARDS = "compare_and_set"  # in the names of files whose tests are about conditions of writes
FEW = 8  # a line that fewer tests reach is tried with those of its file too


def collect(part: str, arguments: tuple[str, ...]) -> int:
    """Run tests and keep which line each of them executed, and how long it took."""
    KEPT.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-p", "tests.mutation.seconds", "--cov=core", "--cov-context=test", "--cov-report="]
    kept = {
        "COVERAGE_FILE": str(KEPT / f"{part}.coverage"),
        "MUTATION_SECONDS": str(KEPT / f"{part}.json"),
    }
    return subprocess.run(
        [*command, *arguments], env={**os.environ, **kept}, check=False
    ).returncode


class Reach:
    """What was kept of all parts."""

    def __init__(self, folder: Path = KEPT) -> None:
        self.seconds: dict[str, float] = {}
        self._parts: list[CoverageData] = []
        for file in sorted(folder.glob("*.json")):
            self.seconds.update(json.loads(file.read_text()))
            self._parts.append(CoverageData(str(file.with_suffix(".coverage"))))
            self._parts[-1].read()
        for name, took in list(self.seconds.items()):
            self.seconds.setdefault(_twin(name), 2 * took)

    def tests(self, mutant: Mutant, patience: float) -> list[str]:
        """Return the tests to run, as many as take `patience` seconds together.

        A quick case of each test function comes before its other cases; those that are about
        compare and set come first when a guard is tried.
        """
        lines = self._lines(mutant.file)
        found = set(lines.get(mutant.line, ()))
        if len(found) < FEW:  # made at import, or once and kept
            found |= {test for tests in lines.values() for test in tests}
        chosen: list[str] = []
        rest = patience
        soonest = self._soonest_first(found)
        if mutant.guard:
            soonest.sort(key=lambda one: (GUARDS not in one, "postgres" in one))
        for test in soonest:
            if (rest := rest - self.seconds[test]) < 0 and chosen:
                break
            chosen.append(test)
        return chosen

    def _soonest_first(self, tests: set[str]) -> list[str]:
        known = {one for test in tests for one in (test, _twin(test)) if one in self.seconds}
        cases: defaultdict[str, list[str]] = defaultdict(list)
        for test in sorted(known, key=lambda one: (self.seconds[one], one)):
            cases[test.partition("[")[0]].append(test)
        turn = {test: number for some in cases.values() for number, test in enumerate(some)}
        return sorted(known, key=lambda one: (turn[one], self.seconds[one], one))

    @cache  # noqa: B019 - there is one, for as long as the program runs
    def _lines(self, file: str) -> dict[int, set[str]]:
        lines: defaultdict[int, set[str]] = defaultdict(set)
        for data in self._parts:
            for line, contexts in data.contexts_by_lineno(str(ROOT / file)).items():
                lines[line].update(_named(contexts))
        return lines


def _named(contexts: list[str]) -> Iterator[str]:
    return (context.rpartition("|")[0] for context in contexts if context)


def _twin(test: str) -> str:
    return test.replace("sqlite", "postgres") if "[" in test else test
