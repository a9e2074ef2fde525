"""kill -9 under load: what was acknowledged survives, the rest settles once when asked again."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass

from tests.fire.caller import Caller
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Ledger
from tests.fire.record import read_record, reading
from tests.fire.service import ERRORS, Service, audited, unsent

CLIENTS = 8
CREWS = 4
CYCLES_A_DATABASE = 100  # then a fresh one, so that reading the record stays cheap
JUDGED_EVERY = 5  # cycles, in the long form: the record keeps all, so that nothing goes unseen
COLD_EVERY = 10  # cycles, a start from a shell; the others have their imports done
READY_SECONDS = 3.0
SLACK = 5  # other people's machines are slower


async def run(plan: Plan) -> Report:
    """Kill, restart, ask again and judge; as often as the scale says."""
    report = Report()
    left, number = plan.amount(30, 1000), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            cycles = min(left, CYCLES_A_DATABASE)
            await _Killing(plan, place, report, number).run(cycles)
        left, number = left - cycles, number + 1
    return report


@dataclass(slots=True)
class _Killing:
    plan: Plan
    place: Place
    report: Report
    number: int

    async def run(self, cycles: int) -> None:
        """Go through the cycles of one database, then judge all of its history."""
        with (
            Service(self.place, cold_every=COLD_EVERY) as service,
            closing(Ledger(self.place.folder / "ledger.jsonl")) as ledger,
        ):
            await service.up()
            crowds = await self._crowds(service, ledger)
            for cycle in range(cycles):
                await self._cycle(service, crowds[cycle % CREWS], cycle)
                if not self.plan.full or cycle % JUDGED_EVERY == 0 or cycle == cycles - 1:
                    await self._judge(ledger, service)
                if self.report.findings:
                    return
            if self.plan.full:  # what was being sent at a kill waits for its lease to lapse
                self.report.findings += await unsent(self.place)
            self.report.add(
                operations=sum(1 for _ in ledger.acknowledged),
                answers=sum(line.answer is not None for line in ledger.lines),
            )

    async def _crowds(self, service: Service, ledger: Ledger) -> list[Crowd]:
        crowds = []
        async with Caller(service.port) as caller:
            for number in range(CREWS):
                skill = f"crew{number}"
                crew = await bring_crew(caller, ledger, number, skill)
                random = self.plan.random("kill", self.number, number)
                crowds.append(Crowd(random, ledger, crew, skill))
        return crowds

    async def _cycle(self, service: Service, crowd: Crowd, cycle: int) -> None:
        """Work, die at a random moment, come back, and ask again for what had no answer."""
        stop = asyncio.Event()
        after = self.plan.random("moment", self.number, cycle).uniform(0.15, 0.9)
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(crowd.work(lambda: [service.port], stop))
            await asyncio.sleep(after)  # the moment of death is what is random here
            service.kill()
            stop.set()
        seconds = await service.up()
        again = await crowd.settle_again(service.port, crowd.ledger.unanswered)
        self.report.add(cycles=1, asked_again=again)
        self.report.add(**{"cold_starts" if service.cold else "warm_starts": 1})
        how = "slowest_ready" if service.cold else "slowest_ready_warm"
        self.report.worst(**{how: round(seconds, 2)})
        if seconds > READY_SECONDS * SLACK:
            self.report.findings.append(f"cycle {cycle}: ready only after {seconds:.1f} s")

    async def _judge(self, ledger: Ledger, service: Service) -> None:
        async with reading(self.place.url) as runner:
            record = await read_record(runner)
        self.report.findings += judge(record, ledger)
        self.report.findings += await audited(self.place)
        self.report.findings += service.faults(ERRORS)
