"""Rows as they are kept, changed and looked at; two drivers who live through the same."""

from __future__ import annotations

from typing import Any

from core.work import Work
from tests.house import House

Rows = dict[str, list[dict[str, Any]]]


TABLES = {
    "agents": "id",
    "addresses": "agent_id",
    "offers": "agent_id",
    "events": "agent_id",
    "alerts": "agent_id",
    "links": "agent_id",
    "outbox": "agent_id",
    "inbox": "agent_id",
}


async def put(house: House, sql: str, *values: object) -> None:
    """Change rows past the router."""

    async def step(work: Work) -> None:
        await work.unit.execute(sql, *values)

    await house.router.do(step)


async def table(house: House, name: str) -> list[dict[str, Any]]:
    """Return all rows of a table, oldest first."""
    return await house.rows(f"SELECT * FROM {name} ORDER BY id")


async def of_driver(house: House, agent_id: int) -> Rows:
    """Return every row about the driver, but not what they were answered: it may name others."""
    found = {}
    for table, column in TABLES.items():
        sql = f"SELECT * FROM {table} WHERE {column} = $1 ORDER BY id"
        rows = await house.rows(sql, agent_id)
        found[table] = [{k: v for k, v in row.items() if k != "answer"} for row in rows]
    return found


async def alike(house: House) -> tuple[int, int]:
    """Let two drivers live through the same, each with a job of their own."""
    await house.drivers("One", "Two")
    jobs = []
    for number, other in ((1, 2), (2, 1)):
        await house.says(other, "OFF")
        jobs.append(await house.offering(f"A-{number}"))
        await house.says(other, "ON")
    await house.told()
    for number in (1, 2):
        await house.writes(number, "what?")
        await house.router.invite_agent(number, "console")
        await house.router.invite_agent(number, "email")
    await house.told()
    return jobs[0], jobs[1]
