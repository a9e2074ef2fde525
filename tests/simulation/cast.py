"""Open this for what a world is made of: policies, drivers, jobs, all drawn from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from core.domain import LANGUAGES, LateYes, Policy, QuietHours
from core.drafts import AgentDraft, JobDraft

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("Europe/London")
LADDER = ("Bike", "Car", "Van", "Luton")
OFFICE = "office@example.com"
OTHER_OFFICE = "night@example.com"

NIGHT = QuietHours(time(22), time(6))
EVERYTHING = Policy(
    "everything",
    timeout=20 * MINUTE,
    min_lead=10 * MINUTE,
    rounds=2,
    start_before=8 * HOUR,
    quiet_hours=NIGHT,
    remind_at=0.5,
    max_open_offers_per_agent=3,
    busy_buffer=30 * MINUTE,
    urgent_within=HOUR,
)

POLICIES = {
    p.name: p
    for p in (
        Policy(),
        Policy("quick", timeout=5 * MINUTE, min_window=MINUTE, rounds=2),
        Policy("pairs", width=2, timeout=10 * MINUTE, rounds=2),
        Policy("strict-pairs", width=2, rounds=3, late_yes=LateYes.STRICT),
        Policy("everybody", width=0, timeout=15 * MINUTE),
        Policy("thrice", timeout=6 * MINUTE, rounds=3, late_yes=LateYes.STRICT),
        Policy("near", start_before=3 * HOUR, min_lead=30 * MINUTE, remind_at=0.5),
        Policy("night", quiet_hours=NIGHT, urgent_within=2 * HOUR),
        Policy("careful", busy_buffer=90 * MINUTE, max_open_offers_per_agent=1),
        Policy("capped", width=2, max_open_offers_per_agent=2, rounds=2, timeout=8 * MINUTE),
        EVERYTHING,
        replace(EVERYTHING, name="everything-for-all", width=0),
        replace(EVERYTHING, name="everything-strict", width=3, late_yes=LateYes.STRICT),
    )
}


@dataclass(frozen=True, slots=True)
class Character:
    """How a driver behaves: chances of each way to answer; what is left over is silence."""

    name: str
    yes: float = 0.0
    no: float = 0.0
    unclear: float = 0.0
    stop: float = 0.0  # instead of an answer; START follows hours later
    late: float = 0.1  # of those answers, so many come after the end
    drops: float = 0.05  # of those who were booked
    off: float = 0.0  # goes off duty after an offer
    patience: timedelta = 4 * MINUTE  # within which an answer in time mostly comes


CHARACTERS = (
    Character("keen", yes=0.85, no=0.1),
    Character("choosy", yes=0.25, no=0.6),
    Character("slow", yes=0.6, no=0.2, late=0.6, patience=40 * MINUTE),
    Character("silent", yes=0.03),
    Character("vague", yes=0.2, no=0.1, unclear=0.5),
    Character("fickle", yes=0.7, no=0.2, drops=0.6),
    Character("fed up", yes=0.2, no=0.3, stop=0.15),
    Character("shifts", yes=0.4, no=0.2, off=0.25),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One driver: who they are and how they behave."""

    draft: AgentDraft
    character: Character


def start_of(rng: Random) -> datetime:
    """Return a moment of 2026, in winter, in summer, or near a clock change."""
    day = rng.choice([30, 87, 88, 150, 200, 297, 298, 350])
    return datetime(2026, 1, 1, rng.randrange(24), tzinfo=UTC) + timedelta(days=day - 1)


def parts_of(rng: Random) -> list[Part]:
    """Return six to ten drivers, reached by chat, by mail, by both, or on the console."""
    return [part_of(rng, number) for number in range(1, rng.randint(6, 10) + 1)]


def part_of(rng: Random, number: int) -> Part:
    """Return the n-th driver."""
    reach = rng.choice(["console", "telegram", "email", "both", "both"])
    draft = AgentDraft(
        name=f"Driver {number}",
        phone_e164=f"+4477009{number:05d}",
        priority=rng.randint(1, 4),
        active=rng.random() > 0.04,
        vehicle_type=rng.choice([None, *LADDER, "Van", "Luton"]),
        skills=tuple(s for s in ("tail lift", "fragile") if rng.random() < 0.6),
        telegram=1000 + number if reach in ("telegram", "both") else None,
        email=f"driver{number}@example.com" if reach in ("email", "both") else None,
        quiet_hours=rng.choice([None, None, None, "21:00-07:00"]),
        language=rng.choice([None, *LANGUAGES]),
    )
    return Part(draft, rng.choice(CHARACTERS))


def date_text(pickup_at: datetime, *, only: bool = False) -> str:
    """Return a pickup as a client writes it."""
    return f"{pickup_at.astimezone(ZONE):%d/%m/%Y}" if only else pickup_at.isoformat()


def job_of(rng: Random, number: int, now: datetime) -> JobDraft:
    """Return the n-th job as it arrives now."""
    kind = rng.choices(["none", "soon", "later", "days", "day", "past"], [25, 15, 40, 10, 7, 3])[0]
    ahead = {
        "soon": rng.randint(2, 90) * MINUTE,
        "later": rng.randint(60, 720) * MINUTE,
        "days": rng.randint(24, 72) * HOUR,
        "past": -rng.randint(1, 300) * MINUTE,
    }.get(kind)
    pickup_at = now + ahead if ahead is not None else None
    if kind == "day":
        day = (now.astimezone(ZONE) + DAY).date()
        pickup_at = datetime.combine(day, time(0), tzinfo=ZONE).astimezone(UTC)
    return JobDraft(
        sheet_job_id=f"J-{number}",
        pickup_date=None if pickup_at is None else date_text(pickup_at, only=kind == "day"),
        pickup_at=pickup_at,
        pickup_date_only=kind == "day",
        origin="Leeds",
        destination="York",
        vehicle_type=rng.choice([None, None, "Car", "Van", "Luton", "hovercraft"]),
        skills=("tail lift",) if rng.random() < 0.15 else (),
        coordinator_email=rng.choice([None, None, OFFICE, OTHER_OFFICE]),
        policy=rng.choice([*POLICIES, "a policy that is not there"]),
    )
