"""Who is forgotten and what is purged takes nothing of another driver or job along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from core.domain import CLOCK, OPERATOR
from core.models import Alert, Event, InboxEntry, Offer, OutboxMessage
from core.outcomes import Forgotten, NotFound
from core.router.forgetting import end_forgetting
from core.router.purging import _empty_job
from core.work import Work
from tests.core.lives import alike, of_driver
from tests.house import JO, NOON, House, phone


async def proofs(work: Work) -> None:
    """Leave in history of each driver a proof, and a line that is none but has facts."""
    for agent_id in (1, 2):
        await Offer.filter(agent_id=agent_id).update(reason="why")
        for kind in ("proof_added", "on_duty"):
            await Event.create(
                at=work.now, kind=kind, agent_id=agent_id, actor="x", facts={"a": 1}, reason="why"
            )


async def unread(house: House, *numbers: int) -> None:
    """Have answers wait unread, known to be of these drivers."""
    for number in numbers:
        await house.channels["console"].inject(phone(number), "STATUS")

    async def step(work: Work) -> None:
        for number in numbers:
            await InboxEntry.filter(handle=phone(number), state="stored").update(agent_id=number)

    await house.router.do(step)


async def test_who_is_forgotten_takes_nothing_of_another_driver_along(house: House) -> None:
    first, second = await alike(house)
    for number, job_id in ((1, first), (2, second), (1, second), (2, first)):
        await house.says(number, "NO", job_id=job_id)
    await house.relay.drain()
    await house.router.do(proofs)
    await unread(house, 1, 2)

    async def queued(work: Work) -> None:
        for number in (1, 2):
            await OutboxMessage.create(
                token=f"t-{number}",
                kind="answer",
                channel="console",
                handle=phone(number),
                agent_id=number,
                facts={"said": number},
                reason="busy",
                created_at=NOON,
                due_at=NOON + timedelta(days=9),
            )
        await InboxEntry.all().update(reason="why")
        await Alert.filter(agent_id=1).update(resolved_at=NOON, next_at=None)
        await Alert.create(
            cause="dropped",
            subject="agent:1",
            agent_id=1,
            raised_at=NOON,
            resolved_at=NOON,
            times_said=1,
        )
        for number in (1, 2):
            await Alert.create(
                cause="dropped",
                subject=f"agent:{number}",
                agent_id=number,
                reason="why",
                raised_at=NOON,
                next_at=NOON + timedelta(days=9),
                times_said=1,
            )

    await house.router.do(queued)
    two = await of_driver(house, 2)
    states = await house.rows("SELECT id, state FROM inbox WHERE state <> 'stored' ORDER BY id")
    sent = await house.rows("SELECT id, state FROM outbox WHERE state <> 'queued' ORDER BY id")
    house.clock.advance(timedelta(minutes=1))
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)
    assert await of_driver(house, 2) == two
    assert await same(house, "inbox", states)
    assert await same(house, "outbox", sent)
    facts = await house.rows("SELECT kind, facts FROM events WHERE actor = 'x' AND agent_id = 1")
    assert {row["kind"]: row["facts"] is None for row in facts} == {
        "proof_added": True,
        "on_duty": False,
    }
    resolved = await house.rows("SELECT resolved_at FROM alerts WHERE agent_id = 1 ORDER BY id")
    assert [str(row["resolved_at"])[:16] for row in resolved[:-1]] == ["2026-01-30 12:00"] * 2
    assert str(resolved[-1]["resolved_at"])[:16] == "2026-01-30 12:01"
    assert all(
        row["reason"] is None
        for row in await house.rows("SELECT reason FROM outbox WHERE agent_id = 1")
    )


async def same(house: House, table: str, before: Iterable[dict[str, Any]]) -> bool:
    now = {r["id"]: r["state"] for r in await house.rows(f"SELECT id, state FROM {table}")}
    return all(now[row["id"]] == row["state"] for row in before)


async def test_nobody_is_erased_who_is_not_being_forgotten(house: House) -> None:
    await house.drivers("One")
    before = await of_driver(house, 1)
    with pytest.raises(RuntimeError, match="lost 20 races"):
        await house.router.do(end_forgetting, 1, OPERATOR)
    assert await of_driver(house, 1) == before


async def test_who_is_forgotten_is_changed_no_more(house: House) -> None:
    await house.drivers("One")
    await house.router.forget_agent(1, OPERATOR)
    before = await of_driver(house, 1)
    house.clock.advance(timedelta(minutes=1))
    for changes in ({"priority": 9}, {"name": "Back"}):
        assert await house.router.change_agent(1, changes, JO) == NotFound("agent")
    assert await house.router.set_duty(1, False, JO) == NotFound("agent")
    assert await of_driver(house, 1) == before


async def test_what_is_purged_of_one_job_is_kept_of_another(house: House) -> None:
    first, second = await alike(house)
    for number, job_id in ((1, first), (2, second)):
        await house.says(number, "YES", job_id=job_id)

    async def history(work: Work) -> None:
        for job_id in (first, second):
            for kind in ("proof_added", "on_duty"):
                await Event.create(
                    at=NOON, kind=kind, job_id=job_id, actor="x", facts={"a": 1}, reason="why"
                )
            for cause in ("change_proposed", "dropped"):
                await Alert.create(
                    cause=cause,
                    subject=f"job:{job_id}",
                    job_id=job_id,
                    reason="why",
                    raised_at=NOON,
                    next_at=None,
                    resolved_at=NOON,
                    times_said=1,
                )

    await house.router.do(history)
    await house.router.complete(first, JO)
    await house.told()
    tables = ("events", "alerts", "outbox", "inbox", "offers")
    sql = "SELECT * FROM {} WHERE job_id = $1 ORDER BY id"
    before = {table: await house.rows(sql.format(table), second) for table in tables}
    mine = "SELECT kind, facts, reason FROM events WHERE actor = 'x' AND job_id = $1 ORDER BY id"
    house.clock.advance(timedelta(days=91))
    for _ in range(2):
        await house.router.purge(house.clock.now() - timedelta(days=90), CLOCK)
    assert {table: await house.rows(sql.format(table), second) for table in tables} == before
    assert [row["facts"] is None for row in await house.rows(mine, first)] == [True, False]
    reasons = await house.rows(
        "SELECT cause, reason FROM alerts WHERE job_id = $1 AND reason = 'why'", first
    )
    assert [row["cause"] for row in reasons] == ["dropped"]
    assert (await house.story(first)).count("purged") == 1


async def test_a_job_is_purged_when_it_is_closed_and_once(house: House) -> None:
    open_one, closed = await house.job("A-1", notes="why"), await house.job("A-2", notes="why")
    await house.router.cancel(closed, JO)
    for _ in range(2):
        for job_id in (open_one, closed):
            await house.router.do(_empty_job, job_id, CLOCK)
    assert (await house.shown(open_one)).notes == "why"
    assert [(await house.story(one)).count("purged") for one in (open_one, closed)] == [0, 1]


async def test_what_was_handled_or_settled_lately_is_kept_though_it_is_about_no_job(
    house: House,
) -> None:
    await house.drivers("One")
    await house.writes(1, "STATUS")
    await house.relay.drain()
    house.clock.advance(timedelta(days=90))
    await house.router.purge(house.clock.now() - timedelta(days=90), CLOCK)
    assert [row["handle"] for row in await house.rows("SELECT handle FROM inbox")] == [phone(1)]
    assert [row["handle"] for row in await house.rows("SELECT handle FROM outbox")] == [phone(1)]
    house.clock.advance(timedelta(seconds=1))
    await house.router.purge(house.clock.now() - timedelta(days=90), CLOCK)
    assert [row["handle"] for row in await house.rows("SELECT handle FROM outbox")] == [""]
    assert [row["handle"] for row in await house.rows("SELECT handle FROM inbox")] == [None]
