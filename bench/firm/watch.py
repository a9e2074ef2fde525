"""Open this for what is timed while the day is played, and what was promised to whom."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

Act = Callable[[], Awaitable[None]]
Point = tuple[float, float]  # seconds since the day began; seconds that it took


@dataclass(slots=True)
class Watch:
    """Times, promises and complaints; one for the whole day."""

    began: float = field(default_factory=perf_counter)
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    took: dict[str, list[Point]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[str] = field(default_factory=Counter)
    brought: set[str] = field(default_factory=set)  # references that were acknowledged
    said: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    booked: set[tuple[int, int]] = field(default_factory=set)  # job, driver: told over HTTP
    asked_again: int = 0  # requests whose connection broke before the answer
    complaints: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Let the day begin now."""
        self.began, self.began_at = perf_counter(), datetime.now(UTC)

    @property
    def elapsed(self) -> float:
        """Seconds since the day began."""
        return perf_counter() - self.began

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Note how long the block takes."""
        at = self.elapsed
        yield
        self.note(what, at)

    def note(self, what: str, at: float) -> None:
        """Note what began at that second and ends now."""
        self.took[what].append((at, self.elapsed - at))

    def says(self, reference: str, driver: str, words: str) -> None:
        """Note that a driver begins to answer; the first time counts."""
        self.said.setdefault((reference, driver, words), datetime.now(UTC))

    def complain(self, sentence: str) -> None:
        """Keep something that must not be."""
        self.complaints.append(sentence)


class Later:
    """What people are going to do; nothing of it is waited for before its time."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._under_way: set[asyncio.Task[None]] = set()

    def do(self, seconds: float, act: Act) -> None:
        """Have something done so many seconds from now."""

        async def when_it_is_time() -> None:
            await asyncio.sleep(seconds)
            await act()

        task = self._group.create_task(when_it_is_time())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    @property
    def pending(self) -> int:
        """How much is still going to be done."""
        return len(self._under_way)

    def forget(self) -> None:
        """Let nobody do anything more."""
        for task in self._under_way:
            task.cancel()
