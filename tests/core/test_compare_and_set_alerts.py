"""An alert is raised, said again, acknowledged and resolved when it is open, once and alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core.alerts import (
    acknowledge_alert,
    raise_alert,
    repeat_alert,
    resolve_alerts,
    resolve_inbox_alert,
)
from core.domain import AlertCause
from core.models import Agent, Alert, Job
from core.router.clock_watch import watch_clock
from core.work import Work
from tests.core.lives import put, table
from tests.house import JO, NOON, House

ENDED = "UPDATE alerts SET resolved_at = $1, next_at = NULL WHERE cause = 'dropped'"


async def alerted(house: House) -> tuple[int, int]:
    """Have two jobs, each with the same two alerts open, and a third alert of the first driver."""
    await house.drivers("One")
    jobs = await house.job("A-1"), await house.job("A-2")

    async def step(work: Work) -> None:
        for job_id in jobs:
            for cause in (AlertCause.DROPPED, AlertCause.AT_RISK):
                await raise_alert(work, cause, job=await Job.get(id=job_id), reason="first")
        await raise_alert(work, AlertCause.DROPPED, agent=await Agent.get(id=1), reason="first")

    await house.router.do(step)
    return jobs


async def alerts(house: House, *columns: str) -> Mapping[tuple[str, str], tuple[Any, ...]]:
    found = await table(house, "alerts")
    return {(a["subject"], a["cause"]): tuple(a[c] for c in columns) for a in found}


def differing(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> set[Any]:
    return {key for key in before if before[key] != after[key]}


async def test_an_alert_raised_again_renews_itself_alone(house: House) -> None:
    job_id, _ = await alerted(house)
    before = await alerts(house, "reason", "next_at")

    async def again(work: Work) -> bool:
        return await raise_alert(
            work, AlertCause.DROPPED, job=await Job.get(id=job_id), reason="second"
        )

    assert await house.router.do(again) is False
    after = await alerts(house, "reason", "next_at")
    assert differing(before, after) == {(f"job:{job_id}", "dropped")}


async def test_an_alert_raised_again_leaves_those_that_ended_as_they_were(house: House) -> None:
    job_id, _ = await alerted(house)
    await put(house, ENDED, NOON)
    for reason in ("second", "third"):

        async def again(work: Work, reason: str = reason) -> bool:
            job = await Job.get(id=job_id)
            return await raise_alert(work, AlertCause.DROPPED, job=job, reason=reason)

        assert await house.router.do(again) is (reason == "second")
    mine = [a for a in await table(house, "alerts") if a["subject"] == f"job:{job_id}"]
    assert [a["reason"] for a in mine if a["cause"] == "dropped"] == ["first", "third"]


async def test_an_acknowledged_alert_that_lasts_is_not_said_again_by_its_cause(
    house: House,
) -> None:
    job_id, _ = await alerted(house)
    at_risk = next(
        a["id"]
        for a in await table(house, "alerts")
        if (a["subject"], a["cause"]) == (f"job:{job_id}", "at_risk")
    )
    await house.router.do(acknowledge_alert, at_risk, JO)
    before = await table(house, "alerts")

    async def again(work: Work) -> bool:
        return await raise_alert(
            work, AlertCause.AT_RISK, job=await Job.get(id=job_id), reason="second"
        )

    assert await house.router.do(again) is False
    assert await table(house, "alerts") == before


async def test_an_alert_is_said_again_when_that_is_due_and_once(house: House) -> None:
    await alerted(house)
    alert_id = (await table(house, "alerts"))[0]["id"]
    assert await house.router.do(repeat_alert, alert_id) is False
    house.clock.advance(timedelta(days=1))
    assert [await house.router.do(repeat_alert, alert_id) for _ in range(2)] == [True, False]
    assert (await table(house, "alerts"))[0]["times_said"] == 2


async def test_who_acknowledges_second_changes_nothing(house: House) -> None:
    await alerted(house)
    alert_id = (await table(house, "alerts"))[0]["id"]
    await house.router.do(acknowledge_alert, alert_id, JO)
    before = await table(house, "alerts"), await table(house, "events")
    house.clock.advance(timedelta(minutes=1))
    await house.router.do(acknowledge_alert, alert_id, JO)
    assert (await table(house, "alerts"), await table(house, "events")) == before


async def test_alerts_are_resolved_by_job_and_cause_and_once(house: House) -> None:
    job_id, _ = await alerted(house)
    for later in (0, 1):
        house.clock.set(NOON + timedelta(minutes=later))
        await house.router.do(resolve_alerts, job_id, AlertCause.DROPPED)
    resolved = [
        (a["subject"], a["cause"], str(a["resolved_at"])[:16])
        for a in await table(house, "alerts")
        if a["resolved_at"] is not None
    ]
    assert resolved == [(f"job:{job_id}", "dropped", "2026-01-30 12:00")]


async def test_the_alert_about_the_inbox_is_resolved_once_and_alone(house: House) -> None:
    await alerted(house)

    async def about_the_inbox(work: Work) -> None:
        await raise_alert(work, AlertCause.NEEDS_PERSON, reason="somebody wrote")

    await house.router.do(about_the_inbox)
    for later in (0, 1):
        house.clock.set(NOON + timedelta(minutes=later))
        await house.router.do(resolve_inbox_alert)
    resolved = [a for a in await table(house, "alerts") if a["resolved_at"] is not None]
    assert [a["cause"] for a in resolved] == ["needs_person"]
    assert str(resolved[0]["resolved_at"]).startswith("2026-01-30 12:00")


async def test_an_alert_about_the_clock_that_ended_stays_as_it_ended(house: House) -> None:
    async def ended(work: Work) -> None:
        await Alert.create(
            cause="clock_stopped", subject="agent:0", raised_at=NOON, resolved_at=NOON, times_said=1
        )

    await house.router.do(ended)
    before = await table(house, "alerts")
    house.clock.advance(timedelta(minutes=9))
    assert await house.router.do(watch_clock, house.clock.now()) is False
    assert await table(house, "alerts") == before
