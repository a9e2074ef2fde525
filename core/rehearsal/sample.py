"""A day that never was: drivers of different habits and a hundred jobs, drawn by a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random

from core.domain import EventKind, JobStatus, Verdict
from core.models import Address, Agent, Job
from core.rehearsal.past import Ask, Past, Said
from core.rehearsal.people import People
from core.rehearsal.stage import Stage
from core.site import CONSOLE, Site
from core.views import EventView

DAWN = datetime(2026, 1, 30, 6, 0, tzinfo=UTC)
DRIVERS, JOBS = 20, 100
ARRIVING = timedelta(hours=12)
ENDS = DAWN + timedelta(hours=30)
MINUTE = timedelta(minutes=1)
K, S = EventKind, JobStatus


@dataclass(frozen=True, slots=True)
class Habit:
    """How often a driver says yes or no, being silent otherwise, and how soon."""

    yes: float
    no: float
    within: timedelta


HABITS = (
    Habit(yes=0.6, no=0.25, within=5 * MINUTE),
    Habit(yes=0.3, no=0.55, within=8 * MINUTE),
    Habit(yes=0.35, no=0.15, within=45 * MINUTE),
    Habit(yes=0.1, no=0.1, within=20 * MINUTE),
)


async def sample_day(stage: Stage, site: Site, seed: int) -> Past:
    """Live the day under the site's default policy; return its record."""
    async with stage.scratch():  # rows can be made only while a record is open
        day, people = _invented(site, seed)
    return await stage.rehearse(day, site, people, site.policy(None))


def _invented(site: Site, seed: int) -> tuple[Past, Inventions]:
    dice = Random(f"{seed}/day")  # noqa: S311 no secret
    drivers = [_driver(number, dice) for number in range(1, DRIVERS + 1)]
    jobs = [_job(number, dice, site) for number in range(1, JOBS + 1)]
    jobs.sort(key=lambda job: job.created_at)
    for number, job in enumerate(jobs, start=1):
        job.id, job.sheet_job_id = number, f"SAMPLE-{number}"
    at_home = (*site.channels, CONSOLE)[0]
    day = Past(
        begins=DAWN,
        ends=ENDS,
        jobs=jobs,
        offers=(),
        events={job.id: _until_started(job, dice) for job in jobs},
        about_agents=(),
        agents=drivers,
        addresses=[
            Address(id=d.id, agent_id=d.id, channel=at_home, handle=d.phone_e164, created_at=DAWN)
            for d in drivers
        ],
        entries=(),
        messages=(),
        unread=(),
        asked_before=(),
    )
    habits = {driver.id: dice.choice(HABITS) for driver in drivers}
    return day, Inventions(day, seed, habits)


class Inventions(People):
    """Drivers who answer by habit, each offer by dice of its own."""

    def __init__(self, past: Past, seed: int, habits: dict[int, Habit]) -> None:
        super().__init__(past, seed)
        self._dice = seed
        self._habits = habits

    def recorded(self, job_id: int, agent_id: int, number: int) -> Ask:
        """Return an answer that is as good as recorded: the day is being invented."""
        dice = Random(f"{self._dice}/{job_id}/{agent_id}/{number}")  # noqa: S311 no secret
        habit, roll = self._habits[agent_id], dice.random()
        after = habit.within * dice.random() ** 2 + timedelta(seconds=5)
        if roll >= habit.yes + habit.no:
            return Ask()
        verdict = Verdict.YES if roll < habit.yes else Verdict.NO
        return Ask(said=(Said(verdict, after, after, inf),))


def _driver(number: int, dice: Random) -> Agent:
    return Agent(
        id=number,
        name=f"Driver {number}",
        phone_e164=f"+4477009{number:05d}",
        priority=dice.randint(1, 5),
        vehicle_type=dice.choice(("Car", "Small van", "Van", "Van", "Long van", "Luton")),
        skills=[],
        created_at=DAWN,
        updated_at=DAWN,
    )


def _job(number: int, dice: Random, site: Site) -> Job:
    arrived = DAWN + (ARRIVING * dice.random())
    arrived -= timedelta(microseconds=arrived.microsecond)
    pickup_at = arrived + timedelta(minutes=dice.randint(45, 600))
    return Job(
        id=number,
        sheet_job_id="",
        source="sample",
        pickup_at=pickup_at,
        pickup_date=pickup_at.isoformat(),
        vehicle_type=dice.choice((None, "Car", "Van", "Van", "Luton")),
        skills=[],
        origin="Leeds",
        destination=dice.choice(("York", "Hull", "Sheffield", "Manchester")),
        policy_name="default" if "default" in site.policies else None,
        created_at=arrived,
        updated_at=arrived,
    )


def _until_started(job: Job, dice: Random) -> list[EventView]:
    """Return what people did: the job arrived, was approved within minutes, and was started."""
    decided_at = job.created_at + timedelta(seconds=dice.randint(20, 600))
    told = {"pickup_at": job.pickup_at.isoformat()} if job.pickup_at is not None else {}
    lines = (
        (job.created_at, K.CREATED, None, S.NEEDS_APPROVAL, told),
        (decided_at, K.APPROVED, S.NEEDS_APPROVAL, S.APPROVED, None),
        (decided_at, K.OFFERING_STARTED, S.APPROVED, S.OFFERING, None),
    )
    return [
        EventView(
            id=3 * job.id + place,
            at=at,
            kind=kind.value,
            job_id=job.id,
            offer_id=None,
            agent_id=None,
            actor="sample",
            source=source.value if source is not None else None,
            target=target.value,
            reason=None,
            facts=facts,
        )
        for place, (at, kind, source, target, facts) in enumerate(lines)
    ]
