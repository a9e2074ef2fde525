"""Rows read and write what the ORM reads and writes, on both databases."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.fields.data import JSON_DUMPS
from tortoise.models import Model

from core import models
from core.columns import as_json
from core.models import Agent, Event, Job
from core.rows import AGENTS, EVENTS, JOBS, rows_of
from core.work import Work
from tests.house import NOON, House

TABLES = [getattr(models, name) for name in models.__all__]


async def lived(house: House) -> None:
    """Leave rows in most tables: a job that one driver declined and the next one took."""
    await house.drivers("Ann", "Bob")
    await house.offering("VC8Y-3")
    await house.says(1, "NO too far")
    await house.says(2, "YES")


def columns(row: Model) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row._meta.fields_db_projection}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
async def test_a_row_reads_as_the_orm_reads_it(house: House, table: type[Model]) -> None:
    await lived(house)

    async def both(work: Work) -> None:
        key = table._meta.db_pk_column
        by_orm = await table.all().order_by(key)
        by_rows = await rows_of(table).all(work.unit, f"1 = 1 ORDER BY {key}")
        assert [columns(r) for r in by_rows] == [columns(r) for r in by_orm]

    await house.router.do(both)


async def test_a_row_may_be_saved_by_the_orm_afterwards(house: House) -> None:
    await lived(house)

    async def rename(work: Work) -> str:
        agent = await AGENTS.one(work.unit, "name = $1", "Ann")
        agent.name = "Anna"
        await agent.save(update_fields=["name"])
        return (await Agent.get(id=agent.id)).name

    assert await house.router.do(rename) == "Anna"


async def test_a_new_row_has_the_defaults_of_its_model(house: House) -> None:
    async def store(work: Work) -> tuple[Agent, Agent]:
        made = AGENTS.new(
            name="Ann",
            phone_e164="+447700900001",
            priority=1,
            created_at=work.now,
            updated_at=work.now,
        )
        await AGENTS.store_all(work.unit, [made])
        return made, await Agent.get(id=made.id)

    made, read = await house.router.do(store)
    assert columns(made) == columns(read)
    assert (read.active, read.skills) == (True, [])


async def test_moving_a_row_compares_first_and_shows_what_it_became(house: House) -> None:
    await lived(house)

    async def move(work: Work) -> tuple[bool, bool, str | None]:
        job = await JOBS.one(work.unit, "id = $1", 1)
        missed = await JOBS.move(work.unit, job, "id = $1 AND version = $2", 1, 9, pay="1")
        moved = await JOBS.move(work.unit, job, "id = $1 AND version = $2", 1, 1, pay="£80")
        assert columns(job) == columns(await Job.get(id=1))
        return missed, moved, job.pay

    assert await house.router.do(move) == (False, True, "£80")


async def test_a_refused_row_is_an_error_or_none_as_asked(house: House) -> None:
    await lived(house)

    async def insert_again(work: Work) -> None:
        ann = await AGENTS.one(work.unit, "name = $1", "Ann")
        again = {name: value for name, value in columns(ann).items() if name != "id"}
        assert await AGENTS.insert_new(work.unit, AGENTS.new(**again)) is None
        await AGENTS.insert(work.unit, **again)

    with pytest.raises(IntegrityError):
        await house.router.do(insert_again)


async def test_no_row_is_none_or_an_error_as_asked(house: House) -> None:
    async def look(work: Work) -> None:
        assert await JOBS.first(work.unit, "id = $1", 9) is None
        await JOBS.one(work.unit, "id = $1", 9)

    with pytest.raises(LookupError, match="no row of jobs"):
        await house.router.do(look)


async def test_many_rows_inserted_at_once_get_their_ids_in_order(house: House) -> None:
    async def store(work: Work) -> None:
        amount = 75  # more than one statement, and not a round number of them
        lines = [
            {"at": work.now, "kind": f"{n}", "actor": "a", "facts": {"n": n}} for n in range(amount)
        ]
        ids = await EVENTS.insert_all(work.unit, lines)
        read = await Event.all().order_by("id")
        assert [(e.id, e.kind, e.facts) for e in read] == [
            (row_id, line["kind"], line["facts"]) for row_id, line in zip(ids, lines, strict=True)
        ]
        assert await EVENTS.insert_all(work.unit, []) == []

    await house.router.do(store)


async def test_a_row_read_in_part_may_be_completed(house: House) -> None:
    await lived(house)

    async def read(work: Work) -> None:
        (job,) = await JOBS.change_all(work.unit, "id = $1", 1, reading=("id", "skills"), pay="£9")
        assert (job.id, job.skills) == (1, [])
        assert not hasattr(job, "origin")
        await JOBS.complete(work.unit, job)
        assert columns(job) == columns(await Job.get(id=1))
        job.pay = "£10"
        await job.save()
        job.pay = "not written"
        await JOBS.complete(work.unit, job)  # is whole, so it stays as it is
        assert job.pay == "not written"

    await house.router.do(read)


@pytest.mark.parametrize(
    "value", [{}, {"a": [1, None, True, 0.5]}, ["ż", "\ud83d\ude9a", '"\\\n'], "x", 0]
)
def test_json_is_written_as_the_orm_writes_it(value: Any) -> None:
    assert as_json(value) == JSON_DUMPS(value)


def test_json_holds_moments_as_their_text_and_refuses_what_else_it_cannot_hold() -> None:
    london = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    repeated = london.replace(fold=1)
    assert as_json({"at": [NOON, london, repeated]}) == (
        '{"at":["2026-01-30T12:00:00+00:00","2026-10-25T01:30:00+01:00","2026-10-25T01:30:00+00:00"]}'
    )
    with pytest.raises(TypeError, match="JSON holds no set"):
        as_json({1})
