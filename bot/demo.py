"""Open this for `serve --demo`: sample drivers and jobs, and drivers who answer by a script."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol, cast

import uvloop
from pydantic import SecretStr

from bot.composition import Service
from bot.configuration import Configuration, read_settings
from bot.exposure import refuse_exposure
from bot.logs import configure_logs
from bot.plugins_file import built_in
from bot.samples import SAMPLE_DRIVERS
from bot.serving import Tell, serve
from core.domain import Actor, EventKind, Policy
from core.drafts import JobDraft
from core.outcomes import AlreadyExists, Created
from core.views import EventView, OfferView

WINDOW = timedelta(seconds=6)
THINKING_SECONDS = 1.5
NARRATOR = Actor("coordinator", "demo")
SILENCE = None

JOBS = (
    JobDraft("DEMO-1", origin="Leeds", destination="York", vehicle_type="Van", notes="2 pallets"),
    JobDraft("DEMO-2", origin="Hull", destination="Selby", vehicle_type="Small van", pay="£45"),
    JobDraft("DEMO-3", origin="Bradford", destination="Harrogate", vehicle_type="Car"),
)
ANSWERS: Mapping[tuple[str, str], str | None] = {
    ("DEMO-1", "Driver One"): "NO",
    ("DEMO-1", "Driver Two"): SILENCE,
    ("DEMO-1", "Driver Three"): "YES",
    ("DEMO-2", "Driver One"): "YES",
    ("DEMO-3", "Driver One"): "NO",
    ("DEMO-3", "Driver Two"): "YES",
}
NARRATED: Mapping[EventKind, str] = {
    EventKind.OFFERED: "{job} is offered to {driver}",
    EventKind.DECLINED: "{driver} says no to {job}",
    EventKind.TIMED_OUT: f"{{driver}} kept silent for {WINDOW.seconds} s about {{job}}",
    EventKind.ASSIGNED: "{job} is covered by {driver}",
    EventKind.UNCOVERED: "nobody takes {job}",
}


class Hears(Protocol):
    """What the demo needs of the console channel."""

    async def hear(self, line: str, *, echo: bool = False) -> None:
        """Take a line as if it had been typed."""


def serve_demo(flags: Mapping[str, object], tell: Tell, *, insecure: bool) -> None:
    """Serve a demonstration until stopped."""
    with demo_configuration(flags, WINDOW) as configuration:
        asyncio.run(refuse_exposure(configuration.settings, insecure=insecure))
        configure_logs(configuration.settings)
        here = replace(configuration, insecure=insecure)
        uvloop.run(serve(here, tell, lambda service: {"demo": Demo(service, tell).play}))


@contextlib.contextmanager
def demo_configuration(flags: Mapping[str, object], window: timedelta) -> Iterator[Configuration]:
    """Hand out a configuration with a database that is gone afterwards, and a short policy."""
    settings, origins, _ = read_settings(flags)
    with tempfile.TemporaryDirectory(prefix="dispatch-demo-") as folder:
        url = f"sqlite://{Path(folder) / 'demo.sqlite3'}"
        here = settings.model_copy(update={"database_url": SecretStr(url), "tick_seconds": 1.0})
        plugins = built_in(window)
        quick = Policy(timeout=window, min_window=timedelta(seconds=1))
        yield Configuration(here, origins, replace(plugins, policies={"default": quick}))


class Demo:
    """Brings the jobs in, lets the drivers answer, and says in plain words what happens."""

    def __init__(self, service: Service, tell: Tell) -> None:
        self._router = service.core.router
        self._console = cast(Hears, service.plugins.channels["console"])
        self._tell = tell
        self._events: asyncio.Queue[EventView] = asyncio.Queue()
        self._jobs: dict[int, str] = {}
        self._drivers: dict[int, str] = {}
        self._covered: set[int] = set()
        self._router.on_commit(self._note)

    async def play(self, _stop: asyncio.Event) -> None:
        """Play until cancelled; after the last answer there is only what people do."""
        await self._bring_in()
        async with asyncio.TaskGroup() as answers:
            while True:
                event = await self._events.get()
                self._narrate(event)
                if event.kind == EventKind.OFFERED and event.offer_id is not None:
                    answers.create_task(self._answer(event.offer_id))

    def _note(self, events: tuple[EventView, ...]) -> None:
        for event in events:
            self._events.put_nowait(event)

    async def _bring_in(self) -> None:
        self._say(f"{len(SAMPLE_DRIVERS)} drivers and {len(JOBS)} jobs, nothing of it kept.")
        await self._router.sync_agents(SAMPLE_DRIVERS, NARRATOR)
        agents = await self._router.records.agents()
        self._drivers = {agent.id: agent.name for agent in agents.rows}
        for draft in JOBS:
            created = await self._router.create_job(draft, NARRATOR, source="demo")
            if isinstance(created, Created | AlreadyExists):
                self._jobs[created.job.id] = draft.sheet_job_id
                await self._router.approve(created.job.id, NARRATOR, start=True)

    async def _answer(self, offer_id: int) -> None:
        """Say what the script has for this driver and job, after some thought."""
        await asyncio.sleep(THINKING_SECONDS)
        offer = await self._router.records.offer(offer_id)
        answer = self._scripted(offer) if offer else SILENCE
        if offer and answer:
            name = self._drivers[offer.agent_id]
            await self._console.hear(f"{name}: {offer.code} {answer}", echo=True)

    def _scripted(self, offer: OfferView) -> str | None:
        job, driver = self._jobs.get(offer.job_id, ""), self._drivers.get(offer.agent_id, "")
        return ANSWERS.get((job, driver), SILENCE)

    def _narrate(self, event: EventView) -> None:
        text = NARRATED.get(EventKind(event.kind))
        if text is not None and event.job_id in self._jobs:
            driver = self._drivers.get(event.agent_id or 0, "a driver")
            self._say(text.format(job=self._jobs[event.job_id], driver=driver))
        if event.kind == EventKind.ASSIGNED and event.job_id is not None:
            self._covered.add(event.job_id)
            if self._covered == self._jobs.keys():
                self._say("all jobs are covered. It goes on serving; Ctrl-C ends it.")

    def _say(self, text: str) -> None:
        self._tell(f"Demo: {text}")
