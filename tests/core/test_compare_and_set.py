"""Each step that decides a race does so by its own write, whatever was read before."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from core.cascade import assign_by_offer
from core.cascade.closing import close_offer, withdraw
from core.cascade.covering import assign_by_offers
from core.domain import EventKind, JobStatus, OfferStatus
from core.models import Job, Offer
from core.router.offering import start_held_job
from core.runner import Abandon
from core.runner.address import database_of
from core.work import Work
from tests.databases import in_own_loop
from tests.house import JO, House

ROOT = Path(__file__).parents[2]
Assign = Callable[[Work, Job, Offer], Awaitable[bool]]
Ending = Callable[[House, int], Awaitable[Any]]

ENDINGS: dict[str, Ending] = {
    "cancelled": lambda house, job_id: house.router.cancel(job_id, JO),
    "assigned by hand": lambda house, job_id: house.router.assign(job_id, 2, JO),
    "taken by another": lambda house, job_id: house.says(2, "YES", job_id=job_id),
}


async def by_itself(work: Work, job: Job, offer: Offer) -> bool:
    return await assign_by_offer(work, job, offer, JO)


async def among_others(work: Work, job: Job, offer: Offer) -> bool:
    return await assign_by_offers(work, [(job, offer, JO)])


assigning = pytest.mark.parametrize("assign", [by_itself, among_others])


@assigning
@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_yes_judged_on_a_stale_reading_wins_nothing(
    house: House, ending: str, assign: Assign
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(policy="batch")

    async def read(work: Work) -> tuple[Job, Offer]:
        return await Job.get(id=job_id), await Offer.get(job_id=job_id, agent_id=1)

    job, offer = await house.router.do(read)
    await ENDINGS[ending](house, job_id)
    before = await house.shown(job_id)

    async def accept(work: Work) -> bool:
        if await assign(work, job, offer):
            return True
        raise Abandon(False)

    assert await house.router.do(accept) is False
    assert await house.shown(job_id) == before


@assigning
async def test_a_yes_to_an_offer_that_was_closed_meanwhile_wins_nothing(
    house: House, assign: Assign
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()

    async def accept_after_closing(work: Work) -> bool:
        job, offer = await Job.get(id=job_id), await Offer.get(job_id=job_id)
        await Offer.filter(id=offer.id).update(
            status=OfferStatus.TIMED_OUT.value, closed_at=work.now
        )
        raise Abandon(await assign(work, job, offer))

    assert await house.router.do(accept_after_closing) is False


@assigning
async def test_a_yes_to_an_earlier_version_wins_nothing(house: House, assign: Assign) -> None:
    await house.drivers("One")
    job_id = await house.offering()

    async def accept_after_an_edit(work: Work) -> bool:
        job, offer = await Job.get(id=job_id), await Offer.get(job_id=job_id)
        await Job.filter(id=job_id).update(version=2)
        raise Abandon(await assign(work, job, offer))

    assert await house.router.do(accept_after_an_edit) is False


async def test_an_offer_is_closed_and_an_acceptance_withdrawn_only_once(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()

    async def close_twice(work: Work) -> list[bool]:
        job, offer = await Job.get(id=job_id), await Offer.get(job_id=job_id)
        closed = [
            await close_offer(work, job, offer, OfferStatus.DECLINED, EventKind.DECLINED, JO)
            for _ in range(2)
        ]
        withdrawn = await withdraw(work, job, offer, EventKind.DROPPED, JO, None)
        raise Abandon([*closed, withdrawn])

    assert await house.router.do(close_twice) == [True, False, False]


async def test_a_job_moves_only_from_the_statuses_asked_for(house: House) -> None:
    job_id = await house.job()

    async def move(work: Work) -> list[bool]:
        asked = [JobStatus.APPROVED, JobStatus.NEEDS_APPROVAL, JobStatus.NEEDS_APPROVAL]
        moved = [await work.move_job(job_id, (s,), JobStatus.REJECTED) for s in asked]
        raise Abandon(moved)

    assert await house.router.do(move) == [False, True, False]


async def test_what_is_taken_back_leaves_no_message_and_no_history(house: House) -> None:
    await house.drivers("One")
    job_id = await house.approved()
    counted = "SELECT (SELECT COUNT(*) FROM outbox) AS o, (SELECT COUNT(*) FROM events) AS e"
    before = await house.rows(counted)

    async def start_and_fail(work: Work) -> None:
        await start_held_job(work, job_id, JO)
        raise Abandon(None)

    await house.router.do(start_and_fail)
    assert await house.rows(counted) == before
    assert (await house.shown(job_id)).status == "approved"


async def test_whoever_looks_after_a_commit_finds_offers_with_their_messages(
    house: House, database_url: str
) -> None:
    looks: list[list[int]] = []
    house.router.on_commit(lambda _events: looks.append(in_own_loop(untold_offers(database_url))))
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "NO", job_id=job_id)
    await house.says(2, "NO", job_id=job_id)
    assert len(await house.offers(job_id)) == 2
    assert len(looks) >= 5
    assert not any(looks)


async def untold_offers(url: str) -> list[int]:
    """Return the offers about which no message was promised, as another connection sees them."""
    sql = "SELECT id FROM offers WHERE id NOT IN (SELECT offer_id FROM outbox WHERE kind = 'offer')"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as other:
            return [row[0] for row in other.execute(sql)]
    connection = await asyncpg.connect(**database_of(url).credentials)
    try:
        return [row["id"] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def test_no_transaction_is_opened_outside_the_runner() -> None:
    opens = re.compile(
        r"in_transaction|\batomic\(|\bBEGIN\b|\bCOMMIT\b|sqlite3\.connect|asyncpg\.connect"
        r"|Tortoise\.init|\bconnections\.get"
    )
    allowed = {Path("core/runner"), Path("core/migrations"), Path("bot/database.py")}
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("core", "web", "bot", "channels")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not any((ROOT / a) in (path, *path.parents) for a in allowed)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if opens.search(line)
    ]
    assert found == []
