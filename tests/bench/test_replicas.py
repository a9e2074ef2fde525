"""Replicas share one PostgreSQL, and are replaced one after the other without a lost step."""

from __future__ import annotations

from bench.replicas.fleet import empty_place
from bench.replicas.rolling import roll
from bench.replicas.sharing import Throughput, lateness, middle_of, throughput
from tests.databases import PostgresServer


async def test_two_replicas_share_requests_and_expiries(postgres_server: PostgresServer) -> None:
    taken = await throughput(postgres_server, 2, requests=30)
    assert taken.rate > 0
    assert taken.services_ms > 0
    late = await lateness(postgres_server, 2, a_second=20, seconds=1)
    assert 0 < late.expiries <= 20
    assert 0 < late.told_p50 <= late.told_p99 <= late.told_longest


async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(
    postgres_server: PostgresServer,
) -> None:
    with empty_place(postgres_server) as place:
        rolled = await roll(place, turns=1, seed=1)
    assert rolled.findings == []
    assert rolled.restarts == 3
    assert rolled.operations > 50


def test_the_middle_of_the_rounds_counts() -> None:
    rounds = [Throughput(100, 2, 9), Throughput(300, 1, 5), Throughput(200, 3, 7)]
    assert middle_of(rounds) == Throughput(200, 2, 7)
