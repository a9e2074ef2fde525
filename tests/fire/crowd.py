"""Clients at work: they bring jobs, decide, answer for drivers, and note what is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.fire.caller import Caller, LostError
from tests.fire.ledger import Answer, Ask, Ledger

CREW = 5
LATELY = 12  # so many jobs are worked on at once
_numbers = count(1)


@dataclass(slots=True)
class Driver:
    """One driver of a crew; the id is known once the drivers were synced."""

    phone: str
    id: int


@dataclass(slots=True)
class Known:
    """What the clients know of a job."""

    id: int
    approved: bool = False
    started: bool = False
    asked: str | None = None  # whose turn it is


@dataclass(slots=True)
class Crowd:
    """Clients that share what they know; `ports` are the services that they may ask."""

    random: Random
    ledger: Ledger
    crew: list[Driver]
    skill: str
    jobs: list[Known] = field(default_factory=list)

    async def work(self, ports: Callable[[], list[int]], stop: asyncio.Event) -> None:
        """Be one client until `stop`, or until its service is gone."""
        async with Caller(self.random.choice(ports())) as caller:
            while not stop.is_set():
                with suppress(LostError):
                    await self.settle(caller, self.next())
                    continue
                return

    async def settle(self, caller: Caller, ask: Ask) -> Answer:
        """Ask, note the answer, learn from it."""
        line = self.ledger.asked(ask)
        answer = await caller.ask(ask)
        self.ledger.answered(line, answer)
        self._learn(ask, answer)
        return answer

    async def settle_again(self, port: int, asks: Iterable[Ask]) -> int:
        """Ask once more for everything that had no answer; return how much that was."""
        again = 0
        async with Caller(port) as caller:
            for ask in asks:
                await self.settle(caller, ask)
                again += 1
        return again

    def next(self) -> Ask:
        """Choose what to ask next."""
        chance = self.random.random()
        if not self.jobs or chance < 0.2:
            return self.creation()
        if chance < 0.23:
            return Ask("tick", self._key(), "/tick")
        job = self.random.choice(self.jobs[-LATELY:])
        if not job.approved:
            return self._about(job, "approve")
        if not job.started:
            return self._about(job, "start", "start_offers")
        if chance < 0.28:
            return self._about(job, "cancel")
        if chance < 0.33:
            driver = self.random.choice(self.crew)
            return self._about(job, "assign", agent=driver, agent_id=driver.id)
        return self.reply(job)

    def creation(self) -> Ask:
        """Bring a new job."""
        reference = self._key()
        policy = self.random.choice(["default"] * 6 + ["broadcast", "quick"])
        body = {"sheet_job_id": reference, "skills": [self.skill], "policy": policy}
        return Ask("create", reference, "/jobs", body, {"Idempotency-Key": reference})

    def reply(self, job: Known) -> Ask:
        """Answer for a driver, mostly for the one whose turn it is."""
        turn = [d for d in self.crew if d.phone == job.asked]
        driver = self.random.choice(turn if turn and self.random.random() < 0.75 else self.crew)
        word = self.random.choice(["YES"] * 4 + ["NO"] * 6 + ["DROP", "DROP"])
        key = self._key()
        body = {"from": driver.phone, "response": word, "job_id": job.id, "id": key}
        path = "/webhooks/driver_response"
        return Ask("reply", key, path, body, job_id=job.id, agent_id=driver.id)

    def _about(
        self,
        job: Known,
        what: str,
        path: str | None = None,
        agent: Driver | None = None,
        **body: int,
    ) -> Ask:
        agent_id = agent.id if agent else None
        key, path = self._key(), f"/jobs/{job.id}/{path or what}"
        return Ask(what, key, path, body, job_id=job.id, agent_id=agent_id)

    def _key(self) -> str:
        return f"{self.skill}-{next(_numbers)}"

    def _learn(self, ask: Ask, answer: Answer) -> None:
        if ask.what == "create" and answer.acknowledged:
            if all(job.id != answer.body["id"] for job in self.jobs):
                self.jobs.append(Known(answer.body["id"]))
            return
        job = next((j for j in self.jobs if j.id == ask.job_id), None)
        if job is None or answer.status >= 500:
            return
        job.approved = job.approved or ask.what == "approve"
        job.started = job.started or ask.what == "start"
        step = answer.body.get("next") or answer.body
        if step.get("message") == "offer_sent":
            job.asked = step["agent"]["phone_e164"]


def crew_sync(number: int, skill: str) -> Ask:
    """Return the request that brings one crew of drivers, first in line first."""
    agents = [
        {
            "name": f"{skill} {place}",
            "phone_e164": f"+4477{number:04d}{place:04d}",
            "priority": place,
            "skills": [skill],
        }
        for place in range(1, CREW + 1)
    ]
    return Ask("sync", f"sync-{skill}", "/agents/sync", {"agents": agents})


async def bring_crew(caller: Caller, ledger: Ledger, number: int, skill: str) -> list[Driver]:
    """Sync a crew whose jobs ask for `skill`, so that nobody else is asked about them."""
    ask = crew_sync(number, skill)
    line = ledger.asked(ask)
    ledger.answered(line, await caller.ask(ask))
    known = (await caller.get("/agents?limit=500")).body["agents"]
    ids = {agent["phone_e164"]: agent["id"] for agent in known}
    return [Driver(a["phone_e164"], ids[a["phone_e164"]]) for a in ask.body["agents"]]
