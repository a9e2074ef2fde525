"""A real `dispatch serve` that talks with a chat service in this process, to be killed at will."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.chat_server import ChatServer, Person
from tests.bot.processes import Served, Shell

PLUGINS = """
[channels.telegram]
plugin = "channels.telegram"
token = {{ env = "TELEGRAM_TOKEN" }}
api_base = "{url}"

[policies.default]
timeout = "{timeout}"
min_window = "1s"
"""


@dataclass(slots=True)
class Serving:
    """One service at a time on one database."""

    shell: Shell
    chat: ChatServer
    timeout: str = "30m"
    served: Served | None = None
    logs: list[str] = field(default_factory=list)
    _entered: Any = None

    async def up(self) -> None:
        """Start the service; again after it was killed."""
        file = self.shell.folder / "plugins.toml"
        file.write_text(PLUGINS.format(url=self.chat.url, timeout=self.timeout), encoding="utf-8")
        settings = {"TELEGRAM_TOKEN": self.chat.world.token, "LOG_LEVEL": "DEBUG"}
        self._entered = self.shell.serving(**settings)
        self.served = await asyncio.to_thread(self._entered.__enter__)

    def kill(self) -> None:
        """End the process as a power cut would; safe to call from a watcher."""
        if self.served is not None and self.served.process.poll() is None:
            os.kill(self.served.process.pid, signal.SIGKILL)

    async def down(self) -> None:
        """Leave nothing behind, and keep what it logged."""
        if self.served is None:
            return
        await asyncio.to_thread(self._entered.__exit__, None, None, None)
        self.logs += self.served.errors + self.served.output
        self.served = None

    async def ended(self) -> None:
        """Wait for the end of a killed process."""
        assert self.served is not None
        await asyncio.to_thread(self.served.process.wait, 30)
        await self.down()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the service to do something."""
        assert self.served is not None
        async with httpx.AsyncClient(base_url=self.served.url, timeout=30) as client:
            answer = await client.post(path, json=body)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str) -> dict[str, Any]:
        """Ask the service about something."""
        assert self.served is not None
        async with httpx.AsyncClient(base_url=self.served.url, timeout=30) as client:
            found: dict[str, Any] = (await client.get(path)).json()
        return found

    async def crew(self, *names: str) -> list[Person]:
        """Sync drivers who have opened the bot."""
        people = [
            self.chat.person(name, phone=f"+4477009{n:05d}", started=True)
            for n, name in enumerate(names, start=1)
        ]
        agents = [
            {"name": p.name, "phone_e164": p.phone, "priority": n, "telegram": p.id}
            for n, p in enumerate(people, start=1)
        ]
        await self.post("/agents/sync", {"agents": agents})
        return people

    async def offers(self, reference: str, **facts: Any) -> int:
        """Let a job come in and be offered; return its id."""
        job = {"sheet_job_id": reference, "origin": "Leeds", "destination": "York", **facts}
        job_id = int((await self.post("/jobs", job))["id"])
        await self.post(f"/jobs/{job_id}/approve", {})
        await self.post(f"/jobs/{job_id}/start_offers", {})
        return job_id


@asynccontextmanager
async def open_service(folder: Path, *, window: str = "30m") -> AsyncIterator[Serving]:
    """Run a service and its chat service until the block ends."""
    chat = ChatServer()
    async with chat.serving():
        serving = Serving(Shell(folder), chat, window)
        await serving.up()
        try:
            yield serving
        finally:
            await serving.down()
