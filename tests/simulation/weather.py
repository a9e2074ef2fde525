"""Open this for what goes wrong: spells in which the service, a channel or a reader is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.simulation.cast import HOUR, MINUTE


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of time in which something does not work."""

    begins: datetime
    ends: datetime

    def covers(self, now: datetime) -> bool:
        """Tell whether it holds at that moment."""
        return self.begins <= now < self.ends


@dataclass(frozen=True, slots=True)
class Weather:
    """All the spells of one world, and how often the small faults strike."""

    service: tuple[Spell, ...]  # nothing of ours runs; what people say arrives afterwards
    reader: tuple[Spell, ...]  # what comes in is stored, but nobody reads it
    channels: dict[str, tuple[Spell, ...]]
    busy: float  # chance that a send fails for now
    cut: float  # chance that a send arrives and looks as if it had not
    crash: float  # chance that a relay or reader dies with messages in hand

    crashes: list[Spell] = field(default_factory=list)  # what a reader that died kept leased

    def held_up(self, begins: datetime, ends: datetime) -> timedelta:
        """Return for how much of a stretch nobody could be expected to settle anything."""
        return sum(
            (
                max(min(s.ends, ends) - max(s.begins, begins), timedelta(0))
                for s in (*self.service, *self.reader, *self.crashes)
            ),
            timedelta(0),
        )


def weather_of(rng: Random, begins: datetime, lasts: timedelta, channels: Sequence[str]) -> Weather:
    """Return the weather of a world: from fair to foul."""
    foul = rng.choice([0.0, 1.0, 1.0, 3.0])

    def spells(most: float, longest: timedelta) -> tuple[Spell, ...]:
        found = []
        for _ in range(round(most * foul)):
            at = begins + lasts * rng.random()
            found.append(Spell(at, at + longest * rng.random() ** 3))
        return tuple(found)

    longest = 30 * HOUR if rng.random() < 0.05 else 20 * MINUTE
    return Weather(
        service=spells(3, 4 * HOUR),
        reader=spells(4, 10 * MINUTE),
        channels={name: spells(3, longest) for name in channels},
        busy=0.03 * foul,
        cut=0.01 * foul,
        crash=0.02 * foul,
    )


def end_of(spells: Sequence[Spell], now: datetime) -> datetime:
    """Return when the spells that hold now are over; `now` itself when none holds."""
    while ends := [s.ends for s in spells if s.covers(now)]:
        now = max(ends)
    return now
