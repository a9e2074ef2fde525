"""Open this for a rolling restart: one replica after the other is replaced, under load."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from random import Random

from core.runner import migrate
from tests.fire.caller import Caller
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place
from tests.fire.ledger import Ledger
from tests.fire.record import read_record, reading
from tests.fire.service import Service, audited, unsent

REPLICAS = 3
CLIENTS = 8
BETWEEN = 0.5  # seconds of work with all of them before the next one goes
LONGEST_END = 5.0


@dataclass(slots=True)
class Rolled:
    """What came of it."""

    restarts: int = 0
    operations: int = 0
    asked_again: int = 0  # requests whose connection broke before the answer
    slowest_end: float = 0.0
    slowest_ready: float = 0.0
    findings: list[str] = field(default_factory=list)


async def roll(place: Place, turns: int, seed: int) -> Rolled:
    """Replace every replica so many times; the ledger of all clients is judged at the end."""
    rolled = Rolled()
    await migrate(place.url)
    with ExitStack() as stack:
        services = [
            stack.enter_context(Service(place, f"roll{n}", cold_every=0)) for n in range(REPLICAS)
        ]
        ledger = stack.enter_context(closing(Ledger(place.folder / "ledger.jsonl")))
        await asyncio.gather(*(service.up() for service in services))
        async with Caller(services[0].port) as caller:
            crew = await bring_crew(caller, ledger, 0, "crew0")
        crowd = Crowd(Random(seed), ledger, crew, "crew0")
        alive, stop = list(services), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(_work_on(crowd, alive, stop))
            for service in services * turns:
                await asyncio.sleep(BETWEEN)
                await _replace(service, alive, rolled)
            stop.set()
        rolled.asked_again = await crowd.settle_again(services[0].port, ledger.unanswered)
        rolled.operations = sum(1 for _ in ledger.acknowledged)
        async with reading(place.url) as runner:
            rolled.findings += judge(await read_record(runner), ledger)
        rolled.findings += [*await audited(place), *await unsent(place)]
        rolled.findings += [fault for service in services for fault in service.faults()]
    return rolled


async def _replace(service: Service, alive: list[Service], rolled: Rolled) -> None:
    """Take one out as a balancer would, end it, and put another in its place."""
    alive.remove(service)
    code, took = await service.end()
    if code != 0 or took > LONGEST_END:
        rolled.findings.append(f"a replica ended with {code} after {took:.1f} s")
    rolled.slowest_end = max(rolled.slowest_end, took)
    rolled.slowest_ready = max(rolled.slowest_ready, await service.up())
    alive.append(service)
    rolled.restarts += 1


async def _work_on(crowd: Crowd, alive: list[Service], stop: asyncio.Event) -> None:
    """Be a client that goes to another replica when its own has gone."""
    while not stop.is_set():
        await crowd.work(lambda: [service.port for service in alive], stop)
