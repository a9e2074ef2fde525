"""What happened, for those who listen: history after an id, read once for all of them.

On PostgreSQL a line may be committed after one of a higher id. So ids are passed on in order, and
one that is missing is waited for a moment, until it is plain that its unit was rolled back.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from core.router import Router
from core.rows import EVENTS
from core.runner import Unit
from core.views import EventView
from core.waiting import happens
from core.work import event_view

AT_ONCE = 500  # lines in one read
KEPT = 1_000  # lines that need no reading again
LOOK_EVERY = 1.0  # for what another process did; ours is heard of at once
BREATH = 0.05  # a burst of commits is one read
PATIENCE = 2.0  # for an id that is missing: longer than any commit takes


class Feed:
    """The lines of history in the order of their ids; every listener keeps an own position."""

    def __init__(self, router: Router, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._runner = router.runner
        self._monotonic = monotonic
        self._patience = 0.0 if self._runner.bell is None else PATIENCE
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()
        self._recent: deque[EventView] = deque(maxlen=KEPT)
        self._missing: dict[int, float] = {}  # id before a gap -> when it was first seen
        self._position: int | None = None
        self._looked_at = 0.0
        self._is_stale = True
        self.closed = False
        router.on_commit(lambda _events: self._wake())

    async def position(self) -> int:
        """Return the id up to which everything is told."""
        await self._look()
        return self._position or 0

    async def after(self, position: int) -> Sequence[EventView]:
        """Return the lines that follow an id, oldest first: not all when they are many."""
        newest = await self.position()
        if position >= newest:
            return ()
        if self._recent and self._recent[0].id <= position + 1:
            return [line for line in self._recent if line.id > position][:AT_ONCE]
        return [line for line in await self._read(position) if line.id <= newest]

    async def wait(self) -> None:
        """Return when there may be more, after a second at the latest."""
        if await happens(self._news, within=LOOK_EVERY) and not self.closed:
            await asyncio.sleep(BREATH)

    def close(self) -> None:
        """Tell every listener that this is the end."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._is_stale = True
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _look(self) -> None:
        async with self._lock:
            now = self._monotonic()
            if not self._is_stale and now - self._looked_at < LOOK_EVERY:
                return
            self._is_stale, self._looked_at = False, now
            if self._position is None:
                self._position = await self._runner.read(_newest)
                return
            lines = await self._read(self._position)
            self._tell(lines, now)
            self._is_stale = len(lines) == AT_ONCE

    def _tell(self, lines: Sequence[EventView], now: float) -> None:
        """Pass on what follows without a gap, or behind one that was waited for long enough."""
        before = position = self._position or 0
        gaps = [
            b
            for b, line in zip([before, *(x.id for x in lines)], lines, strict=False)
            if line.id != b + 1
        ]
        self._missing = {gap: self._missing.get(gap, now) for gap in gaps}
        for line in lines:
            if now - self._missing.get(position, now - self._patience) < self._patience:
                break
            self._recent.append(line)
            position = line.id
        self._position = position

    async def _read(self, position: int) -> Sequence[EventView]:
        return await self._runner.read(_lines_after, position)


async def _newest(unit: Unit) -> int:
    found = await unit.records("SELECT max(id) FROM events")
    return found[0][0] or 0


async def _lines_after(unit: Unit, position: int) -> Sequence[EventView]:
    where = f"id > $1 ORDER BY id LIMIT {AT_ONCE}"
    return [event_view(line) for line in await EVENTS.all(unit, where, position)]
