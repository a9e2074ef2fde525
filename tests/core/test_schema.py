"""What the migrations build: the columns of the models, and refusals of what must never be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from core import models
from core.models import Job, Offer
from core.work import Work
from tests.house import NOON, House

TABLES = [getattr(models, name) for name in models.__all__]


async def columns(house: House, table: str) -> set[str]:
    if house.router.runner.dialect == "sqlite":
        return {r["name"] for r in await house.rows(f"PRAGMA table_info({table})")}
    found = await house.rows(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1", table
    )
    return {r["name"] for r in found}


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.__name__)
async def test_the_migrations_build_what_the_models_say(house: House, table: Any) -> None:
    meta = table._meta
    assert await columns(house, meta.db_table) == set(meta.fields_db_projection.values())


async def write(house: House, **changes: Any) -> None:
    """Write one more offer of job 1 behind the router's back, and take it back again."""

    async def step(work: Work) -> None:
        offer = await Offer.get(id=1)
        facts = {
            "job_id": 1,
            "agent_id": 2,
            "version": 1,
            "round": 9,
            "code": 77,
            "slot": 0,
            "width": 1,
            "status": "timed_out",
            "sent_at": NOON,
            "expires_at": NOON,
            "closed_at": NOON,
        }
        await Offer.create(**{**facts, **changes})
        await Offer.filter(round=9).delete()
        await offer.save()

    await house.router.do(step)


async def test_the_database_refuses_a_second_accepted_offer(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    await house.says(1, "YES")
    await write(house)
    with pytest.raises(IntegrityError):
        await write(house, status="accepted")


async def test_the_database_refuses_more_open_offers_than_the_width(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    with pytest.raises(IntegrityError):
        await write(house, status="sent")
    with pytest.raises(IntegrityError):
        await write(house, status="sent", slot=1)
    await write(house, status="sent", slot=7, width=0)


async def test_the_database_refuses_an_offer_past_the_cutoff(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    cutoff = NOON + timedelta(minutes=5)
    await write(house, cutoff=cutoff, expires_at=cutoff)
    with pytest.raises(IntegrityError):
        await write(house, cutoff=cutoff, expires_at=cutoff + timedelta(microseconds=1))


async def test_the_database_refuses_asking_twice_in_a_round_and_a_live_code_twice(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    with pytest.raises(IntegrityError):
        await write(house, agent_id=1, round=1)
    with pytest.raises(IntegrityError):
        await write(house, agent_id=1, code=30, closed_at=None)


async def test_the_database_refuses_a_message_twice(house: House) -> None:
    await house.drivers("One")
    await house.says(1, "YES", external_id="m-1")

    async def again(work: Work) -> None:
        await work.unit.execute(
            "INSERT INTO inbox (channel, external_id, payload, received_at, due_at, state,"
            " attempts) VALUES ('webhook', 'm-1', $1, $2, $2, 'stored', 0)",
            b"{}",
            NOON,
        )

    with pytest.raises(IntegrityError):
        await house.router.do(again)


async def test_a_job_reference_is_unique(house: House) -> None:
    await house.job("A-1")

    async def again(work: Work) -> None:
        job = await Job.get(id=1)
        await Job.create(
            sheet_job_id=job.sheet_job_id, approval_nonce="", created_at=NOON, updated_at=NOON
        )

    with pytest.raises(IntegrityError):
        await house.router.do(again)
