"""The real app over the real router on a SQLite file of its own, with a clock that tests set."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from quart import Quart

from core.domain import Policy
from core.links import ApprovalLinks
from core.router import Router
from core.runner import open_runner
from core.site import Site
from core.testing import FakeClock
from web import WebConfig, create_app, end_streams

BASE = "http://dispatch.example:4567"
NOON = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)  # a Friday
JOB = {
    "sheet_job_id": "VC8Y-3",
    "pickup_date": "30/01/2026",
    "pickup_time": "14:30",
    "origin": "Leeds",
    "destination": "Manchester",
    "vehicle_type": "Van",
}
DRIVERS = [
    {"name": "Driver One", "phone_e164": "+447700900001", "priority": 1},
    {"name": "Driver Two", "phone_e164": "+447700900002", "priority": 2},
]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, read to its end."""

    status: int
    headers: dict[str, str]
    text: str
    body: Any = None


@dataclass(slots=True)
class Web:
    """One app and how a test talks to it."""

    router: Router
    clock: FakeClock
    config: WebConfig
    peer: str = "127.0.0.1"
    token: str | None = None
    app: Quart = field(init=False)

    def __post_init__(self) -> None:
        """Make the app."""
        self.remake()

    def remake(self, **changes: Any) -> None:
        """Make the app again with another configuration."""
        self.config = replace(self.config, **changes)
        self.app = create_app(self.router, self.config)

    async def ask(self, method: str, path: str, **given: Any) -> Answered:
        """Send one request as a client of BASE_URL would."""
        headers = {"Host": "dispatch.example:4567"} | given.pop("headers", {})
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        headers = {name: value for name, value in headers.items() if value is not None}
        scope = {"client": (self.peer, 50000)}
        response = await self.app.test_client().open(
            path, method=method, headers=headers, scope_base=scope, **given
        )
        text = (await response.get_data(as_text=False)).decode()
        body = await response.get_json() if response.is_json else None
        sent = {name.lower(): value for name, value in response.headers.items()}
        return Answered(response.status_code, sent, text, body)

    async def get(self, path: str, **given: Any) -> Answered:
        """Read."""
        return await self.ask("GET", path, **given)

    async def post(self, path: str, **given: Any) -> Answered:
        """Change something."""
        return await self.ask("POST", path, **given)

    async def new_job(self, **changes: Any) -> int:
        """Bring in the job of the seed's description; return its id."""
        answered = await self.post("/jobs", json={**JOB, **changes})
        assert answered.status == 201, answered.text
        job_id: int = answered.body["id"]
        return job_id

    async def new_link(self, **changes: Any) -> str:
        """Bring in a job; return the path of its approval page."""
        answered = await self.post("/jobs", json={**JOB, **changes})
        assert answered.status == 201, answered.text
        url: str = answered.body["approve_url"]
        return url.removeprefix(BASE)

    async def sync(self) -> None:
        """Bring in two drivers, ids 1 and 2."""
        answered = await self.post("/agents/sync", json={"agents": DRIVERS})
        assert answered.status == 200, answered.text

    async def offered_job(self, **changes: Any) -> int:
        """Bring in drivers and a job that the first of them is asked about."""
        await self.sync()
        job_id = await self.new_job(**changes)
        await self.post(f"/jobs/{job_id}/approve")
        answered = await self.post(f"/jobs/{job_id}/start_offers")
        assert answered.body["message"] == "offer_sent", answered.text
        return job_id


async def open_web(path: Path) -> Web:
    """Return an app in open mode over a migrated database; the caller closes its runner."""
    runner = await open_runner(f"sqlite://{path}")
    clock = FakeClock(NOON)
    zone = ZoneInfo("Europe/London")
    policies = {"default": Policy(), "slow": Policy("slow", timeout=timedelta(hours=2))}
    site = Site(zone, BASE, policies=policies)
    router = Router(runner, clock, site, ApprovalLinks("secret", BASE))
    return Web(router, clock, WebConfig(BASE, "127.0.0.1", zone, "0.1.0"))


@pytest.fixture
async def web(tmp_path: Path, migrated_sqlite: Path) -> AsyncIterator[Web]:
    """Return an app in open mode over an empty database."""
    path = tmp_path / "web.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    opened = await open_web(path)
    yield opened
    await opened.router.runner.close()


@pytest.fixture
async def served(web: Web) -> AsyncIterator[str]:
    """Serve the app on a free loopback port; return its address."""
    settings = uvicorn.Config(
        web.app, port=0, log_config=None, lifespan="off", ws="none", proxy_headers=False
    )
    server = uvicorn.Server(settings)
    settings.load()
    server.lifespan = settings.lifespan_class(settings)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    serving = asyncio.create_task(server.main_loop())
    yield f"http://127.0.0.1:{port}"
    end_streams(web.app)
    server.should_exit = True
    await serving
    await server.shutdown()
