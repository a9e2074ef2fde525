"""An office reached by mail: the real router, relay, inbox and channel, on real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiosmtplib
from quart import Quart

from channels.email.channel import Email
from channels.email.options import EmailOptions
from channels.email.sending import Sender
from core.auditor import audit
from core.channel import Channel
from core.domain import API, Actor, JobStatus, Policy
from core.drafts import AgentDraft
from core.inbox import InboxReader
from core.links import ApprovalLinks
from core.models import Address
from core.options import read_options
from core.outbox.relay import Relay
from core.outcomes import Ticked
from core.router import Router
from core.runner import Unit, open_runner
from core.site import Site
from core.testing import FakeClock, make_context
from core.views import JobView
from core.work import Work
from tests.channels.email.sink import Sink, mail_sink
from tests.house import BASE_URL, NOON, phone
from tests.stories_mail.people import INTAKE, Person, said
from web import WebConfig, create_app

JO = Actor("coordinator", "Jo")
OWN = "dispatch@dispatch.example"
JOB = "Ref: VC8Y-3\nFrom: Leeds\nTo: York\nVehicle: van\nPickup address: 1 Old Road\n"


@dataclass(slots=True)
class Office:
    """What a story holds in its hands; time passes only by `passes`."""

    sink: Sink
    router: Router
    clock: FakeClock
    relay: Relay
    reader: InboxReader
    channel: Email
    web: Quart
    drivers: list[Person] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it takes mail."""
        assert self.channel.listener is not None
        assert self.channel.listener.port is not None
        return self.channel.listener.port

    def person(self, name: str, address: str) -> Person:
        """Return somebody with a mailbox."""
        return Person(name, address, self.sink, self.hand_in)

    async def customer(self) -> Person:
        """Return somebody who may mail jobs in."""
        return self.person("Carla", "carla@customer.example")

    async def coordinator(self, language: str = "en") -> Person:
        """Return the default coordinator."""
        await self.router.add_coordinator(
            "Jo", "jo@example.com", is_default=True, language=language
        )
        return self.person("Jo", "jo@example.com")

    async def driver(self, name: str, language: str = "en", **facts: Any) -> Person:
        """Return a driver who is reached by mail, next in line."""
        number = len(self.drivers) + 1
        address = f"{name.lower()}@drivers.example"
        draft = AgentDraft(name, phone(number), number, email=address, language=language, **facts)
        await self.router.sync_agents([draft], API)
        self.drivers.append(self.person(name, address))
        return self.drivers[-1]

    async def second_address(self, driver: Person, address: str) -> Person:
        """Give a driver another Address, after the one they have."""

        async def step(work: Work) -> None:
            held = await Address.get(handle=driver.address)
            await Address.create(
                channel="email",
                handle=address,
                agent_id=held.agent_id,
                created_at=work.now,
                position=9,
            )

        await self.router.do(step)
        return self.person(driver.name, address)

    async def hand_in(self, sender: str, recipients: Sequence[str], content: bytes) -> int:
        """Deliver a mail as a mail server would, and let all settle."""
        async with _client(self.port) as client:
            try:
                await client.mail(sender)
                for recipient in recipients:
                    await client.rcpt(recipient)
                code, _ = await client.data(content)
            except aiosmtplib.SMTPResponseException as refused:
                code = refused.code
        await self.settles()
        return code

    async def settles(self) -> None:
        """Let all be acted on that came in, and all be sent, until nothing moves."""
        while await self.reader.drain() + await self.relay.drain():
            pass

    async def passes(self, **amount: float) -> Ticked:
        """Let time pass, tick once, and let all settle."""
        self.clock.advance(timedelta(**amount))
        ticked = await self.router.tick()
        await self.settles()
        return ticked

    async def offered(self, body: str = JOB, reference: str = "VC8Y-3") -> int:
        """Have a job mailed in and approved by reply; return its id."""
        jo, carla = await self.coordinator(), await self.customer()
        assert await carla.writes(body) == 250
        await jo.answers("APPROVE AND OFFER", jo.got(f"Please approve {reference}"))
        job = await self.job(reference)
        assert job.status == JobStatus.OFFERING
        return job.id

    async def presses(self, link: str, **form: str) -> int:
        """Choose on the page behind a mailed link; return the status of the answer."""
        client, at = self.web.test_client(), urlsplit(link)
        target = {"path": f"{at.path}?{at.query}", "headers": {"Host": at.netloc}}
        shown = await client.get(**target)
        assert shown.status_code == 200
        target["headers"] = {"Host": at.netloc, "Origin": BASE_URL}
        return (await client.post(**target, form=form)).status_code

    async def job(self, reference: str = "VC8Y-3") -> JobView:
        """Return the job of that reference as readers see it."""
        rows = await self.rows(f"SELECT id FROM jobs WHERE sheet_job_id = '{reference}'")
        assert rows, f"there is no job {reference}"
        job = await self.router.records.job(rows[0]["id"])
        assert job is not None
        return job

    async def references(self) -> list[str]:
        """Return the references of all jobs, oldest first."""
        rows = await self.rows("SELECT sheet_job_id FROM jobs ORDER BY id")
        return [row["sheet_job_id"] for row in rows]

    async def standing(self, reference: str = "VC8Y-3") -> tuple[str, list[str]]:
        """Return the status of a job, and of its offers, oldest first."""
        job = await self.job(reference)
        return job.status, [offer.status for offer in job.offers or ()]

    async def holder(self, reference: str = "VC8Y-3") -> str | None:
        """Return the name of the driver who has the job."""
        sql = "SELECT a.name FROM jobs j JOIN agents a ON a.id = j.assigned_agent_id"
        rows = await self.rows(f"{sql} WHERE j.sheet_job_id = '{reference}'")
        return rows[0]["name"] if rows else None

    async def inbox(self) -> tuple[str, str | None]:
        """Return state and reason of the newest entry."""
        rows = await self.rows("SELECT state, reason FROM inbox ORDER BY id DESC LIMIT 1")
        return rows[0]["state"], rows[0]["reason"]

    async def alerts(self) -> list[str]:
        """Return the causes of the open alerts."""
        return [alert.cause for alert in (await self.router.records.alerts()).rows]

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        """Look into the database."""

        async def query(unit: Unit) -> list[dict[str, Any]]:
            return await unit.rows(sql)

        return await self.router.runner.read(query)

    async def broken_invariants(self) -> tuple[str, ...]:
        """Return what the auditor finds."""
        return await audit(self.router.runner, self.clock.now(), running=False)


def _client(port: int) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)


@asynccontextmanager
async def open_office(url: str, **policy: Any) -> AsyncIterator[Office]:
    """Open an office on a migrated database, with a mail server beside it."""
    async with mail_sink() as sink:
        runner = await open_runner(url)
        clock = FakeClock(NOON)
        zone = ZoneInfo("Europe/London")
        site = Site(
            zone=zone,
            base_url=BASE_URL,
            policies={"default": Policy(**policy)},
            ladder=("Bike", "Car", "Van", "Luton"),
            channels=("email",),
        )
        router = Router(runner, clock, site, ApprovalLinks("secret", BASE_URL))
        channels: dict[str, Channel] = {}
        reader = InboxReader(router, channels)
        context = make_context(inbox=reader.store_for("email"), clock=clock)
        table = {
            "smtp_url": sink.url,
            "from": f"Dispatch <{OWN}>",
            "listen": "127.0.0.1:0",
            "intake": INTAKE,
            "replies": "reply@dispatch.example",
            "senders": ["@customer.example", "jo@example.com"],
        }
        options = read_options(table, EmailOptions)
        channel = Email(options, context, Sender(options, context))
        channels["email"] = channel
        await channel.start()
        app = create_app(router, WebConfig(BASE_URL, "127.0.0.1", zone, "0.1.0"))
        try:
            yield Office(sink, router, clock, Relay(router, channels), reader, channel, app)
        finally:
            await channel.stop()
            await runner.close()


__all__ = ["BASE_URL", "INTAKE", "JO", "JOB", "OWN", "Office", "Person", "open_office", "said"]
