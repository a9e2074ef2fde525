"""Several offices of one firm: routers, relays and readers on one database and one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from bot.health import Heart
from bot.loops import keep_going
from core.channel import Outgoing
from core.testing import FakeClock
from tests.house import NOON, House, open_house

SOON = 10.0


@asynccontextmanager
async def open_offices(url: str, count: int = 3) -> AsyncIterator[list[House]]:
    """Open so many offices on a migrated database; one invariant broken fails the test."""
    clock = FakeClock(NOON)
    async with AsyncExitStack() as stack:
        offices = [
            await stack.enter_async_context(open_house(url, clock=clock)) for _ in range(count)
        ]
        yield offices
        assert await offices[0].broken_invariants() == ()


@asynccontextmanager
async def listening(*offices: House) -> AsyncIterator[list[Heart]]:
    """Have the offices hear each other meanwhile, as `serve` does; hand out their hearts."""
    stop, tasks, hearts = asyncio.Event(), [], []
    for office in offices:
        bell, heart, connected = office.router.runner.bell, Heart("listener"), asyncio.Event()
        assert bell is not None
        office.router.on_commit(partial(_note, connected))
        listen = partial(bell.listen, office.router.wake, heart.beat)
        tasks.append(asyncio.ensure_future(keep_going(listen, heart, stop)))
        hearts.append(heart)
        await asyncio.wait_for(connected.wait(), SOON)
    try:
        yield hearts
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), SOON)


async def until(is_so: Callable[[], Awaitable[object] | object]) -> None:
    """Ask again and again until it is so."""
    async with asyncio.timeout(SOON):
        while not (await answer if isinstance(answer := is_so(), Awaitable) else answer):  # noqa: ASYNC110 - what is waited for has no Event
            await asyncio.sleep(0.01)


class Ear:
    """Notes what `Router.on_commit` says to one office from now on."""

    def __init__(self, office: House) -> None:
        self.heard: list[int] = []  # how many lines of history; none: from elsewhere
        self._new = asyncio.Event()
        office.router.on_commit(lambda events: self._note(len(events)))

    async def hears(self) -> int:
        """Wait until something is heard that was not asked for yet; return its lines."""
        async with asyncio.timeout(SOON):
            await self._new.wait()
        self._new.clear()
        return self.heard[-1]

    def _note(self, lines: int) -> None:
        self.heard.append(lines)
        self._new.set()


def _note(happened: asyncio.Event, _events: object) -> None:
    happened.set()


async def drain_all(offices: list[House]) -> None:
    """Have every office send what is due, all at once."""
    await asyncio.gather(*(office.relay.drain() for office in offices))


async def tick_all(offices: list[House], **later: float) -> tuple[int, int, int]:
    """Let time pass and every office tick at once; return what they did together."""
    offices[0].clock.advance(timedelta(**later))
    ticked = await asyncio.gather(*(office.router.tick() for office in offices))
    return (
        sum(t.timed_out for t in ticked),
        sum(t.advanced for t in ticked),
        sum(t.alerts for t in ticked),
    )


def sent(offices: list[House]) -> list[Outgoing]:
    """Return what all of them sent together."""
    return [message for office in offices for message in office.channels["console"].sent]
