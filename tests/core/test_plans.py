"""No statement that the clock repeats walks through a table: SQLite's own plans say so."""

from __future__ import annotations

import pytest

from core.router import tick
from tests.house import NOON, House

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
