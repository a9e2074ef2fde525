"""No statement that the clock or an answer repeats walks through a table: plans say so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from core.domain import API
from core.inbox.claiming import claim_entries
from core.router import tick
from core.runner import Unit
from core.work import Work
from tests.house import JO, NOON, House

ONLY_WHAT_WAITS = re.compile(r"^SCAN \w+ USING (COVERING )?INDEX \w+_(due|waiting)$", re.MULTILINE)
FEW = {"agents", "addresses", "coordinators", "tokens"}  # read whole, as the fleet is
FEW |= {"handles", "firsts", "channels", "nobody"}  # no tables: what a lease goes through
FEW |= {"given"}  # nor this: phones of who answered

QUERIES = {
    "overdue offers": (tick.OVERDUE_OFFERS, "offers_due"),
    "due jobs": (tick.DUE_JOBS, "jobs_due"),
    "jobs at risk": (tick.JOBS_AT_RISK, "jobs_at_risk"),
    "overdue confirmations": (tick.OVERDUE_CONFIRMATIONS, "offers_to_reconfirm"),
    "due reminders": (tick.DUE_REMINDERS, "offers_to_remind"),
    "due alerts": (tick.DUE_ALERTS, "alerts_due"),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_what_is_due_is_found_by_its_own_index(house: House, name: str) -> None:
    query, index = QUERIES[name]
    if house.router.runner.dialect == "sqlite":
        plan = await house.rows(f"EXPLAIN QUERY PLAN {query}", NOON, 10)
        assert [index in row["detail"] for row in plan] == [True]
    else:  # with hardly any row PostgreSQL may read the table: the index must fit all the same
        found = await house.rows("SELECT indexdef FROM pg_indexes WHERE indexname = $1", index)
        column = query.split("ORDER BY ")[1].split(",")[0]
        assert f"({column})" in found[0]["indexdef"]


async def test_what_hearing_looks_up_is_found_by_its_own_index(house: House) -> None:
    if house.router.runner.dialect != "sqlite":
        pytest.skip("with no rows PostgreSQL reads tables; the indexes are the same")
    limited = "SELECT COUNT(*) FROM outbox WHERE channel = 'email' AND limited_at > $1"
    plans = {
        "outbox_limited": await house.rows(f"EXPLAIN QUERY PLAN {limited}", NOON),
        "outbox_by_reply_hash": await house.rows(
            "EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE reply_hash = $1", "x"
        ),
    }
    for index, plan in plans.items():
        assert [index in row["detail"] for row in plan] == [True]


async def test_the_next_deadline_is_read_from_indexes_alone(house: House) -> None:
    if house.router.runner.dialect == "sqlite":
        plan = await house.rows(f"EXPLAIN QUERY PLAN {tick.NEXT_DEADLINE}")
        tables = [
            row["detail"] for row in plan if " jobs" in row["detail"] or " offers" in row["detail"]
        ]
        assert tables
        assert all("INDEX" in detail for detail in tables)
    assert await house.router.next_deadline() is None


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, Sequence[object]]:
    """Return the raw statements that units make from here on, each with values it had."""
    statements: dict[str, Sequence[object]] = {}

    def noting(real: Any) -> Any:
        async def note(unit: Unit, sql: str, *values: object) -> Any:
            statements.setdefault(sql, values)
            return await real(unit, sql, *values)

        return note

    def noting_each(real: Any) -> Any:
        async def note(unit: Unit, sql: str, rows: Sequence[Sequence[object]]) -> Any:
            statements.setdefault(sql, rows[0])
            return await real(unit, sql, rows)

        return note

    for name in ("execute", "rows", "records"):
        monkeypatch.setattr(Unit, name, noting(getattr(Unit, name)))
    monkeypatch.setattr(Unit, "execute_each", noting_each(Unit.execute_each))
    return statements


async def test_a_claim_of_the_inbox_goes_by_the_index_of_what_waits_of_each_sender(
    house: House, said: dict[str, Sequence[object]]
) -> None:
    for channel in ("console", None):
        await house.router.do(claim_entries, 10, channel)
    claims = {sql: values for sql, values in said.items() if "inbox" in sql}
    for plan in (await plans_of(house, claims)).values():
        assert "inbox_waiting" in plan
        assert not walked_in(plan) - FEW


async def test_no_statement_of_a_hot_path_walks_through_a_table(
    house: House, said: dict[str, Sequence[object]]
) -> None:
    await a_working_day(house)
    assert len(said) > 40
    assert any("json_each" in sql for sql in said) == (house.router.runner.dialect == "sqlite")
    plans = await plans_of(house, said)
    walks = {sql: found for sql, plan in plans.items() if (found := walked_in(plan) - FEW)}
    assert walks == {}


async def a_working_day(house: House) -> None:
    """Have jobs asked for, declined, timed out, accepted, late and dropped, by API and chat."""
    await house.drivers("Ann", "Bob", "Cy", "Di")
    first, second = await house.offering("A-1"), await house.offering("A-2")
    await house.told()
    await house.says(1, "NO", job_id=first)
    await house.passes(minutes=31)
    await house.writes(1, "YES")
    await house.says(2, "YES", job_id=second)
    await house.writes(3, "YES")
    await house.says(3, "DROP")
    await house.router.cancel(first, JO, reason="no more")
    await house.told()
    for chosen in (1, 4):
        for number in range(1, 5):
            await house.router.set_duty(number, number == chosen, API)
        await house.offering(f"B-{chosen}")
    await asyncio.gather(house.says(1, "YES"), house.says(4, "YES"))


def walked_in(plan: str) -> set[str]:
    """Return the tables that a plan of either database reads from end to end."""
    by_sqlite = re.findall(r"^SCAN (\w+)\b", ONLY_WHAT_WAITS.sub("", plan), re.MULTILINE)
    by_postgres = re.findall(r"Seq Scan on (\w+)", plan)
    return {table for table in by_sqlite + by_postgres if table != "CONSTANT"}


async def plans_of(house: House, said: Mapping[str, Sequence[object]]) -> dict[str, str]:
    """Return the plan of each statement that reads; PostgreSQL may not walk if it can help it."""
    shown = {sql: v for sql, v in said.items() if not sql.startswith(("INSERT", "SET"))}

    async def explain(work: Work) -> dict[str, str]:
        if work.unit.dialect == "postgres":
            await work.unit.execute("SET LOCAL enable_seqscan = off")
            return {
                sql: "\n".join(row[0] for row in await work.unit.records(f"EXPLAIN {sql}", *values))
                for sql, values in shown.items()
            }
        return {
            sql: "\n".join(
                row["detail"]
                for row in await work.unit.records(f"EXPLAIN QUERY PLAN {sql}", *values)
            )
            for sql, values in shown.items()
        }

    return await house.router.do(explain)
