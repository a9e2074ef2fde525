"""Rows `history` and `stranger`: whether what lies in the database slows what happens now."""

from __future__ import annotations

from time import perf_counter

from bench.databases import folder, open_router, prepare_sqlite
from bench.measure import Figure, Target, percentile, ratio_of, take_turns
from bench.plan import Plan
from bench.rows import phone
from bench.sizes import Sizes
from bench.ticking import due_plan, our_tick
from core.router import Router

TICK = Target(2.5, 1.2, less=True)
REPLY = Target(1.5, 1.1, less=True)
STRANGER = Target(2, 1.2, less=True)


async def history(sizes: Sizes) -> list[Figure]:
    """The same tick and the same replies with a large history and with none."""
    return [await _tick(sizes), await _reply(sizes)]


async def stranger(sizes: Sizes) -> list[Figure]:
    """A reply from a driver without an open offer, with many offers open and with few."""
    many, few = (
        Plan(drivers=sizes.drivers, open_offers=open_offers, strangers=1)
        for open_offers in (sizes.crowd, sizes.few)
    )
    amount = max(1, sizes.replies // 10)
    number = phone(sizes.drivers + 1)
    with folder() as here:
        crowded = await prepare_sqlite(here / "many.sqlite3", many)
        quiet = await prepare_sqlite(here / "few.sqlite3", few)
        async with (
            open_router(f"sqlite://{crowded}") as among_many,
            open_router(f"sqlite://{quiet}") as among_few,
        ):

            async def ours(_number: int) -> float:
                return percentile(await _latencies(among_many, [number] * amount), 50)

            async def theirs(_number: int) -> float:
                return percentile(await _latencies(among_few, [number] * amount), 50)

            pairs = await take_turns(sizes.rounds, ours, theirs)
    what = f"reply without an offer, {sizes.crowd:,} open, median"
    against = f"{sizes.few:,} open"
    return [ratio_of("stranger", what, against, pairs, target=STRANGER, shown="{:.2f} ms")]


async def _tick(sizes: Sizes) -> Figure:
    due = sizes.history_due
    with folder() as here:
        laden = await prepare_sqlite(
            here / "laden.sqlite3", due_plan(due, sizes, history=sizes.history)
        )
        empty = await prepare_sqlite(here / "empty.sqlite3", due_plan(due, sizes))

        async def ours(_number: int) -> float:
            return await our_tick(laden, due)

        async def theirs(_number: int) -> float:
            return await our_tick(empty, due)

        pairs = await take_turns(sizes.rounds, ours, theirs)
    what = f"tick, {due:,} due, {sizes.history:,} jobs of history"
    return ratio_of("history", what, "no history", pairs, target=TICK, shown="{:.2f} s")


async def _reply(sizes: Sizes) -> Figure:
    """Compare replies one at a time; their 99th percentile."""
    amount = max(1, sizes.replies // 4)
    offers = amount * sizes.rounds
    laden, empty = (
        Plan(drivers=offers, open_offers=offers, history=ended) for ended in (sizes.history, 0)
    )
    with folder() as here:
        full = await prepare_sqlite(here / "laden.sqlite3", laden)
        bare = await prepare_sqlite(here / "empty.sqlite3", empty)
        async with (
            open_router(f"sqlite://{full}") as with_history,
            open_router(f"sqlite://{bare}") as with_none,
        ):

            def numbers(number: int) -> list[str]:
                return [phone(n) for n in range(number * amount + 1, (number + 1) * amount + 1)]

            async def ours(number: int) -> float:
                return percentile(await _latencies(with_history, numbers(number)), 99)

            async def theirs(number: int) -> float:
                return percentile(await _latencies(with_none, numbers(number)), 99)

            pairs = await take_turns(sizes.rounds, ours, theirs)
    what = f"reply p99, {sizes.history:,} jobs of history"
    return ratio_of("history", what, "no history", pairs, target=REPLY, shown="{:.2f} ms")


async def _latencies(router: Router, numbers: list[str]) -> list[float]:
    """Have each driver say YES, one after another; return the milliseconds of each."""
    taken = []
    for number in numbers:
        began = perf_counter()
        answer = await router.reply(number, "YES")
        taken.append((perf_counter() - began) * 1000)
        assert answer.code in ("accepted", "no_open_offer"), answer
    return taken
