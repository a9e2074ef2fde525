"""Three services on one PostgreSQL database, one of them killed again and again under load."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing

from tests.fire.caller import Caller, LostError
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Ask, Ledger
from tests.fire.record import read_record, reading
from tests.fire.service import ERRORS, Service, audited

REPLICAS = 3
CLIENTS = 8
KILLS_A_DATABASE = 40
COLD_EVERY = 10  # starts of each replica, one from a shell


async def run(plan: Plan) -> Report:
    """Kill one of three, as often as the scale says."""
    report = Report()
    left, number = plan.amount(4, 400), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            kills = min(left, KILLS_A_DATABASE)
            await _share(plan, place, report, number, kills)
        left, number = left - kills, number + 1
    return report


async def _share(plan: Plan, place: Place, report: Report, number: int, kills: int) -> None:
    random = plan.random("replicas", number)
    with ExitStack() as stack:
        names = [f"replica{n}" for n in range(REPLICAS)]
        services = [
            stack.enter_context(Service(place, name, cold_every=COLD_EVERY)) for name in names
        ]
        ledger = stack.enter_context(closing(Ledger(place.folder / "ledger.jsonl")))
        await asyncio.gather(*(service.up() for service in services))
        async with Caller(services[0].port) as caller:
            crew = await bring_crew(caller, ledger, 0, "crew0")
        crowd = Crowd(random, ledger, crew, "crew0")
        alive = list(services)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(_roam(crowd, alive, stop, report))
            for _ in range(kills):
                await asyncio.sleep(random.uniform(0.3, 1.2))  # the moment of death is random
                victim = random.choice(services)
                alive.remove(victim)
                victim.kill()
                report.worst(slowest_ready=round(await victim.up(), 2))
                alive.append(victim)
                report.add(kills=1)
            stop.set()
        await crowd.settle_again(services[0].port, ledger.unanswered)
        report.add(operations=sum(1 for _ in ledger.acknowledged))
        async with reading(place.url) as runner:
            report.findings += judge(await read_record(runner), ledger)
        report.findings += await audited(place)
        for service in services:
            report.findings += service.faults(ERRORS)


async def _roam(crowd: Crowd, alive: list[Service], stop: asyncio.Event, report: Report) -> None:
    """Be a client that turns to another replica when its own is gone, with the same request."""
    while not stop.is_set():
        async with Caller(crowd.random.choice(alive).port) as caller:
            ask: Ask | None = None
            try:
                while not stop.is_set():
                    ask = crowd.next()
                    await crowd.settle(caller, ask)
                ask = None
            except LostError:
                report.add(lost_connections=1)
        if ask is not None and not stop.is_set():
            await _ask_elsewhere(crowd, alive, ask)


async def _ask_elsewhere(crowd: Crowd, alive: list[Service], ask: Ask) -> None:
    while True:
        async with Caller(crowd.random.choice(alive).port) as caller:
            try:
                await crowd.settle(caller, ask)
            except LostError:
                await asyncio.sleep(0.02)  # that one is gone as well
            else:
                return
