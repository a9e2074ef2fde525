"""Clients that hang up at a random byte, or while they wait: no hang, no half-written work."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing, suppress
from random import Random

from tests.fire.caller import Caller, message_of
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Ledger
from tests.fire.record import read_record, reading
from tests.fire.service import ERRORS, Service, audited

CUTS_A_DATABASE = 1000
CUTTERS = 10
FRESH_SECONDS = 2.0
SLACK = 5


async def run(plan: Plan) -> Report:
    """Hang up as often as the scale says."""
    report = Report()
    left, number = plan.amount(500, 10_000), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            cuts = min(left, CUTS_A_DATABASE)
            await _storm(place, report, cuts, plan.random("disconnects", number))
        left, number = left - cuts, number + 1
    return report


async def _storm(place: Place, report: Report, cuts: int, random: Random) -> None:
    """Cut, work and probe at the same time; then ask again for everything that was cut."""
    with Service(place) as service, closing(Ledger(place.folder / "ledger.jsonl")) as ledger:
        await service.up()
        async with Caller(service.port) as caller:
            crowd = Crowd(random, ledger, await bring_crew(caller, ledger, 0, "crew0"), "crew0")
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(crowd.work(lambda: [service.port], stop))
            group.create_task(_probe(crowd, service.port, report, stop))
            cutters = [
                group.create_task(_cut(crowd, service.port, cuts // CUTTERS))
                for _ in range(CUTTERS)
            ]
            await asyncio.wait(cutters)
            stop.set()
        again = await crowd.settle_again(service.port, ledger.unanswered)
        report.add(cut=cuts, asked_again=again)
        report.add(operations=sum(1 for _ in ledger.acknowledged))
        async with reading(place.url) as runner:
            report.findings += judge(await read_record(runner), ledger)
        report.findings += await audited(place)
        report.findings += service.faults(ERRORS)


async def _cut(crowd: Crowd, port: int, cuts: int) -> None:
    """Send a request and hang up, again and again."""
    for _ in range(cuts):
        ask = crowd.next()
        crowd.ledger.asked(ask)
        message = message_of("POST", ask)
        whole = crowd.random.random() < 0.5
        sent = message if whole else message[: crowd.random.randrange(len(message))]
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            with suppress(OSError):
                await writer.drain()
            # the moment at which the client goes away is what is random here
            await asyncio.sleep(crowd.random.uniform(0, 0.04))
            if crowd.random.random() < 0.5:
                writer.transport.abort()
            else:
                writer.close()


async def _probe(crowd: Crowd, port: int, report: Report, stop: asyncio.Event) -> None:
    """Ask for something on a fresh connection, again and again: it must be answered soon."""
    while not stop.is_set():
        began = time.monotonic()
        async with Caller(port, patience=FRESH_SECONDS * SLACK) as caller:
            try:
                answer = await crowd.settle(caller, crowd.creation())
            except TimeoutError:
                report.findings.append("HANG: a fresh request had no answer")
                return
        if answer.status != 201:
            report.findings.append(f"a fresh job was answered {answer.status}")
        report.add(probes=1)
        report.worst(slowest_probe=round(time.monotonic() - began, 3))
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await stop.wait()
