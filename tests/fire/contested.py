"""Everything at once on the same job, in process: one of them wins, and nothing is left over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from core.domain import API
from core.drafts import AgentDraft, JobDraft
from core.errors import DatabaseBusy
from core.outcomes import AlreadyExists, Created, Done, ReplyAnswer
from tests.fire.checker import judge
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Answer, Ask, Ledger
from tests.fire.record import read_record
from tests.house import JO, House, open_house

JOBS_A_DATABASE = 100  # every advance of the clock repeats the alerts of all of them
AT_ONCE = 6  # jobs under contest at the same time, by the same drivers
CREWS, CREW = 10, 4
TICKS = 3
TRIES = 5


async def run(plan: Plan) -> Report:
    """Contest every job; judge after each database."""
    report = Report()
    left, number = plan.amount(2_000, 25_000), 0  # 50,000 on both databases
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            jobs = min(left, JOBS_A_DATABASE)
            await _contest(plan, place, report, jobs, plan.random("contested", number))
        left, number = left - jobs, number + 1
    return report


async def _contest(plan: Plan, place: Place, report: Report, jobs: int, random: Random) -> None:
    ledger = Ledger()
    async with open_house(place.url) as house:
        for crew in range(CREWS):
            await house.router.sync_agents(_crew(crew), API)
        for first in range(0, jobs, AT_ONCE):
            crew = first // AT_ONCE % CREWS
            contests = [
                _Contest(house, ledger, random, crew, f"J-{first + n}") for n in range(AT_ONCE)
            ]
            faults = await _all(*(contest.prepare() for contest in contests))
            if random.random() < 0.4:  # every offer is overdue: the tick contends as well
                house.clock.advance(timedelta(minutes=31))
            work = [one for contest in contests for one in contest.rivals()]
            work += [house.router.tick() for _ in range(TICKS)]
            random.shuffle(work)
            faults += await _all(*work)
            report.add(jobs=len(contests), operations=len(work))
            busy = [fault for fault in faults if isinstance(fault, DatabaseBusy)]
            report.add(busy=len(busy))  # a right answer: nothing was kept, nothing promised
            wrong = {f"raised {fault!r}"[:300] for fault in faults if fault not in busy}
            report.findings += sorted(wrong)
            if report.findings:
                return
        report.findings += judge(await read_record(house.router.runner), ledger)
        report.findings += [f"auditor: {s}" for s in await house.broken_invariants()]


async def _all(*work: Awaitable[Any]) -> list[BaseException]:
    """Run everything at once; return what was raised."""
    ended = await asyncio.gather(*work, return_exceptions=True)
    return [one for one in ended if isinstance(one, BaseException)]


def _crew(number: int) -> list[AgentDraft]:
    return [
        AgentDraft(
            name=f"{number}-{place}",
            phone_e164=_phone(number, place),
            priority=place,
            skills=(f"crew{number}",),
        )
        for place in range(1, CREW + 1)
    ]


def _phone(crew: int, place: int) -> str:
    return f"+4478{crew:04d}{place:04d}"


class _Contest:
    """One job and all who want something of it at the same time."""

    def __init__(
        self, house: House, ledger: Ledger, random: Random, crew: int, reference: str
    ) -> None:
        self._router = house.router
        self._ledger = ledger
        self._random = random
        self._crew = crew
        self._reference = reference
        self._job_id = 0

    async def prepare(self) -> None:
        """Bring the job to its first open offer, or only to its approval."""
        policy = self._random.choice([None, None, "broadcast", "batch"])
        draft = JobDraft(self._reference, skills=(f"crew{self._crew}",), policy=policy)
        start = self._random.random() < 0.8
        for _ in range(TRIES):
            with suppress(DatabaseBusy):
                created = await self._router.create_job(draft, API)
                assert isinstance(created, Created | AlreadyExists)
                self._job_id = created.job.id
                await self._router.approve(self._job_id, JO, start=start)
                return

    def rivals(self) -> list[Awaitable[object]]:
        """Return all that is done to the job at once."""
        random = self._random
        asked: list[Awaitable[object]] = [
            *(self._reply(place, "YES") for place in (1, 1, 2)),
            *(self._reply(place, "NO") for place in (1, 2, 3)),
            self._router.start_offers(self._job_id, JO),
            self._router.start_offers(self._job_id, JO),
        ]
        if random.random() < 0.5:
            asked.append(self._decide("assign", random.randint(1, CREW)))
        if random.random() < 0.3:
            asked += [self._decide("cancel"), self._decide("cancel")]
        return asked

    async def _reply(self, place: int, word: str) -> None:
        key = f"{self._reference}-{place}-{word}-{self._random.random()}"
        agent_id = self._crew * CREW + place
        body = {"response": word, "id": key}
        ask = Ask("reply", key, "", body, job_id=self._job_id, agent_id=agent_id)
        said: ReplyAnswer = await self._router.reply(
            _phone(self._crew, place), word, job_id=self._job_id, external_id=key
        )
        told = {**said.facts, "message": said.code}
        self._ledger.answered(self._ledger.asked(ask), Answer(200 if said.ok else 400, told))

    async def _decide(self, what: str, place: int = 1) -> None:
        agent_id = self._crew * CREW + place
        how: dict[str, Callable[[], Awaitable[object]]] = {
            "assign": lambda: self._router.assign(self._job_id, agent_id, JO),
            "cancel": lambda: self._router.cancel(self._job_id, JO),
        }
        key = f"{self._reference}-{what}-{self._random.random()}"
        done = isinstance(await how[what](), Done)
        ask = Ask(what, key, "", job_id=self._job_id, agent_id=agent_id)
        self._ledger.answered(self._ledger.asked(ask), Answer(200 if done else 409))
