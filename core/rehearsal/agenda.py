"""A clock of its own and what is going to happen, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

Deed = Callable[[], Awaitable[object]]


class VirtualClock:
    """A clock that jumps to whatever is next."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment it last jumped to."""
        return self._now

    def jump(self, moment: datetime) -> None:
        """Go on to a later moment; never back."""
        self._now = max(self._now, moment)


@dataclass(order=True, slots=True)
class Planned:
    """A deed and its moment; `order` is its place among deeds of one moment."""

    at: datetime
    order: float
    number: int
    deed: Deed = field(compare=False)
    job_id: int | None = field(compare=False, default=None)
    stamp: int | None = field(compare=False, default=None)  # of a deadline: outdated by another


@dataclass(slots=True)
class Agenda:
    """Deeds that are planned, the earliest first."""

    _planned: list[Planned] = field(default_factory=list)
    _count: int = 0

    def plan(
        self,
        at: datetime,
        deed: Deed,
        *,
        order: float = inf,
        job_id: int | None = None,
        stamp: int | None = None,
    ) -> None:
        """Add a deed; what is planned for the past is done next."""
        self._count += 1
        heapq.heappush(self._planned, Planned(at, order, self._count, deed, job_id, stamp))

    def take(self, until: datetime) -> Planned | None:
        """Take the next deed that is due by then."""
        if self._planned and self._planned[0].at <= until:
            return heapq.heappop(self._planned)
        return None
