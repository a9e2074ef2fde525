"""Rows `handover` and `lateness`: how soon the next driver is told, how late an offer ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from bench.databases import folder, open_router, prepare_sqlite
from bench.measure import Figure, Target, percentile, share_out
from bench.plan import Plan
from bench.rows import phone
from bench.sizes import Sizes
from bot.health import Heart
from bot.loops import InternalClock
from core.channel import Outgoing, Receipt, SendOnly
from core.domain import EventKind
from core.outbox.relay import Relay
from core.router import Router
from core.views import EventView

HANDOVER = Target(300, 100, less=True)
LATE_P99 = Target(1, 0.2, less=True)
LATE_LONGEST = Target(2, 2, less=True)
START = 1.0  # seconds until the first offer of `lateness` expires: the loops run by then


class ClockFrom:
    """A clock that begins at a given moment, so that filling a database takes no time."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._began = perf_counter()

    def now(self) -> datetime:
        """Return the present moment of this clock."""
        return self._moment + timedelta(seconds=perf_counter() - self._began)


class Counter(SendOnly):
    """A channel that notes when it is handed the message about a job that somebody waits for."""

    name = "console"

    def __init__(self) -> None:
        self.awaited: dict[str, asyncio.Future[float]] = {}

    async def send(self, message: Outgoing) -> Receipt:
        """Note the moment."""
        waiting = self.awaited.pop(message.facts["reference"], None)
        if waiting is not None:
            waiting.set_result(perf_counter())
        return Receipt()


async def handover(sizes: Sizes) -> list[Figure]:
    """A driver says NO; the next driver's message is handed to the channel."""
    return [await _handover(sizes, at_once) for at_once in (1, 8)]


async def lateness(sizes: Sizes) -> list[Figure]:
    """Offers expire evenly under the service's own clock; lateness is taken after the commit."""
    plan = Plan(
        drivers=sizes.drivers,
        open_offers=sizes.waiting,
        first_expiry=timedelta(seconds=START),
        last_expiry=timedelta(seconds=START + sizes.within),
    )
    late: list[float] = []
    with folder() as here:
        path = await prepare_sqlite(here / "late.sqlite3", plan)
        async with open_router(f"sqlite://{path}", ClockFrom(plan.now)) as router:

            def note(events: tuple[EventView, ...]) -> None:
                ended = (e.offer_id or 0 for e in events if e.kind == EventKind.TIMED_OUT)
                now = router.clock.now()
                late.extend((now - plan.expiry_of(n)).total_seconds() for n in ended)

            router.on_commit(note)
            async with _running(router, Counter()):
                await asyncio.sleep(START + sizes.watched)
    there = f"{sizes.waiting:,} open, {sizes.waiting / sizes.within:.0f} expire a second"
    seen = f"{len(late):,} expiries"
    return [
        Figure("lateness", "p99", there, percentile(late, 99), "s", LATE_P99, ours=seen),
        Figure("lateness", "longest", there, max(late), "s", LATE_LONGEST, ours=seen),
        Figure("lateness", "median", there, median(late), "s", ours=seen),
    ]


async def _handover(sizes: Sizes, at_once: int) -> Figure:
    amount = sizes.handovers
    plan = Plan(drivers=sizes.drivers, open_offers=amount * sizes.rounds)
    channel = Counter()
    rounds: list[float] = []
    with folder() as here:
        path = await prepare_sqlite(here / "handover.sqlite3", plan)
        async with open_router(f"sqlite://{path}") as router, _running(router, channel):
            for number in range(sizes.rounds):
                taken: list[float] = []

                async def decline(n: int, taken: list[float] = taken) -> None:
                    handed = channel.awaited[f"J-{n}"] = asyncio.Future()
                    began = perf_counter()
                    await router.reply(phone(plan.agent_of(n)), "NO", job_id=n)
                    taken.append((await handed - began) * 1000)

                offers = range(number * amount + 1, (number + 1) * amount + 1)
                await share_out(decline, offers, at_once)
                rounds.append(percentile(taken, 99))
    what, there = f"NO to next driver's message, {at_once} at once, p99", f"{sizes.drivers} drivers"
    return Figure("handover", what, there, median(rounds), "ms", HANDOVER, rounds=tuple(rounds))


@asynccontextmanager
async def _running(router: Router, channel: Counter) -> AsyncIterator[None]:
    """Run the service's own relay and clock meanwhile."""
    stop = asyncio.Event()
    relay = Relay(router, {channel.name: channel})
    clock = InternalClock(router, Heart("clock"), longest=1.0)
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run(stop))
        group.create_task(clock.run(stop))
        try:
            yield
        finally:
            stop.set()
