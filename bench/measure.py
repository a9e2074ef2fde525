"""Open this for how everything is measured: sides take turns, ratios and medians are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
Side = Callable[[int], Awaitable[float]]  # one round of one side, by the round's number


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised and what is hoped for; with `less`, smaller is better."""

    at_least: float
    reach: float
    less: bool = False

    def verdict(self, value: float) -> str:
        """Return `reached`, `met` or `missed`."""
        if _good(value, self.reach, self.less):
            return "reached"
        return "met" if _good(value, self.at_least, self.less) else "missed"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line. `value` is the median over the rounds of what `unit` says."""

    row: str
    what: str
    against: str
    value: float
    unit: str = "x"  # x: ours divided by the other side
    target: Target | None = None
    ours: str = ""  # the sides themselves, as people read them
    theirs: str = ""
    rounds: tuple[float, ...] = ()


async def take_turns(rounds: int, first: Side, second: Side) -> list[tuple[float, float]]:
    """Run both sides in every round, each of them first in every other round."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            other = await second(number)
            pairs.append((await first(number), other))
        else:
            one = await first(number)
            pairs.append((one, await second(number)))
    return pairs


def ratio_of(
    row: str,
    what: str,
    against: str,
    pairs: Sequence[tuple[float, float]],
    *,
    target: Target | None = None,
    shown: str = "{:,.0f}/s",
) -> Figure:
    """Return the median of the rounds' ratios, and the sides' own medians for people."""
    ratios = tuple(ours / theirs for ours, theirs in pairs)
    return Figure(
        row,
        what,
        against,
        median(ratios),
        target=target,
        ours=shown.format(median(ours for ours, _ in pairs)),
        theirs=shown.format(median(theirs for _, theirs in pairs)),
        rounds=ratios,
    )


async def share_out(work: Callable[[T], Awaitable[None]], items: Iterable[T], hands: int) -> float:
    """Do the work on every item, so many at a time; return how many seconds it took."""
    waiting = iter(items)

    async def keep_working() -> None:
        for item in waiting:
            await work(item)

    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(hands):
            group.create_task(keep_working())
    return perf_counter() - began


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent lie."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _good(value: float, bound: float, less: bool) -> bool:
    return value <= bound if less else value >= bound
