"""A real `dispatch serve` that takes and sends mail, with a mail server of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx

from tests.bot.chat.waiting import eventually
from tests.bot.processes import Served, Shell
from tests.channels.email.receiving.serving import free_port
from tests.channels.email.sink import Sink, mail_sink
from tests.stories_mail.people import INTAKE, Person

PATIENCE = 30.0
PLUGINS = """
[channels.email]
plugin = "channels.email"
smtp_url = {{ env = "SMTP_URL" }}
from = "Dispatch <dispatch@dispatch.example>"
listen = "127.0.0.1:{port}"
intake = "{intake}"
replies = "reply@dispatch.example"
senders = ["@customer.example"]

[policies.default]
timeout = "{timeout}"
min_window = "1s"
"""


@dataclass(slots=True)
class Serving:
    """One service on one database, and the mail server that it sends by."""

    served: Served
    sink: Sink
    port: int

    def person(self, name: str, address: str) -> Person:
        """Return somebody with a mailbox."""
        return Person(name, address, self.sink, self.hand_in)

    async def hand_in(self, sender: str, recipients: Sequence[str], content: bytes) -> int:
        """Deliver a mail as a mail server would."""
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.port, start_tls=False)
        async with client:
            await client.sendmail(sender, recipients, content)
        return 250

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the service to do something."""
        async with httpx.AsyncClient(base_url=self.served.url, timeout=PATIENCE) as client:
            answer = await client.post(path, json=body)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str) -> dict[str, Any]:
        """Ask the service about something."""
        async with httpx.AsyncClient(base_url=self.served.url, timeout=PATIENCE) as client:
            found: dict[str, Any] = (await client.get(path)).json()
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a mail that the service sends."""
        await eventually(holds)

    async def crew(self, *names: str) -> list[Person]:
        """Sync drivers who are reached by mail, first in line first."""
        people = [self.person(name, f"{name.lower()}@drivers.example") for name in names]
        agents = [
            {"name": p.name, "phone_e164": f"+4477009{n:05d}", "priority": n, "email": p.address}
            for n, p in enumerate(people, start=1)
        ]
        await self.post("/agents/sync", {"agents": agents})
        return people


@asynccontextmanager
async def open_service(folder: Path, *, window: str = "30m") -> AsyncIterator[Serving]:
    """Run a service and its mail server until the block ends."""
    async with mail_sink() as sink:
        port = free_port()
        table = PLUGINS.format(port=port, intake=INTAKE, timeout=window)
        (folder / "plugins.toml").write_text(table, encoding="utf-8")
        settings = {"SMTP_URL": sink.url, "COORDINATOR_EMAIL_DEFAULT": "jo@example.com"}
        entered = Shell(folder).serving(LOG_LEVEL="INFO", **settings)
        served = await asyncio.to_thread(entered.__enter__)
        try:
            yield Serving(served, sink, port)
        finally:
            await asyncio.to_thread(entered.__exit__, None, None, None)
