"""Open this for one world: time that jumps to whatever is next, until all is quiet."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from core.auditor import audit
from core.runner import Limits, Runner, open_runner
from tests.simulation.journal import FaultLog, fingerprint
from tests.simulation.judge import Judge
from tests.simulation.office import open_office
from tests.simulation.settled import unsettled
from tests.simulation.stage import Stage
from tests.simulation.weather import end_of

ONE_WRITER = Limits(writers=1, readers=1)  # on PostgreSQL too, units run in the order of asking
MOST_STEPS = 1000  # a life; more means that a world does not come to rest
AUDIT_EVERY = 16  # steps
LAGS = (0.0, 0.0, 0.0, 0.3, 0.9)  # seconds by which the service is late


@dataclass(slots=True)
class Outcome:
    """What one world came to."""

    number: int
    lives: int
    steps: int = 0
    audits: int = 0
    fingerprint: str = ""
    faults: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


class World:
    """One office and everybody around it, from the first job to the end of the last."""

    def __init__(self, runner: Runner, seed: int, number: int, lives: int) -> None:
        self.rng = Random(f"{seed}/{number}")
        self.outcome = Outcome(number, lives)
        self.office = open_office(runner, self.rng, lives)
        self.stage = Stage(self.office, lives)
        self._clock, self._weather = self.office.clock, self.office.weather
        self._service, self._agenda = self.office.service, self.office.desk.agenda

    async def run(self) -> Outcome:
        """Live all the lives; what went wrong is in the outcome."""
        log, logger = FaultLog(), logging.getLogger("core")
        logger.addHandler(log)
        propagate, logger.propagate = logger.propagate, False
        try:
            await self.stage.open()
            await self._until_all_is_quiet()
            await self._audit()
            await self._judge()
        except Exception as error:  # noqa: BLE001 - it is this world's outcome
            self.outcome.faults.append(f"{type(error).__name__}: {error}")
        finally:
            logger.removeHandler(log)
            logger.propagate = propagate
        events = self.office.journal.events()
        self.outcome.faults += log.found
        self.outcome.counts = dict(Counter(e.kind for e in events))
        self.outcome.fingerprint = fingerprint(events, self.stage.references())
        return self.outcome

    async def _until_all_is_quiet(self) -> None:
        later = await self._service.settle()
        while self.outcome.steps < MOST_STEPS * self.outcome.lives:
            moments = [m for m in (self._agenda.next_at(), later) if m is not None]
            if not moments:
                return
            self.outcome.steps += 1
            later = await self._step(max(min(moments), self._clock.now()))
            if self.outcome.steps % AUDIT_EVERY == 0:
                await self._audit()
        raise RuntimeError("the world did not come to rest")

    async def _step(self, moment: datetime) -> datetime | None:
        """Jump to the next moment, through an outage if there is one, and do what is due."""
        awake = end_of(self._weather.service, moment)
        lag = timedelta(seconds=self.rng.choice(LAGS))
        self._clock.set(max(awake + lag, self._clock.now()))
        if awake > moment:
            await self._service.settle(first="tick")
        while (deed := self._agenda.due()) is not None:
            await deed()
        return await self._service.settle()

    async def _audit(self) -> None:
        """Have the auditor look; while nobody reads, an overdue offer may wait for an answer."""
        now = self._clock.now()
        reading = end_of(self._weather.reader, now) == now and not self._weather.crash
        self.outcome.audits += 1
        self.outcome.faults += await audit(self.office.runner, now, running=reading)

    async def _judge(self) -> None:
        """Read the whole journal with the judge, and look at what is left."""
        office, stage = self.office, self.stage
        judge = Judge(office.site, office.weather, stage.parts, stage.drafts)
        for line in office.journal.lines:
            judge.read(line)
        self.outcome.faults += judge.faults
        self.outcome.faults += await unsettled(
            office.runner, judge.ledger, office.journal, stage.references()
        )


async def live(url: str, seed: int, number: int, lives: int) -> Outcome:
    """Run one world on a fresh, migrated database."""
    runner = await open_runner(url, limits=ONE_WRITER)
    try:
        return await World(runner, seed, number, lives).run()
    finally:
        await runner.close()
