"""A plugin for pytest: keeps how long each test took, in the file that MUTATION_SECONDS names."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

_SECONDS: defaultdict[str, float] = defaultdict(float)
_FAILED: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up set-up, call and tear-down."""
    _SECONDS[report.nodeid] += report.duration
    if report.outcome != "passed":
        _FAILED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write those that passed."""
    passed = {name: round(took, 4) for name, took in _SECONDS.items() if name not in _FAILED}
    Path(os.environ["MUTATION_SECONDS"]).write_text(json.dumps(passed))
