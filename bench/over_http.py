"""Rows `http-yes` and `http-create`: real requests to a real process, against a trivial one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median

from bench.databases import folder, prepare_sqlite
from bench.measure import Figure, Target, ratio_of, take_turns
from bench.plan import Plan
from bench.processes import Server, bare_quart, dispatch, post
from bench.rows import phone
from bench.sizes import Sizes

WIDTHS = (1, 8, 32)
REPLIES, JOBS = "/webhooks/driver_response", "/jobs"
WARM = 40  # requests to each side before anything is counted
AGAINST = "trivial Quart POST, same server"

BARE_YES = {32: Target(0.5, 0.7)}
SEED_YES = {1: (87, Target(1.5, 2)), 8: (15, None), 32: (35, Target(10, 50))}
SEED_CREATE = {1: (386, Target(1.3, 2)), 8: (240, Target(4, 8)), 32: (203, Target(5, 10))}

Seeds = Mapping[int, tuple[int, Target | None]]


async def http_yes(sizes: Sizes) -> list[Figure]:
    """A driver's YES by webhook, one open offer each."""

    offers = sizes.rounds * sum(_amount(width, sizes) for width in WIDTHS) + 2 * WARM
    plan = Plan(drivers=offers, open_offers=offers)
    return await _measure("http-yes", "YES", REPLIES, yes_body, plan, sizes, BARE_YES, SEED_YES)


async def http_create(sizes: Sizes) -> list[Figure]:
    """A new job by POST, its approval request promised and sent to the console."""
    plan = Plan(drivers=sizes.drivers, open_offers=0)
    return await _measure("http-create", "new job", JOBS, job_body, plan, sizes, {}, SEED_CREATE)


def yes_body(driver: int) -> str:
    """Return a driver's YES."""
    return json.dumps({"from": phone(driver), "response": "YES"})


def job_body(n: int) -> str:
    """Return a job that is new for each n."""
    return json.dumps(
        {
            "sheet_job_id": f"NEW-{n}",
            "pickup_date": "2030-01-30",
            "pickup_time": "14:30",
            "origin": "Leeds",
            "destination": "York",
            "vehicle_type": "Van",
        }
    )


async def _measure(
    row: str,
    name: str,
    path: str,
    body: Callable[[int], str],
    plan: Plan,
    sizes: Sizes,
    targets: Mapping[int, Target],
    seeds: Seeds,
) -> list[Figure]:
    figures: list[Figure] = []
    with folder() as here:
        database = await prepare_sqlite(here / "http.sqlite3", plan)
        async with dispatch(database) as ours, bare_quart(here) as bare:
            bodies = iter(map(body, range(1, 10_000_000)))
            for server, where in ((ours, path), (bare, "/")):
                await post(server, where, WARM, [next(bodies) for _ in range(WARM)])
            for width in WIDTHS:
                amount = _amount(width, sizes)
                work = [[next(bodies) for _ in range(amount)] for _ in range(sizes.rounds)]
                pairs = await _turns(ours, bare, path, width, work)
                what = f"{name} over HTTP, {width} at once"
                target = targets.get(width)
                figures.append(ratio_of(row, what, AGAINST, pairs, target=target))
                figures.append(_against_seed(row, what, pairs, *seeds[width]))
    return figures


async def _turns(
    ours: Server, bare: Server, path: str, width: int, work: list[list[str]]
) -> list[tuple[float, float]]:
    async def our_rate(number: int) -> float:
        return await post(ours, path, width, work[number])

    async def bare_rate(number: int) -> float:
        return await post(bare, "/", width, work[number])

    return await take_turns(len(work), our_rate, bare_rate)


def _against_seed(
    row: str, what: str, pairs: list[tuple[float, float]], seed: int, target: Target | None
) -> Figure:
    """Compare with what the seed reached elsewhere; no ratio of one run."""
    rates = [ours for ours, _ in pairs]
    figure = ratio_of(row, what, "seed's printed figure", [(r, seed) for r in rates], target=target)
    return replace(figure, ours=f"{median(rates):,.0f}/s", theirs=f"{seed}/s")


def _amount(width: int, sizes: Sizes) -> int:
    """Return how many requests a round has: about as long with few at once as with many."""
    return max(width, sizes.requests // {1: 6, 8: 2, 32: 1}[width])
