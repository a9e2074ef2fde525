"""Open this for who does what when: the things that people are going to do, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.testing import FakeClock

Deed = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Agenda:
    """Deeds that are planned; those of one moment are done in the order of planning."""

    clock: FakeClock
    _planned: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _count: int = 0

    def at(self, moment: datetime, deed: Deed) -> None:
        """Plan a deed; one in the past is done next."""
        self._count += 1
        heapq.heappush(self._planned, (moment, self._count, deed))

    def after(self, delay: timedelta, deed: Deed) -> None:
        """Plan a deed for so long from now."""
        self.at(self.clock.now() + delay, deed)

    def next_at(self) -> datetime | None:
        """Return when the next deed is due."""
        return self._planned[0][0] if self._planned else None

    def due(self) -> Deed | None:
        """Take the next deed that is due now."""
        if self._planned and self._planned[0][0] <= self.clock.now():
            return heapq.heappop(self._planned)[2]
        return None
