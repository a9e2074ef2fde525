"""Rows `tick`, `tick-idle` and the first of `history`: one pass over what is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.databases import copied, folder, open_router, prepare_sqlite
from bench.expected import expiry
from bench.measure import Figure, Target, ratio_of, take_turns
from bench.plainly import commit_sqlite
from bench.plan import Plan
from bench.sizes import Sizes
from core.router.tick import next_deadline

PER_COMMIT = 500
TICK = Target(0.4, 0.6)
IDLE = Target(5, 1, less=True)
OVERDUE = timedelta(seconds=-1)


async def tick(sizes: Sizes) -> list[Figure]:
    """So many offers are due at once, and each job has a next driver."""
    return [await _tick(due, sizes) for due in sizes.due]


async def tick_idle(sizes: Sizes) -> list[Figure]:
    """Nothing is due although many offers are open: in milliseconds."""
    plan = Plan(drivers=sizes.drivers, open_offers=sizes.crowd)
    ticks: list[float] = []
    looks: list[float] = []
    with folder() as here:
        path = await prepare_sqlite(here / "crowd.sqlite3", plan)
        async with open_router(f"sqlite://{path}") as router:
            for _ in range(sizes.rounds):
                began = perf_counter()
                for _ in range(sizes.idle_ticks):
                    assert not (await router.tick()).timed_out
                ended = perf_counter()
                for _ in range(sizes.idle_ticks):
                    assert await router.runner.read(next_deadline)
                ticks.append((ended - began) / sizes.idle_ticks * 1000)
                looks.append((perf_counter() - ended) / sizes.idle_ticks * 1000)
    row, there = "tick-idle", f"{sizes.crowd:,} open, none due"
    return [
        Figure(row, "tick", there, median(ticks), "ms", IDLE, rounds=tuple(ticks)),
        Figure(row, "next deadline", there, median(looks), "ms", rounds=tuple(looks)),
    ]


async def our_tick(template: Path, due: int) -> float:
    """Tick once on a fresh copy; return the seconds that took."""
    path = copied(template, "ours.sqlite3")
    async with open_router(f"sqlite://{path}") as router:
        began = perf_counter()
        ticked = await router.tick()
        took = perf_counter() - began
    assert (ticked.timed_out, ticked.advanced) == (due, due), ticked
    return took


def due_plan(due: int, sizes: Sizes, *, history: int = 0) -> Plan:
    """Return a plan in which every open offer is overdue."""
    return Plan(sizes.drivers, due, first_expiry=OVERDUE, last_expiry=OVERDUE, history=history)


async def _tick(due: int, sizes: Sizes) -> Figure:
    plan = due_plan(due, sizes)
    with folder() as here:
        template = await prepare_sqlite(here / "due.sqlite3", plan)
        work = [expiry(plan, n, plan.now) for n in range(1, due + 1)]

        async def ours(_number: int) -> float:
            return due / await our_tick(template, due)

        async def theirs(_number: int) -> float:
            path = copied(template, "theirs.sqlite3")
            return due / commit_sqlite(path, work, per_commit=PER_COMMIT)

        pairs = await take_turns(sizes.rounds, ours, theirs)
    against = f"standard library sqlite3, same rows, {PER_COMMIT} per commit"
    what = f"tick, {due:,} due, {sizes.drivers} drivers"
    return ratio_of("tick", what, against, pairs, target=TICK)
