"""Open this for how Events reach the `observe` hooks: in order, in one thread per plugin."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import monotonic

from core.plugins.isolation import reason_of
from core.views import EventView

log = logging.getLogger(__name__)

MOST_WAITING = 10_000


class Observer:
    """One plugin's observer. It loses Events rather than hold anybody up."""

    def __init__(self, name: str, observe: Callable[[EventView], object], seconds: float) -> None:
        self.name = name
        self._observe = observe
        self._seconds = seconds
        self._waiting: SimpleQueue[EventView | None] = SimpleQueue()
        self._busy_since: float | None = None
        self._thread: Thread | None = None
        self._losing = False

    @property
    def hangs(self) -> bool:
        """Tell whether it has not returned from one Event in time; it may yet come back."""
        since = self._busy_since
        return since is not None and monotonic() - since >= self._seconds

    def put(self, event: EventView) -> None:
        """Leave an Event for the thread, which starts with the first one; never blocks."""
        if self.hangs or self._waiting.qsize() >= MOST_WAITING:
            self._lose()
            return
        self._losing = False
        self._waiting.put(event)
        if self._thread is None:
            self._thread = Thread(target=self._run, name=f"observe {self.name}", daemon=True)
            self._thread.start()

    async def close(self, seconds: float) -> None:
        """Let it see what waits, for so long; a thread that hangs is left behind."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            await asyncio.to_thread(thread.join, seconds)

    def _lose(self) -> None:
        if not self._losing:
            self._losing = True
            log.warning("plugin.observer_behind name=%s: it misses events from here on", self.name)

    def _run(self) -> None:
        while (event := self._waiting.get()) is not None:
            self._busy_since = monotonic()
            try:
                self._observe(event)
            except (Exception, SystemExit) as fault:
                log.warning("plugin.observe_failed name=%s reason=%s", self.name, reason_of(fault))
                log.debug("plugin.traceback name=%s", self.name, exc_info=fault)
            self._busy_since = None
