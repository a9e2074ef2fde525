"""Stopping and starting: deadlines outlive it, what fell due is settled, ends are clean."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.fire.caller import Caller
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Ask, Ledger
from tests.fire.record import read_record, reading
from tests.fire.service import ERRORS, Service, audited, until

CLIENTS = 6
JOBS = 5
SETTLED_SECONDS = 2.0  # after the service says that it is ready
END_SECONDS = 5.0
SLACK = 5
ROUNDS_A_DATABASE = 10
COLD_EVERY = 5  # starts, one from a shell


async def run(plan: Plan) -> Report:
    """Restart by kill and by SIGTERM, idle and under load."""
    report = Report()
    left, number = plan.amount(2, 60), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            rounds = min(left, ROUNDS_A_DATABASE)
            await _restart(plan, place, report, number, rounds)
        left, number = left - rounds, number + 1
    return report


async def _restart(plan: Plan, place: Place, report: Report, number: int, rounds: int) -> None:
    with (
        Service(place, cold_every=COLD_EVERY) as service,
        closing(Ledger(place.folder / "ledger.jsonl")) as ledger,
    ):
        await service.up()
        async with Caller(service.port) as caller:
            crew = await bring_crew(caller, ledger, 0, "crew0")
        crowd = Crowd(plan.random("restart", number), ledger, crew, "crew0")
        restarts = _Restarts(service, crowd, report)
        for _ in range(rounds):
            await restarts.keep_deadlines()
            await restarts.settle_what_fell_due()
            await restarts.end_under_load()
            report.add(restarts=4)
        await crowd.settle_again(service.port, ledger.unanswered)
        async with reading(place.url) as runner:
            report.findings += judge(await read_record(runner), ledger)
        report.findings += await audited(place)
        report.findings += service.faults(ERRORS)


@dataclass(slots=True)
class _Restarts:
    service: Service
    crowd: Crowd
    report: Report

    async def keep_deadlines(self) -> None:
        """An offer ends when it was told to end, whatever happened to the process meanwhile."""
        offer_id = await self._open_offer("default")
        await until(lambda: self._is_told(offer_id))  # a message that leaves late moves the end
        told = await self._offer(offer_id)
        self.service.kill()
        await self.service.up()
        after_kill = await self._offer(offer_id)
        await self._end()
        await self.service.up()
        for seen in (after_kill, await self._offer(offer_id)):
            if (seen["status"], seen["expires_at"]) != ("sent", told["expires_at"]):
                self.report.findings.append(f"offer {offer_id} was {told} and became {seen}")

    async def settle_what_fell_due(self) -> None:
        """Offers that ended while nobody ran are moved on as soon as somebody does."""
        offer_ids = [await self._open_offer("quick") for _ in range(JOBS)]
        ends = [(await self._offer(offer_id))["expires_at"] for offer_id in offer_ids]
        self.service.kill()
        last = max(datetime.fromisoformat(end) for end in ends)
        await until(lambda: datetime.now(UTC) > last)
        await self.service.up()
        began = time.monotonic()
        for offer_id in offer_ids:
            await until(partial(self._is_closed, offer_id))
        took = time.monotonic() - began
        self.report.worst(slowest_settled=round(took, 2))
        if took > SETTLED_SECONDS * SLACK:
            self.report.findings.append(f"overdue offers moved on only after {took:.1f} s")

    async def end_under_load(self) -> None:
        """SIGTERM while clients work: exit 0 in time; everything acknowledged is kept."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(self.crowd.work(lambda: [self.service.port], stop))
            await asyncio.sleep(self.crowd.random.uniform(0.2, 0.8))  # the moment is random
            await self._end()
            stop.set()
        await self.service.up()

    async def _end(self) -> None:
        code, seconds = await self.service.end()
        self.report.findings += self.service.faults(ERRORS)
        self.report.worst(slowest_end=round(seconds, 2))
        if code != 0 or seconds > END_SECONDS * SLACK:
            self.report.findings.append(f"SIGTERM ended with {code} after {seconds:.1f} s")

    async def _open_offer(self, policy: str) -> int:
        async with Caller(self.service.port) as caller:
            ask = self.crowd.creation()
            ask = Ask("create", ask.key, ask.path, {**ask.body, "policy": policy}, ask.headers)
            job_id = (await self.crowd.settle(caller, ask)).body["id"]
            for what, path in (("approve", "approve"), ("start", "start_offers")):
                step = Ask(what, f"{ask.key}-{what}", f"/jobs/{job_id}/{path}", job_id=job_id)
                answer = await self.crowd.settle(caller, step)
        return int(answer.body["offer_id"])

    async def _offer(self, offer_id: int) -> dict[str, Any]:
        async with Caller(self.service.port) as caller:
            return dict((await caller.get(f"/offers/{offer_id}")).body)

    async def _is_told(self, offer_id: int) -> bool:
        return (await self._offer(offer_id))["delivery"] in ("sent", "delivered")

    async def _is_closed(self, offer_id: int) -> bool:
        return bool((await self._offer(offer_id))["status"] != "sent")
