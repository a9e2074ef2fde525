"""An office reached by chat: the real router, relay, inbox and channel, and people with phones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat_server import ChatServer, Person
from channels.telegram import Telegram, TelegramOptions
from channels.telegram.pacing import Pace
from core.auditor import audit
from core.channel import Channel
from core.domain import API, Actor, Policy
from core.drafts import AgentDraft, JobDraft
from core.inbox import InboxReader
from core.links import ApprovalLinks
from core.outbox.relay import Relay
from core.outcomes import Created, Invited, Started, Ticked
from core.router import Router
from core.runner import Unit, open_runner
from core.site import Site
from core.testing import FakeClock, make_context
from core.views import JobView
from tests.bot.chat.waiting import eventually
from tests.house import BASE_URL, NOON, phone

JO = Actor("coordinator", "Jo")


@dataclass(slots=True)
class Office:
    """What a story holds in its hands; time passes only by `passes`."""

    chat: ChatServer
    router: Router
    clock: FakeClock
    relay: Relay
    reader: InboxReader
    channel: Telegram
    drivers: list[Person] = field(default_factory=list)

    async def driver(self, name: str, language: str = "en", **facts: Any) -> Person:
        """Add a driver who opened their link, next in line."""
        number = len(self.drivers) + 1
        draft = AgentDraft(name, phone(number), number, language=language, **facts)
        await self.router.sync_agents([draft], API)
        agents = (await self.router.records.agents(limit=500)).rows
        person = self.chat.person(name, phone=phone(number), language=language)
        self.drivers.append(person)
        agent_id = next(a.id for a in agents if a.name == name)
        invited = await self.router.invite_agent(agent_id, "telegram")
        assert isinstance(invited, Invited)
        person.starts(invited.token)
        await self.settles()
        return person

    async def crowd(self, size: int) -> list[Person]:
        """Add many drivers at once, linked by their chat's id."""
        people = [self.chat.person(f"Driver {n}", started=True) for n in range(1, size + 1)]
        drafts = [
            AgentDraft(person.name, phone(n), n, telegram=person.id)
            for n, person in enumerate(people, start=1)
        ]
        await self.router.sync_agents(drafts, API)
        return people

    async def coordinator(self, name: str = "Jo") -> Person:
        """Add the default coordinator, who opened their link."""
        named = await self.router.add_coordinator(name, "jo@example.com", is_default=True)
        invited = await self.router.invite_coordinator(named.coordinator.id, "telegram")
        assert isinstance(invited, Invited)
        person = self.chat.person(name)
        person.starts(invited.token)
        await self.settles()
        return person

    async def arrives(self, reference: str = "VC8Y-3", **facts: Any) -> int:
        """Let a job come in; return its id. `pickup_in` is a timedelta from now."""
        if (pickup_in := facts.pop("pickup_in", None)) is not None:
            facts["pickup_at"] = self.clock.now() + pickup_in
        draft = JobDraft(reference, **{"origin": "Leeds", "destination": "York", **facts})
        created = await self.router.create_job(draft, API)
        assert isinstance(created, Created)
        await self.settles()
        return created.job.id

    async def offers(self, reference: str = "VC8Y-3", **facts: Any) -> int:
        """Let a job come in and be offered; return its id."""
        job_id = await self.arrives(reference, **facts)
        await self.router.approve(job_id, JO)
        assert isinstance(await self.router.start_offers(job_id, JO), Started)
        await self.settles()
        return job_id

    async def offers_unsettled(self, reference: str = "VC8Y-3") -> int:
        """Let a job be offered while nothing may be heard; return its id."""
        created = await self.router.create_job(
            JobDraft(reference, origin="Leeds", destination="York"), API
        )
        assert isinstance(created, Created)
        await self.router.approve(created.job.id, JO, start=True)
        return created.job.id

    async def settles(self) -> None:
        """Let all be heard that was said, acted on and answered, until nothing moves."""
        while True:
            await self.heard()
            read, sent = await self.reader.drain(), await self.relay.drain()
            if not read and not sent and not self.chat.world.updates.unheard:
                return

    async def heard(self) -> None:
        """Wait until every update is stored and confirmed."""
        await eventually(lambda: not self.chat.world.updates.unheard)

    async def passes(self, **amount: float) -> Ticked:
        """Let time pass, tick once, and let all settle."""
        self.clock.advance(timedelta(**amount))
        ticked = await self.router.tick()
        await self.settles()
        return ticked

    async def job(self, job_id: int) -> JobView:
        """Return the job as readers see it."""
        job = await self.router.records.job(job_id)
        assert job is not None
        return job

    async def first_offer(self, job_id: int) -> int:
        """Return the id of the first offer of a job."""
        offers = (await self.job(job_id)).offers
        assert offers
        return offers[0].id

    async def standing(self, job_id: int) -> tuple[str, list[str]]:
        """Return the status of a job, and of its offers, oldest first."""
        job = await self.job(job_id)
        return job.status, [offer.status for offer in job.offers or ()]

    async def story(self, job_id: int) -> str:
        """Return the history of a job as text."""
        page = await self.router.records.events(job_id, limit=500)
        assert page is not None
        return "\n".join(str(event) for event in page.rows)

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        """Look into the database."""

        async def query(unit: Unit) -> list[dict[str, Any]]:
            return await unit.rows(sql)

        return await self.router.runner.read(query)

    async def broken_invariants(self) -> tuple[str, ...]:
        """Return what the auditor finds."""
        return await audit(self.router.runner, self.clock.now(), running=False)


@asynccontextmanager
async def open_office(
    url: str, *, policy: Policy | None = None, pace: Pace | None = None
) -> AsyncIterator[Office]:
    """Open an office on a migrated database, with a chat service of its own."""
    chat = ChatServer()
    async with chat.serving():
        runner = await open_runner(url)
        clock = FakeClock(NOON)
        site = Site(
            zone=ZoneInfo("Europe/London"),
            base_url=BASE_URL,
            policies={"default": policy or Policy()},
            ladder=("Bike", "Car", "Van", "Luton"),
            channels=("telegram",),
            edits=True,
        )
        router = Router(runner, clock, site, ApprovalLinks("secret", BASE_URL))
        channels: dict[str, Channel] = {}
        reader = InboxReader(router, channels)
        context = make_context(inbox=reader.store_for("telegram"), clock=clock)
        options = TelegramOptions(chat.world.token, api_base=chat.url)
        channel = Telegram(options, context, pace=pace or Pace(0, 0))
        channels["telegram"] = channel
        await channel.start()
        try:
            yield Office(chat, router, clock, Relay(router, channels), reader, channel)
        finally:
            await channel.stop()
            await runner.close()
