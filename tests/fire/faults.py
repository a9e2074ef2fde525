"""The database fails under load: right answers meanwhile, nothing falsely promised, all well after.

Each fault begins and ends while clients go on asking. Meanwhile every answer is the usual one or a
503 with Retry-After; afterwards writes succeed again without anybody's help.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from typing import Protocol

from tests.fire.caller import Caller, LostError
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Answer, Ledger
from tests.fire.postgres_faults import POSTGRES_FAULTS, own_server
from tests.fire.record import read_record, reading
from tests.fire.service import Service, audited, until
from tests.fire.sqlite_faults import SQLITE_FAULTS, refused_while_read_only

CLIENTS = 6
RECOVERY_SECONDS = 10.0
ANSWER_SECONDS = 20.0  # a wait for a lock, a connection and a statement, one after another
SETTLED_SECONDS = 20.0  # the loops' pauses after failures reach 10 s


class Fault(Protocol):
    """Breaks the database of a running service while the context lasts."""

    def __call__(self, service: Service, plan: Plan) -> AbstractAsyncContextManager[None]: ...


async def run(plan: Plan) -> Report:
    """Go through every fault of this database, each on a fresh one."""
    report = Report()
    faults: Mapping[str, Fault] = SQLITE_FAULTS if plan.dialect == "sqlite" else POSTGRES_FAULTS
    for _ in range(plan.amount(1, 5)):
        for name, fault in faults.items():
            async with _place(plan) as place:
                await _suffer(plan, place, report, name, fault)
    if plan.dialect == "sqlite":
        with plan.ground.fresh("sqlite") as place:
            report.findings += await refused_while_read_only(place)
    return report


@asynccontextmanager
async def _place(plan: Plan) -> AsyncIterator[Place]:
    """Hand out a database; on PostgreSQL with a server of its own, since that is restarted."""
    with plan.ground.fresh("sqlite") as place:
        if plan.dialect == "sqlite":
            yield place
            return
        with own_server(place.folder) as url:
            yield Place("postgres", url, place.folder)


async def _suffer(plan: Plan, place: Place, report: Report, name: str, fault: Fault) -> None:
    findings: list[str] = []
    with Service(place) as service, closing(Ledger(place.folder / "ledger.jsonl")) as ledger:
        await service.up()
        async with Caller(service.port) as caller:
            crew = await bring_crew(caller, ledger, 0, "crew0")
        crowd = Crowd(plan.random("faults", name), ledger, crew, "crew0")
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            slowest = [
                group.create_task(_client(crowd, service.port, stop, findings))
                for _ in range(CLIENTS)
            ]
            async with fault(service, plan):
                pass
            began = time.monotonic()
            await until(lambda: _works_again(crowd, service.port))
            recovery = time.monotonic() - began
            stop.set()
        await crowd.settle_again(service.port, ledger.unanswered)
        refused = sum(1 for line in ledger.lines if _refused(line.answer))
        report.worst(
            slowest_answer=round(max(task.result() for task in slowest), 2),
            slowest_recovery=round(recovery, 2),
        )
        report.add(operations=sum(1 for _ in ledger.acknowledged), **{f"{name}_503": refused})
        if not refused:
            findings.append("no client noticed it: the fault was none")
        if recovery > RECOVERY_SECONDS:
            findings.append(f"writes came back only after {recovery:.1f} s")
        findings += await audited(place, SETTLED_SECONDS)
        async with reading(place.url) as runner:
            findings += judge(await read_record(runner), ledger)
        findings += service.faults()
    report.findings += [f"{name}: {finding}" for finding in findings]


def _refused(answer: Answer | None) -> bool:
    return answer is not None and answer.status == 503


async def _client(crowd: Crowd, port: int, stop: asyncio.Event, findings: list[str]) -> float:
    """Work until `stop`; return how long the slowest answer took."""
    slowest = 0.0
    async with Caller(port, patience=ANSWER_SECONDS) as caller:
        while not stop.is_set():
            began = time.monotonic()
            try:
                await crowd.settle(caller, crowd.next())
            except TimeoutError:
                findings.append(f"HANG: no answer within {ANSWER_SECONDS} s")
            except LostError as error:
                findings.append(f"the service broke a connection off: {error}")
            slowest = max(slowest, time.monotonic() - began)
    return slowest


async def _works_again(crowd: Crowd, port: int) -> bool:
    async with Caller(port) as caller:
        return (await crowd.settle(caller, crowd.creation())).status == 201
