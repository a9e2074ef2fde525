"""Open this for who is there and what comes in: drivers hired, jobs arriving, addresses dying."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from core.channel import Outgoing
from core.domain import API
from core.drafts import JobDraft
from core.outcomes import Created
from tests.simulation.cast import (
    HOUR,
    OFFICE,
    OTHER_OFFICE,
    Part,
    job_of,
    part_of,
    parts_of,
)
from tests.simulation.coordinators import Coordinator
from tests.simulation.drivers import Driver
from tests.simulation.office import Office
from tests.simulation.overruling import Overruling


class Stage:
    """The people of one world and what is going to happen to them."""

    def __init__(self, office: Office, lives: int) -> None:
        self.parts: dict[int, Part] = {}  # by agent id
        self.drafts: dict[int, JobDraft] = {}  # by job id
        self._office = office
        self._desk = office.desk
        self._rng = office.rng
        self._lives = lives
        self._people: dict[str, Driver | Coordinator] = {}
        for handle in (OFFICE, OTHER_OFFICE, "coordinator"):
            person = self._people[handle] = Coordinator(handle, self._desk, office.seeded(handle))
            dice = office.seeded(f"{handle} overrules")
            person.overrules = Overruling(person.by, self._desk, dice)
        for channel in self._desk.channels.values():
            channel.hear = self._hear

    async def open(self) -> None:
        """Hire the first drivers and plan everything that comes from outside."""
        for number, part in enumerate(parts_of(self._rng), start=1):
            await self._hire(number, part)
        moment = self._desk.now()
        for number in range(1, self._lives + 1):
            if self._rng.random() > 0.2:  # a fifth of the jobs arrive together with another
                moment += 2 * self._office.lasts / self._lives * self._rng.random()
            self._desk.agenda.at(moment, partial(self._take_in, number))
        self._plan_deaths()
        self._plan_leaves()
        if self._rng.random() < 0.5:
            number = len(self._desk.agents) + 1
            self._desk.agenda.after(self._some_time(), partial(self._join, number))

    def references(self) -> dict[int, str]:
        """Return the reference of each job by its id."""
        return {job_id: name for name, job_id in self._desk.jobs.items()}

    async def _hire(self, number: int, part: Part) -> None:
        phone = part.draft.phone_e164
        await self._desk.router.sync_agents([part.draft], API)
        known = (await self._desk.router.records.agents(q=phone)).rows
        agent_id = self._desk.agents[number] = known[0].id
        self.parts[agent_id] = part
        driver = Driver(number, part, self._desk, self._office.seeded(part.draft.name))
        for handle in (phone, part.draft.telegram, part.draft.email):
            if handle is not None:
                self._people[str(handle)] = driver

    async def _join(self, number: int) -> None:
        await self._hire(number, part_of(self._rng, number))

    async def _take_in(self, number: int) -> None:
        draft = job_of(self._office.seeded("job"), number, self._desk.now())
        created = await self._desk.router.create_job(draft, API)
        if not isinstance(created, Created):
            raise TypeError(f"{draft.sheet_job_id} should be new, but: {created}")
        self._desk.jobs[draft.sheet_job_id] = created.job.id
        self._desk.pickups[draft.sheet_job_id] = draft.pickup_at
        self.drafts[created.job.id] = draft
        office = self._people[draft.coordinator_email or OFFICE]
        if isinstance(office, Coordinator):
            office.meddle(draft.sheet_job_id)
        if self._rng.random() < 0.05:
            await self._desk.router.create_job(draft, API)

    def _plan_deaths(self) -> None:
        for part in self.parts.values():
            for name, handle in (("telegram", part.draft.telegram), ("email", part.draft.email)):
                channel = self._desk.channels.get(name)
                if handle is not None and channel is not None and self._rng.random() < 0.15:
                    self._desk.agenda.after(self._some_time(), partial(channel.die, str(handle)))

    def _plan_leaves(self) -> None:
        for agent_id in self._desk.agents.values():
            if self._rng.random() < 0.2:
                begins = self._desk.now() + self._some_time()
                until = begins + 5 * HOUR * self._rng.random()
                leave = partial(self._desk.router.set_duty, agent_id, False, API, until=until)
                self._desk.agenda.at(begins, leave)

    def _some_time(self) -> timedelta:
        return self._office.lasts * self._rng.random()

    def _hear(self, channel: str, message: Outgoing) -> None:
        """Have whoever owns the handle hear the message; some mail bounces later."""
        person = self._people.get(message.handle)
        if person is not None:
            person.hear(channel, message)
        if channel != "email" or not isinstance(person, Driver) or self._rng.random() > 0.03:
            return
        mail, delivered = self._desk.channels[channel], self._rng.random() < 0.6
        if not delivered:
            mail.dead.add(message.handle)
        report = partial(mail.report, message.token, message.handle, delivered=delivered)
        self._desk.agenda.after(HOUR / 20 * self._rng.random(), report)
