"""Open this for how people answer: which words, and how long they take. Pure but for chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from random import Random

LIKELY = {
    "YES": 0.58,
    "NO": 0.22,
    "late YES": 0.04,
    "YES, then DROP": 0.02,
    "unclear, then YES": 0.02,
    "silence": 0.12,
}


@dataclass(frozen=True, slots=True)
class Saying:
    """Words, so many minutes of the firm after the last thing that happened."""

    words: str
    after: float


def answer_of_driver(chance: Random) -> list[Saying]:
    """Return what a driver says to an offer, one thing after another; nothing: silence."""
    habit = chance.choices(list(LIKELY), list(LIKELY.values()))[0]
    soon = Saying("YES", _minutes(chance, 1.5))
    match habit:
        case "YES":
            return [soon]
        case "NO":
            return [Saying("NO", _minutes(chance, 1.0))]
        case "late YES":
            return [Saying("YES", 31 + _minutes(chance, 5))]
        case "YES, then DROP":
            return [soon, Saying("DROP", 15), Saying("DROP", 1)]
        case "unclear, then YES":
            return [Saying("yes but an hour later", soon.after), Saying("YES", 1)]
        case _:
            return []


def minutes_of_coordinator(chance: Random) -> float:
    """Return how long a coordinator takes to look at a job."""
    return _minutes(chance, 2.0)


def _minutes(chance: Random, median: float) -> float:
    """Return how long somebody takes: mostly about the median, sometimes several times that."""
    return min(chance.lognormvariate(log(median), 0.9), 60)
