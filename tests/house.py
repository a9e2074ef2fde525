"""A whole dispatch office for stories: real router, outbox and inbox, a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.auditor import audit
from core.channel import Outgoing
from core.domain import API, Actor, MessageKind, Policy
from core.drafts import AgentDraft, JobDraft
from core.inbox import InboxReader
from core.links import ApprovalLinks
from core.outbox.relay import Relay
from core.outcomes import Created, Done, ReplyAnswer, Started, StartOutcome, Ticked
from core.router import Router
from core.runner import Unit, open_runner
from core.site import Site
from core.testing import FakeChannel, FakeClock
from core.views import JobView, OfferView

NOON = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)  # a Friday; London keeps UTC then
BASE_URL = "http://localhost:4567"
POLICIES = {
    "broadcast": Policy("broadcast", width=0),
    "batch": Policy("batch", width=2),
    "reminding": Policy("reminding", remind_at=0.5),
}
JO = Actor("coordinator", "Jo")


def phone(number: int) -> str:
    """Return the number of the n-th sample driver."""
    return f"+4477009{number:05d}"


@dataclass(slots=True)
class House:
    """What a test holds in its hands."""

    router: Router
    clock: FakeClock
    channels: dict[str, FakeChannel]
    relay: Relay
    reader: InboxReader
    seen: set[tuple[str, int]] = field(default_factory=set)

    async def drivers(self, *names: str, **facts: Any) -> list[int]:
        """Sync drivers, first in line first; return their ids."""
        drafts = [
            AgentDraft(name=name, phone_e164=phone(n), priority=n, **facts)
            for n, name in enumerate(names, start=1)
        ]
        await self.router.sync_agents(drafts, API)
        return [a.id for a in (await self.router.records.agents(limit=500)).rows]

    async def job(self, reference: str = "VC8Y-3", **facts: Any) -> int:
        """Let a job arrive; return its id. `pickup_in` is a timedelta from now."""
        pickup_in = facts.pop("pickup_in", None)
        if pickup_in is not None:
            facts["pickup_at"] = self.clock.now() + pickup_in
        draft = JobDraft(reference, **{"origin": "Leeds", "destination": "York", **facts})
        created = await self.router.create_job(draft, API)
        assert isinstance(created, Created)
        return created.job.id

    async def approved(self, reference: str = "VC8Y-3", **facts: Any) -> int:
        """Let a job arrive and approve it; return its id."""
        job_id = await self.job(reference, **facts)
        assert isinstance(await self.router.approve(job_id, JO), Done)
        return job_id

    async def offering(self, reference: str = "VC8Y-3", **facts: Any) -> int:
        """Bring a job to its first open offer; return its id."""
        job_id = await self.approved(reference, **facts)
        assert isinstance(await self.start(job_id), Started)
        return job_id

    async def start(self, job_id: int) -> StartOutcome:
        """Start the offers of a job."""
        return await self.router.start_offers(job_id, JO)

    async def says(self, number: int, text: str, **named: Any) -> ReplyAnswer:
        """Have the n-th driver answer by webhook."""
        return await self.router.reply(phone(number), text, **named)

    async def writes(self, number: int, text: str, **named: Any) -> None:
        """Have the n-th driver answer in their channel; the answer is read and acted on."""
        await self.channels["console"].inject(phone(number), text, **named)
        await self.reader.drain()

    async def passes(self, **amount: float) -> Ticked:
        """Let time pass, then tick once and send what is due."""
        self.clock.advance(timedelta(**amount))
        ticked = await self.router.tick()
        await self.relay.drain()
        return ticked

    async def told(self, handle: str | None = None, channel: str = "console") -> list[Outgoing]:
        """Send what is due; return the messages to `handle` that were not looked at before."""
        await self.relay.drain()
        sent = self.channels[channel].sent
        new = [
            n
            for n, message in enumerate(sent)
            if (channel, n) not in self.seen and handle in (None, message.handle)
        ]
        self.seen |= {(channel, n) for n in new}
        return [sent[n] for n in new]

    async def heard(self, number: int) -> list[MessageKind]:
        """Return the kinds of what the n-th driver was newly told."""
        return [m.kind for m in await self.told(phone(number))]

    async def shown(self, job_id: int) -> JobView:
        """Return the job as readers see it."""
        job = await self.router.records.job(job_id)
        assert job is not None
        return job

    async def offers(self, job_id: int) -> Sequence[OfferView]:
        """Return the job's offers, oldest first."""
        return (await self.shown(job_id)).offers or ()

    async def story(self, job_id: int) -> list[str]:
        """Return the kinds of the job's events, oldest first."""
        page = await self.router.records.events(job_id, limit=500)
        assert page is not None
        return [e.kind for e in page.rows]

    async def alerts(self) -> list[str]:
        """Return the causes of the open alerts."""
        return [a.cause for a in (await self.router.records.alerts()).rows]

    async def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Look into the database."""

        async def query(unit: Unit) -> list[dict[str, Any]]:
            return await unit.rows(sql, *params)

        return await self.router.runner.read(query)

    async def broken_invariants(self) -> tuple[str, ...]:
        """Return what the auditor finds."""
        return await audit(self.router.runner, self.clock.now(), running=False)


@asynccontextmanager
async def open_house(
    url: str,
    *,
    channels: Sequence[str] = ("console",),
    policy: Policy | None = None,
    clock: FakeClock | None = None,
    fakes: Mapping[str, FakeChannel] | None = None,
    **site: Any,
) -> AsyncIterator[House]:
    """Open an office on a migrated database; several on one may share a clock.

    `fakes` stand in for the plain fake channels of their names.
    """
    runner = await open_runner(url)
    clock = clock or FakeClock(NOON)
    facts = Site(
        zone=ZoneInfo("Europe/London"),
        base_url=BASE_URL,
        policies={**POLICIES, "default": policy or Policy()},
        ladder=("Bike", "Car", "Van", "Luton"),
        channels=tuple(channels),
        edits=True,
    )
    router = Router(runner, clock, replace(facts, **site), ApprovalLinks("secret", BASE_URL))
    given = fakes or {}
    all_fakes = {name: given.get(name) or FakeChannel(name) for name in channels}
    reader = InboxReader(router, all_fakes)
    for name, fake in all_fakes.items():
        fake.inbox = reader.store_for(name)
    try:
        yield House(router, clock, all_fakes, Relay(router, all_fakes), reader)
    finally:
        await runner.close()
