"""Open this for how a stop ends the calls that are being made, so that none outlives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GRACE = 0.2  # seconds that calls have to end by themselves
PATIENCE = 0.7  # seconds in all


class UnderWay:
    """The calls being made at this moment."""

    def __init__(self) -> None:
        self._calls: set[asyncio.Timeout] = set()
        self._idle = asyncio.Event()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Count a call as under way; TimeoutError when a stop ends it."""
        async with asyncio.timeout(None) as call:
            self._calls.add(call)
            try:
                yield
            finally:
                self._calls.discard(call)
                self._idle.set()

    async def end(self) -> None:
        """Let the calls end, the slow ones by force."""
        loop = asyncio.get_running_loop()
        for call in self._calls:
            call.reschedule(loop.time() + GRACE)
        latest = loop.time() + PATIENCE
        while self._calls and loop.time() < latest:
            self._idle.clear()
            try:
                async with asyncio.timeout_at(latest):
                    await self._idle.wait()
            except TimeoutError:
                return
