"""Open this for what a day of the firm holds: who works there, and which job comes when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

BUSY = (1, 1, 1, 1, 2, 4, 8, 12, 14, 13, 11, 9, 8, 8, 9, 10, 11, 10, 8, 6, 4, 3, 2, 1)  # by hour
TOWNS = ("Leeds", "York", "Hull", "Derby", "Crewe", "Luton", "Bath", "Ely", "Wigan", "Poole")
LADDER = ("Bike", "Car", "Small van", "Van", "Long van", "Luton", "7.5t", "18t")


class Way(StrEnum):
    """How somebody is reached, and how they answer."""

    CHAT = "chat"
    MAIL = "mail"
    APP = "app"  # another program: told by /stream, answers over the JSON API
    PAGE = "page"  # a mailed link, and the form behind it


DRIVERS_BY = (*[Way.CHAT] * 6, *[Way.MAIL] * 2, *[Way.APP] * 2)  # dealt out in turn
COORDINATORS = {  # many: at a hundred times the speed a chat still takes one message a second
    **dict.fromkeys(("Jo", "Kim", "Ash", "Dee", "Fay", "Gil"), Way.CHAT),
    **dict.fromkeys(("Lee", "Max", "Pat"), Way.MAIL),
    **dict.fromkeys(("Ana", "Bea", "Cal"), Way.PAGE),
}
DEFAULT_COORDINATOR = "Lee"  # of jobs that are mailed in, which name nobody


@dataclass(frozen=True, slots=True)
class Firm:
    """How large the firm is, and how fast its day is played."""

    drivers: int = 200
    jobs_a_day: int = 2_000
    hours: float = 24.0
    speed: float = 100.0
    seed: int = 1

    @property
    def begins(self) -> float:
        """The hour of the day at which it begins: a shorter day is one around noon."""
        return 12 - self.hours / 2

    def seconds(self, minutes: float) -> float:
        """Return how long minutes of the firm last here."""
        return minutes * 60 / self.speed

    def hour_at(self, elapsed: float) -> float:
        """Return the firm's hour after so many seconds here."""
        return self.begins + elapsed * self.speed / 3600


@dataclass(frozen=True, slots=True)
class Coming:
    """One job that is going to come."""

    reference: str
    after: float  # seconds here since the day began
    way: Way  # MAIL or APP
    coordinator: str
    pickup_in: float  # seconds here
    vehicle: str
    origin: str
    destination: str

    def facts(self, now: datetime) -> dict[str, Any]:
        """Return the job as POST /jobs takes it."""
        return {
            "sheet_job_id": self.reference,
            "pickup_date": (now + timedelta(seconds=self.pickup_in)).isoformat(),
            "origin": self.origin,
            "destination": self.destination,
            "vehicle_type": self.vehicle,
            "coordinator_email": mail_of(self.coordinator),
            "contact_name": "Sam",
        }


def jobs_of(firm: Firm) -> Sequence[Coming]:
    """Return the jobs of the day in the order in which they come; the same for the same seed."""
    chance = Random(f"jobs/{firm.seed}")
    moments: list[float] = []
    for hour, busy in enumerate(BUSY):
        whole = firm.jobs_a_day * busy / sum(BUSY)
        amount = int(whole) + (chance.random() < whole % 1)
        moments += (hour + chance.random() for _ in range(amount))
    ends = firm.begins + firm.hours
    kept = sorted(moment for moment in moments if firm.begins <= moment < ends)
    return [_job(firm, number, hour, chance) for number, hour in enumerate(kept, start=1)]


def mail_of(name: str) -> str:
    """Return the mail address of a coordinator."""
    return f"{name.lower()}@firm.example"


def _job(firm: Firm, number: int, hour: float, chance: Random) -> Coming:
    mailed = chance.random() < 0.3
    origin, destination = chance.sample(TOWNS, 2)
    return Coming(
        reference=f"F-{number:05d}",
        after=(hour - firm.begins) * 3600 / firm.speed,
        way=Way.MAIL if mailed else Way.APP,
        coordinator=DEFAULT_COORDINATOR if mailed else chance.choice(list(COORDINATORS)),
        pickup_in=firm.seconds(60 * chance.uniform(3, 10)),
        vehicle=chance.choice(LADDER[:6]),
        origin=origin,
        destination=destination,
    )
