"""What people changed while a job was under way is changed again, from its history alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.channel import Done as Delivered
from core.domain import Verdict
from core.models import Agent
from core.rehearsal import Stage
from core.router.hearing.delivered import deliver
from core.work import Work
from tests.core.rehearsal.again import differs
from tests.house import JO, House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_job_asked_about_again_by_another_policy_began_under_its_own(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.passes(minutes=31)
    await house.passes(minutes=31)
    await house.router.overrides.reoffer(job_id, JO, policy="broadcast")
    await house.passes(minutes=5)
    await house.says(2, "YES")
    assert len(await house.offers(job_id)) == 4
    assert await differs(house, stage) == []


async def test_a_job_edited_to_another_policy_and_other_skills_had_others_before(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering(pickup_in=timedelta(hours=9))
    await house.passes(minutes=4)
    changes = {"skills": ["fragile"], "policy": "batch"}
    await house.router.overrides.edit(job_id, changes, JO)
    await house.passes(minutes=4)
    await house.router.overrides.edit(job_id, {"skills": [], "pay": "90"}, JO)
    await house.router.overrides.reoffer(job_id, JO)
    await house.passes(minutes=4)
    await house.says(2, "YES")
    assert len(await house.offers(job_id)) == 3
    assert await differs(house, stage) == []


async def test_a_day_without_a_time_stays_one_when_the_job_is_edited(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(pickup_in=timedelta(hours=2))
    await house.passes(minutes=3)
    day = {"pickup_date": "31/01/2026", "pickup_time": None}
    await house.router.overrides.edit(job_id, day, JO)
    await house.passes(minutes=3)
    await house.router.overrides.edit(job_id, {"pay": "90"}, JO)
    await house.passes(minutes=40)
    assert await differs(house, stage) == []


async def test_answers_given_for_drivers_are_given_again(house: House, stage: Stage) -> None:
    answer = house.router.overrides.answer
    await house.drivers("One", "Two", "Three")
    waits = await house.offering("waits")
    await house.passes(minutes=31)
    first = (await house.offers(waits))[0].id
    await answer(waits, first, Verdict.YES, JO)
    await house.passes(minutes=1)
    await answer(waits, first, Verdict.NO, JO)
    await house.passes(minutes=30)
    dropped = await house.offering("dropped")
    await house.passes(minutes=1)
    offer = (await house.offers(dropped))[0].id
    for verdict in (Verdict.YES, Verdict.DROP, Verdict.DROP):
        await answer(dropped, offer, verdict, JO)
        await house.passes(minutes=1)
    changed = await house.offering("changed")
    await house.passes(minutes=1)
    offer = (await house.offers(changed))[0].id
    await answer(changed, offer, Verdict.YES, JO)
    await house.passes(minutes=1)
    await house.router.overrides.edit(changed, {"pay": "90"}, JO)
    await house.passes(minutes=1)
    await answer(changed, offer, Verdict.NO, JO)
    await house.passes(minutes=1)
    assert (await house.story(waits)).count("reserve_released") == 1
    assert "reopened" in await house.story(dropped)
    assert "reopened" in await house.story(changed)
    assert await differs(house, stage) == []


async def test_time_that_the_cutoff_cut_short_is_granted_again(house: House, stage: Stage) -> None:
    overrides = house.router.overrides
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering(policy="batch", pickup_in=timedelta(hours=5))
    await house.passes(minutes=10)
    await house.says(1, "NO")
    await house.passes(minutes=5)
    await overrides.set_cutoff(job_id, house.clock.now() + timedelta(minutes=21), JO)
    for minutes in (2, 2, 30):  # at once, and the last to the cutoff
        await overrides.extend(job_id, minutes, JO)
    await overrides.set_cutoff(job_id, house.clock.now() + timedelta(minutes=90), JO)
    await house.passes(minutes=20)
    await overrides.extend(job_id, 7, JO)
    await house.passes(minutes=9)
    await house.says(2, "NO")
    await house.passes(minutes=90)
    assert await differs(house, stage) == []


async def test_a_job_that_its_driver_called_delivered_is_so_again(
    house: House, stage: Stage
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "YES")
    await house.passes(minutes=30)

    async def delivered(work: Work) -> None:
        agent = await Agent.get(id=1)
        await deliver(work, agent, Delivered(agent.phone_e164))

    await house.router.do(delivered)
    await house.passes(minutes=30)
    assert (await house.shown(job_id)).status == "completed"
    assert await differs(house, stage) == []
