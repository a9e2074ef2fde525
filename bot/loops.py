"""Open this for what runs beside the web server: clock, relay, inbox reader, auditor."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from time import monotonic

from bot.health import Health, Heart
from core.auditor import audit
from core.errors import DispatchError
from core.router import Router
from core.runner import Runner
from core.waiting import happens

log = logging.getLogger(__name__)

Loop = Callable[[asyncio.Event], Awaitable[None]]

BREATH = 0.05  # a burst of commits costs one look at the deadlines
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
SETTLED_AFTER = 30.0  # a loop that ran this long begins with the first pause again
AUDIT_EVERY = 30.0
SECOND_LOOK = 3.0


async def keep_going(loop: Loop, heart: Heart, stop: asyncio.Event) -> None:
    """Run `loop` until stop; log what it raises and run it again, after ever longer pauses."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        began = monotonic()
        try:
            await loop(stop)
        except (DispatchError, OSError) as error:
            heart.fail(str(error))
            log.warning("%s.failed", heart.name, extra={"error": str(error)})
        except Exception as error:
            heart.fail(type(error).__name__)
            log.exception("%s.failed", heart.name)
        if monotonic() - began > SETTLED_AFTER:
            pause = FIRST_PAUSE
        await happens(stop, within=pause)
        pause = min(pause * 2, LONGEST_PAUSE)


class InternalClock:
    """Calls the router's tick when something is due, and at least every `longest` seconds."""

    def __init__(self, router: Router, heart: Heart, longest: float) -> None:
        self._router = router
        self._heart = heart
        self._longest = longest
        self._committed = asyncio.Event()
        router.on_commit(lambda _events: self._committed.set())

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until stop."""
        while not stop.is_set():
            await self._router.tick()
            self._heart.beat()
            await self._until_due(stop)

    async def _until_due(self, stop: asyncio.Event) -> None:
        latest = monotonic() + self._longest
        while not await happens(stop, within=BREATH):
            self._committed.clear()
            seconds = min(latest - monotonic(), await self._until_deadline())
            if seconds <= 0 or not await happens(stop, self._committed, within=seconds):
                return

    async def _until_deadline(self) -> float:
        deadline = await self._router.next_deadline()
        return (deadline - self._router.clock.now()).total_seconds() if deadline else math.inf


class Auditor:
    """Looks for broken invariants and a clock that stands still, again and again.

    What it finds makes the service not ready.
    """

    def __init__(
        self, runner: Runner, router: Router, heart: Heart, health: Health, *, ticking: bool
    ) -> None:
        self._ticking = ticking
        self._runner = runner
        self._router = router
        self._heart = heart
        self._health = health

    async def run(self, stop: asyncio.Event) -> None:
        """Audit until stop."""
        while not stop.is_set():
            found = await self._look()
            if found:  # what is settled a little later was only under way
                if await happens(stop, within=SECOND_LOOK):
                    return
                found &= await self._look()
            for sentence in sorted(found - set(self._health.findings)):
                log.error("auditor.found", extra={"finding": sentence})
            self._health.findings = tuple(sorted(found))
            self._heart.beat()
            await happens(stop, within=AUDIT_EVERY)

    async def _look(self) -> set[str]:
        await self._router.watch_clock()
        now = self._router.clock.now()
        found = await audit(self._runner, now, running=self._ticking, thorough=False)
        return set(found)
