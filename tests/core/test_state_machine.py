"""Hypothesis drives the real router and a small model side by side, comparing at each step."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine, Generator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.domain import Policy
from core.outcomes import Done, Started
from tests.core.reference import ModelJob
from tests.databases import DIALECTS
from tests.house import JO, House, open_house

T = TypeVar("T")

AGENTS = 4
POLICIES = {
    "default": Policy(),
    "batch": Policy("batch", width=2, rounds=2),
    "again": Policy("again", rounds=3),
    "broadcast": Policy("broadcast", width=0),
}
EXAMPLES = int(os.environ.get("STATE_MACHINE_EXAMPLES", "200"))
STEPS = 50
AGENT = st.integers(1, AGENTS)
WHICH = st.integers(0, 5)


class Machine(RuleBasedStateMachine):
    """Up to six jobs, four drivers, every use case in any order."""

    urls: Iterator[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.house: House = self.do(
            self.stack.enter_async_context(open_house(next(self.urls), policies=POLICIES))
        )
        self.do(self.house.drivers(*(f"Driver {n}" for n in range(1, AGENTS + 1))))
        self.jobs: list[ModelJob] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        self.do(self.stack.aclose())
        self.loop.close()

    def pick(self, which: int) -> tuple[int, ModelJob]:
        at = which % len(self.jobs)
        return at + 1, self.jobs[at]

    @precondition(lambda self: len(self.jobs) < 6)
    @rule(policy=st.sampled_from(sorted(POLICIES)), start=st.booleans())
    def a_job_arrives(self, policy: str, start: bool) -> None:
        job_id = self.do(self.house.job(f"J-{len(self.jobs)}", policy=policy))
        self.jobs.append(ModelJob(POLICIES[policy], AGENTS))
        if start:
            self.do(self.house.router.approve(job_id, JO, start=True))
            self.jobs[-1].decide("approved")
            self.jobs[-1].start(self.house.clock.now())

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, word=st.sampled_from(["approved", "rejected"]))
    def somebody_decides(self, which: int, word: str) -> None:
        job_id, model = self.pick(which)
        router = self.house.router
        decide = router.approve if word == "approved" else router.reject
        outcome = self.do(decide(job_id, JO))
        first = isinstance(outcome, Done) and not outcome.repeated
        assert first == model.decide(word)

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH)
    def somebody_starts(self, which: int) -> None:
        job_id, model = self.pick(which)
        outcome = self.do(self.house.start(job_id))
        assert isinstance(outcome, Started) == model.start(self.house.clock.now())

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, agent=AGENT, word=st.sampled_from(["YES", "NO", "NO", "DROP"]))
    def a_driver_answers(self, which: int, agent: int, word: str) -> None:
        job_id, model = self.pick(which)
        answer = self.do(self.house.says(agent, word, job_id=job_id))
        assert answer.code == model.reply(agent, word, self.house.clock.now())

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, agent=AGENT)
    def somebody_assigns(self, which: int, agent: int) -> None:
        job_id, model = self.pick(which)
        outcome = self.do(self.house.router.assign(job_id, agent, JO))
        first = isinstance(outcome, Done) and not outcome.repeated
        assert first == model.assign(agent)

    @precondition(lambda self: self.jobs)
    @rule(which=WHICH, ending=st.sampled_from(["cancel", "complete", "complete"]))
    def somebody_ends_it(self, which: int, ending: str) -> None:
        job_id, model = self.pick(which)
        router = self.house.router
        end = router.cancel if ending == "cancel" else router.complete
        outcome = self.do(end(job_id, JO))
        first = isinstance(outcome, Done) and not outcome.repeated
        assert first == (model.cancel() if ending == "cancel" else model.complete())

    @rule(minutes=st.sampled_from([1, 5, 11, 29, 30, 31]), ticks=st.integers(0, 3))
    def time_passes(self, minutes: int, ticks: int) -> None:
        self.do(self.house.told())  # one that left late would move the end of its offer
        self.house.clock.advance(timedelta(minutes=minutes))
        if ticks:
            done = self.do(self._ticks(ticks))
            assert done == sum(job.tick(self.house.clock.now()) for job in self.jobs)

    async def _ticks(self, times: int) -> int:
        results = await asyncio.gather(*(self.house.router.tick() for _ in range(times)))
        return sum(result.timed_out for result in results)

    @invariant()
    def router_and_model_agree(self) -> None:
        jobs, offers = self.do(self._as_recorded())
        assert jobs == [(job.status, job.holder) for job in self.jobs]
        assert offers == {
            (number, position): (o.agent, o.round, o.status)
            for number, job in enumerate(self.jobs, start=1)
            for position, o in enumerate(job.offers)
        }
        assert self.do(self.house.broken_invariants()) == ()

    async def _as_recorded(self) -> tuple[list[Any], dict[tuple[int, int], Any]]:
        """Return (status, driver) of each job, and each offer by its job and place in line."""
        jobs = await self.house.rows("SELECT status, assigned_agent_id FROM jobs ORDER BY id")
        rows = await self.house.rows(
            "SELECT job_id, agent_id, round, status FROM offers ORDER BY job_id, id"
        )
        offers: dict[tuple[int, int], Any] = {}
        asked: Counter[int] = Counter()
        for row in rows:
            place = (row["job_id"], asked[row["job_id"]])
            offers[place] = (row["agent_id"], row["round"], row["status"])
            asked[row["job_id"]] += 1
        return [(row["status"], row["assigned_agent_id"]) for row in jobs], offers


def fresh_databases(dialect: str, request: pytest.FixtureRequest) -> Generator[str, None, None]:
    """Yield one new migrated database after the other."""
    with tempfile.TemporaryDirectory() as folder:
        number = 0
        while True:
            number += 1
            if dialect == "sqlite":
                path = Path(folder) / f"{number}.sqlite3"
                shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
                yield f"sqlite://{path}"
            else:
                with request.getfixturevalue("postgres_server").fresh() as url:
                    yield url


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_router_agrees_with_the_model(dialect: str, request: pytest.FixtureRequest) -> None:
    urls = fresh_databases(dialect, request)

    class OnOneDatabase(Machine):
        pass

    OnOneDatabase.urls = urls
    try:
        run_state_machine_as_test(
            OnOneDatabase,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        urls.close()
