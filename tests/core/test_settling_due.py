"""A tick goes through what is due: together or alone, each once, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.errors import StorageFault
from core.router.clockwork import settle_due
from core.router.tick import OVERDUE_OFFERS
from core.work import Work
from tests.house import House


@dataclass(slots=True)
class Settling:
    """Settles nothing, so that all stays due; knows what it was given, a list for each unit."""

    taken: list[list[int]] = field(default_factory=list)
    together_fails: Exception | None = None
    fails: dict[int, Exception] = field(default_factory=dict)

    async def settle(self, _work: Work, one: int) -> int:
        self.taken.append([one])
        if one in self.fails:
            raise self.fails[one]
        return one

    async def settle_some(self, _work: Work, due: Sequence[int]) -> list[int]:
        if self.together_fails is not None:
            raise self.together_fails
        self.taken.append(list(due))
        return list(due)

    async def tick(self, house: House) -> list[int]:
        now = house.clock.now()
        return await settle_due(
            house.router, OVERDUE_OFFERS, self.settle, now, together=self.settle_some
        )


async def overdue(house: House, jobs: int = 3) -> list[int]:
    """Let offers of so many jobs run out; return the jobs."""
    await house.drivers("One")
    offered = [await house.offering(f"J-{n}") for n in range(jobs)]
    house.clock.advance(timedelta(minutes=31))
    return offered


async def test_what_is_due_shares_a_unit_on_sqlite_and_has_one_each_on_postgres(
    house: House,
) -> None:
    due, settling = await overdue(house), Settling()
    assert await settling.tick(house) == due
    shared = house.router.runner.dialect == "sqlite"
    assert sorted(settling.taken) == ([due] if shared else [[one] for one in due])


async def test_what_fails_together_is_settled_alone_and_what_fails_alone_is_left_out(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    due = await overdue(house)
    settling = Settling(together_fails=LookupError("odd"), fails={due[1]: LookupError("odd")})
    assert await settling.tick(house) == [due[0], due[2]]
    assert sorted(settling.taken) == [[one] for one in due]
    assert [r.__dict__["row"] for r in caplog.records if r.message == "tick.failed"] == [due[1]]


async def test_a_fault_of_the_database_ends_the_tick(house: House) -> None:
    due, fault = await overdue(house), StorageFault("the disk is full")
    settling = Settling(together_fails=fault, fails={due[1]: fault})
    with pytest.raises(StorageFault, match="the disk is full"):
        await settling.tick(house)
    if house.router.runner.dialect == "sqlite":
        assert settling.taken == []  # none was tried alone


async def test_what_stays_due_is_tried_once_and_keeps_none_behind_it_from_its_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.router.clockwork.AT_ONCE", 2)
    due, settling = await overdue(house, jobs=5), Settling()
    assert await settling.tick(house) == due
    assert sorted(one for unit in settling.taken for one in unit) == due
