"""Many ticks at once while offers fall due: together they have the effect of one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random

from core.domain import Policy
from tests.fire.checker import judge
from tests.fire.ground import Place, Plan, Report
from tests.fire.record import read_record
from tests.house import House, open_house

AT_ONCE = 8
PROCESSES = 2  # routers with connections of their own, as two processes have
ROUNDS_A_DATABASE = 100
JOBS, DRIVERS = 16, 4
SLOW = Policy(timeout=timedelta(minutes=30), min_window=timedelta(minutes=1), rounds=50)


async def run(plan: Plan) -> Report:
    """Tick eight times at once, in as many rounds as the scale says."""
    report = Report()
    left, number = plan.amount(100, 1_000), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            rounds = min(left, ROUNDS_A_DATABASE)
            await _tick(place, report, rounds, plan.random("ticks", number))
        left, number = left - rounds, number + 1
    return report


async def _tick(place: Place, report: Report, rounds: int, random: Random) -> None:
    async with AsyncExitStack() as stack:
        opened = [open_house(place.url, policy=SLOW) for _ in range(PROCESSES)]
        houses = [await stack.enter_async_context(one) for one in opened]
        first = houses[0]
        await first.drivers(*(f"Driver {n}" for n in range(1, DRIVERS + 1)))
        for number in range(JOBS):
            await first.offering(f"J-{number}")
            for house in houses:
                house.clock.advance(timedelta(minutes=2))
        for _ in range(rounds):
            minutes = random.uniform(0.5, 9)
            for house in houses:
                house.clock.advance(timedelta(minutes=minutes))
            await _round(houses, report)
            if report.findings:
                return
        report.findings += judge(await read_record(first.router.runner))
        report.findings += [f"auditor: {s}" for s in await first.broken_invariants()]


async def _round(houses: list[House], report: Report) -> None:
    """Let eight ticks run at once; compare what they told with what was due."""
    first = houses[0]
    due = await _count(
        first,
        "SELECT COUNT(*) AS n FROM offers WHERE status = 'sent' AND expires_at <= $1",
        first.clock.now(),
    )
    before = await _count(first, "SELECT COUNT(*) AS n FROM offers")
    ticks = [houses[n % len(houses)].router.tick() for n in range(AT_ONCE)]
    told = await asyncio.gather(*ticks)
    opened = await _count(first, "SELECT COUNT(*) AS n FROM offers") - before
    timed_out, advanced = sum(t.timed_out for t in told), sum(t.advanced for t in told)
    if timed_out != due:
        report.findings.append(f"{due} offers were due, but the ticks told of {timed_out}")
    if advanced != opened:
        report.findings.append(f"{opened} offers were opened, but the ticks told of {advanced}")
    report.add(ticks=AT_ONCE, due=due, opened=opened)


async def _count(house: House, sql: str, *params: object) -> int:
    return int((await house.rows(sql, *params))[0]["n"])
