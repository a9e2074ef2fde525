"""Open this for how much each row measures: the normal, the quick and the full sizes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """How often and how much; counts are of one side in one round unless said otherwise."""

    rounds: int = 5
    drivers: int = 50  # the fleet that offers go round in
    replies: int = 2_000  # with many at once; a quarter of it one at a time
    requests: int = 1_600  # over HTTP with 32 at once, fewer with fewer
    due: tuple[int, ...] = (1_000, 10_000)
    crowd: int = 100_000  # open offers that are not due
    few: int = 100  # open offers to compare that crowd with
    idle_ticks: int = 100
    history: int = 100_000  # jobs that ended, each with its offer, messages and events
    history_due: int = 1_000
    handovers: int = 200
    mails: int = 1_000
    waiting: int = 10_000  # open offers of `lateness`, over the whole run
    within: float = 300.0  # seconds in which those expire, evenly
    watched: float = 20.0  # seconds of that which `lateness` looks at


QUICK = Sizes(
    rounds=3,
    replies=640,
    requests=480,
    due=(300, 1_000),
    crowd=20_000,
    idle_ticks=50,
    history=20_000,
    history_due=300,
    handovers=80,
    mails=400,
    waiting=5_000,
    within=150.0,
    watched=10.0,
)
FULL = Sizes(due=(1_000, 10_000, 100_000), history=1_000_000)
