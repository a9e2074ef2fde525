"""Open this for what more replicas bring: YES over HTTP, and how late expiries are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.measure import percentile
from bench.plan import Plan
from bench.processes import Server, post
from bench.replicas.fleet import (
    connected,
    database_seconds,
    empty_place,
    fill,
    processor_seconds,
    replicas_on,
)
from bench.rows import phone
from tests.databases import PostgresServer
from tests.fire.service import Service, audited

CONNECTIONS = 30  # in all, shared out among the replicas
WARM = 60
YES = "/webhooks/driver_response"
NOTICED_WITHIN = 2.5  # seconds: by then every clock has looked at the deadlines anew

_SPREAD = "UPDATE offers SET expires_at = $1::timestamptz + id * $2::interval"
_LATE = """
SELECT EXTRACT(EPOCH FROM e.at - o.expires_at)::float8 AS noted,
       (SELECT EXTRACT(EPOCH FROM MIN(m.settled_at) - o.expires_at)::float8
        FROM offers n JOIN outbox m ON m.offer_id = n.id AND m.kind = 'offer'
        WHERE n.job_id = o.job_id AND n.id > o.id) AS told
FROM events e JOIN offers o ON o.id = e.offer_id
WHERE e.kind = 'timed_out'
"""


@dataclass(frozen=True, slots=True)
class Throughput:
    """One round: requests a second, and processor milliseconds a request."""

    rate: float
    services_ms: float
    database_ms: float


@dataclass(frozen=True, slots=True)
class Lateness:
    """Seconds after an offer's end: the time-out itself, and the next driver's message."""

    expiries: int
    noted_p99: float
    told_p50: float
    told_p99: float
    told_longest: float


async def throughput(server: PostgresServer, replicas: int, requests: int) -> Throughput:
    """Have every open offer accepted over HTTP, the requests shared out among the replicas."""
    with empty_place(server) as place:
        offers = WARM * replicas + requests
        await fill(server, place, Plan(drivers=offers, open_offers=offers))
        async with replicas_on(place, replicas) as services:
            bodies = [json.dumps({"from": phone(n + 1), "response": "YES"}) for n in range(offers)]
            for service in services:
                await post(_seen(service), YES, 4, [bodies.pop() for _ in range(WARM)])
            used, used_there = processor_seconds(services), database_seconds(server)
            rates = await asyncio.gather(
                *(
                    post(_seen(service), YES, CONNECTIONS // replicas, bodies[place_in::replicas])
                    for place_in, service in enumerate(services)
                )
            )
            used = processor_seconds(services) - used
            used_there = database_seconds(server) - used_there
        findings = await audited(place)
    assert not findings, findings
    return Throughput(sum(rates), used / requests * 1000, used_there / requests * 1000)


async def lateness(
    server: PostgresServer, replicas: int, a_second: float, seconds: float
) -> Lateness:
    """Let offers expire evenly under the replicas' clocks; each must end once."""
    with empty_place(server) as place:
        await fill(server, place, Plan(drivers=50, open_offers=int(a_second * seconds)))
        async with replicas_on(place, replicas), connected(server, place) as connection:
            first = datetime.now(UTC) + timedelta(seconds=NOTICED_WITHIN)
            await connection.execute(_SPREAD, first, timedelta(seconds=1 / a_second))
            await asyncio.sleep(NOTICED_WITHIN + seconds + 2)
            rows = await connection.fetch(_LATE)
            twice = await connection.fetchval(
                "SELECT COUNT(*) - COUNT(DISTINCT offer_id) FROM events WHERE kind = 'timed_out'"
            )
        assert twice == 0, f"{twice} offers timed out twice"
    told = [row["told"] for row in rows if row["told"] is not None]
    return Lateness(
        expiries=len(rows),
        noted_p99=percentile([row["noted"] for row in rows], 99),
        told_p50=median(told),
        told_p99=percentile(told, 99),
        told_longest=max(told),
    )


def middle_of(rounds: Sequence[Throughput]) -> Throughput:
    """Return the median of each figure."""
    return Throughput(
        median(one.rate for one in rounds),
        median(one.services_ms for one in rounds),
        median(one.database_ms for one in rounds),
    )


def _seen(service: Service) -> Server:
    return Server(service.running.pid, service.port, 0.0)
