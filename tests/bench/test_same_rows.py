"""The plain statements that we compare with leave the same tables behind as our use cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.databases import copied, open_router, prepare_sqlite
from bench.expected import expiry, yes
from bench.measure import Figure, Target, percentile, ratio_of, take_turns
from bench.plainly import Transaction, commit_sqlite
from bench.plan import Plan
from bench.replies import say_yes
from core.auditor import audit
from core.router import Router
from core.testing import FakeClock

TABLES = ("agents", "jobs", "offers", "events", "inbox", "outbox", "alerts")
RANDOM = {"token", "reply_hash"}  # of a message


async def test_a_yes_writes_the_rows_we_say(tmp_path: Path) -> None:
    plan = Plan(drivers=6, open_offers=6, history=10)

    async def say(router: Router) -> None:
        await say_yes(router, plan, range(1, 7), at_once=1)

    await _leaves_the_same(tmp_path, plan, say, [yes(plan, n, plan.now) for n in range(1, 7)])


async def test_an_expiry_writes_the_rows_we_say(tmp_path: Path) -> None:
    over = timedelta(seconds=-1)
    plan = Plan(drivers=4, open_offers=10, first_expiry=over, last_expiry=over, history=10)

    async def settle(router: Router) -> None:
        assert (await router.tick()).advanced == 10

    await _leaves_the_same(
        tmp_path, plan, settle, [expiry(plan, n, plan.now) for n in range(1, 11)]
    )


async def test_sides_take_turns_and_the_middle_round_counts() -> None:
    order: list[str] = []

    async def ours(number: int) -> float:
        order.append(f"ours {number}")
        return (1.0, 8.0, 4.0)[number]

    async def theirs(number: int) -> float:
        order.append(f"theirs {number}")
        return 2.0

    figure = ratio_of("row", "what", "against", await take_turns(3, ours, theirs))
    assert order == ["ours 0", "theirs 0", "theirs 1", "ours 1", "ours 2", "theirs 2"]
    assert figure == Figure(
        "row", "what", "against", 2.0, ours="4/s", theirs="2/s", rounds=(0.5, 4.0, 2.0)
    )


def test_a_target_is_reached_met_or_missed_in_its_own_direction() -> None:
    assert [Target(2, 4).verdict(v) for v in (4, 3, 1)] == ["reached", "met", "missed"]
    assert [Target(4, 2, less=True).verdict(v) for v in (1, 3, 5)] == ["reached", "met", "missed"]
    assert percentile([float(n) for n in range(101)], 99) == 99


async def _leaves_the_same(
    folder: Path,
    plan: Plan,
    ours: Callable[[Router], Awaitable[None]],
    theirs: Sequence[Transaction],
) -> None:
    database = await prepare_sqlite(folder / "ours.sqlite3", plan)
    plain = copied(database, "theirs.sqlite3")
    async with open_router(f"sqlite://{database}", FakeClock(plan.now)) as router:
        assert await audit(router.runner, plan.now, running=False) == ()
        await ours(router)
        assert await audit(router.runner, plan.now, running=False) == ()
    commit_sqlite(plain, theirs)
    for table in TABLES:
        assert _rows(database, table) == _rows(plain, table), table


def _rows(path: Path, table: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY id")]
    return [{name: row[name] for name in row if name not in RANDOM} for row in rows]
