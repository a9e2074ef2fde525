"""Job lives by the thousand: nothing breaks, nothing is stuck, and a seed tells one history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.databases import PostgresServer
from tests.simulation.running import simulate

LIVES = 2000
LIVES_ON_POSTGRES = 200


@pytest.fixture
def two_databases(postgres_server: PostgresServer) -> Iterator[list[str]]:
    """Two empty databases on one PostgreSQL server."""
    with ExitStack() as stack:
        yield [stack.enter_context(postgres_server.fresh()) for _ in range(2)]


def test_two_thousand_lives_end_well() -> None:
    summary = simulate(LIVES, seed=1)
    assert summary.faults == []
    assert summary.lives == summary.counts["created"] == LIVES


def test_hundreds_of_lives_end_well_on_postgresql(two_databases: list[str]) -> None:
    summary = simulate(LIVES_ON_POSTGRES, seed=2, databases=two_databases)
    assert summary.faults == []
    assert summary.lives == summary.counts["created"] == LIVES_ON_POSTGRES


def test_one_seed_tells_one_history_and_another_seed_another() -> None:
    first = simulate(40, seed=3)
    assert simulate(40, seed=3).fingerprint == first.fingerprint
    assert json.loads(first.as_json())["fingerprint"] == first.fingerprint
    assert simulate(40, seed=4).fingerprint != first.fingerprint


def test_one_seed_tells_one_history_on_postgresql(two_databases: list[str]) -> None:
    first, again = (simulate(20, seed=3, databases=[url]) for url in two_databases)
    assert again.fingerprint == first.fingerprint
