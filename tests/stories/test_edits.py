"""Stories of jobs that are edited while they are under way."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from core.domain import MessageKind
from core.outcomes import Done, NotFound, Refused, UnreadablePickup, VersionChanged
from tests.house import JO, NOON, House, phone


async def edited(house: House, job_id: int, **changes: Any) -> Done:
    """Edit the job; it must work."""
    outcome = await house.router.overrides.edit(job_id, changes, JO)
    assert isinstance(outcome, Done)
    return outcome


async def test_an_edit_before_approval_makes_an_older_page_refuse(house: House) -> None:
    job_id = await house.job()
    done = await edited(house, job_id, origin="Hull")
    assert (done.job.version, done.job.origin) == (2, "Hull")
    assert isinstance(await house.router.approve(job_id, JO, version=1), VersionChanged)
    assert isinstance(await house.router.approve(job_id, JO, version=2), Done)
    requests = [m for m in await house.told() if m.kind is MessageKind.APPROVAL_REQUEST]
    assert requests == []


async def test_an_edit_asks_for_approval_of_the_new_facts(house: House) -> None:
    job_id = await house.job()
    await house.told()
    await edited(house, job_id, destination="Hull")
    assert [m.subject for m in await house.told()] == ["Please approve VC8Y-3: Leeds to Hull"]


async def test_new_facts_are_asked_anew_from_the_first_driver(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "NO")
    await house.told()
    await edited(house, job_id, pay="£120")
    offers = await house.offers(job_id)
    assert [(o.agent_id, o.version, o.status) for o in offers] == [
        (1, 1, "declined"),
        (2, 1, "rescinded"),
        (1, 2, "sent"),
    ]
    assert await house.heard(2) == [MessageKind.WITHDRAWN]
    assert [m.facts["pay"] for m in await house.told(phone(1))] == ["£120"]
    assert (await house.says(2, "YES")).code == "job_changed"
    assert (await house.says(1, "YES")).code == "accepted"


async def test_new_notes_are_told_without_asking_anew(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.told()
    done = await edited(house, job_id, notes="ring the bell")
    assert done.job.version == 1
    assert ["ring the bell" in m.text for m in await house.told(phone(1))] == [True]
    assert [o.status for o in await house.offers(job_id)] == ["sent"]


async def test_a_driver_confirms_what_changed_after_the_yes(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "YES")
    await house.told()
    await edited(house, job_id, destination="Hull")
    told = await house.told(phone(1))
    assert [m.kind for m in told] == [MessageKind.CHANGED]
    assert "Hull" in told[0].text
    assert (await house.says(1, "YES")).code == "accepted"
    await house.passes(minutes=31)
    job = await house.shown(job_id)
    assert (job.status, job.assigned_agent_id) == ("assigned", 1)
    assert "reconfirmed" in await house.story(job_id)


async def test_a_no_to_what_changed_gives_the_job_to_the_others_and_alerts(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "YES")
    await edited(house, job_id, destination="Hull")
    assert (await house.says(1, "NO")).code == "dropped"
    offers = await house.offers(job_id)
    assert [(o.agent_id, o.status) for o in offers] == [(1, "withdrawn"), (2, "sent")]
    assert await house.alerts() == ["dropped"]


async def test_silence_about_what_changed_gives_the_job_to_the_others(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "YES")
    await house.told()
    await edited(house, job_id, destination="Hull")
    await house.told()
    assert await house.router.next_deadline() == NOON + timedelta(minutes=30)
    await house.passes(minutes=30)
    offers = await house.offers(job_id)
    assert [(o.agent_id, o.status) for o in offers] == [(1, "withdrawn"), (2, "sent")]
    assert await house.heard(1) == [MessageKind.WITHDRAWN]


async def test_a_new_pickup_moves_the_cutoff_and_an_unreadable_one_changes_nothing(
    house: House,
) -> None:
    job_id = await house.job(pickup_date="30/01/2026", pickup_time="14:30")
    done = await edited(house, job_id, pickup_time="15:30")
    assert done.job.cutoff == NOON + timedelta(hours=3, minutes=30)
    before = await house.shown(job_id)
    outcome = await house.router.overrides.edit(job_id, {"pickup_date": "31/02/2026"}, JO)
    assert isinstance(outcome, UnreadablePickup)
    assert await house.shown(job_id) == before


async def test_the_same_facts_again_and_an_older_version_change_nothing(house: House) -> None:
    job_id = await house.job()
    again = await edited(house, job_id, origin="Leeds")
    assert again.repeated
    await edited(house, job_id, origin="Hull")
    late = await house.router.overrides.edit(job_id, {"origin": "Selby"}, JO, version=1)
    assert isinstance(late, VersionChanged)
    assert late.job.origin == "Hull"


async def test_what_is_over_or_unknown_is_not_edited(house: House) -> None:
    job_id = await house.job()
    await house.router.cancel(job_id, JO)
    edit = house.router.overrides.edit
    assert isinstance(await edit(job_id, {"origin": "Hull"}, JO), Refused)
    assert isinstance(await edit(99, {"origin": "Hull"}, JO), NotFound)


async def test_an_edit_and_a_yes_at_once_leave_one_true_story(house: House) -> None:
    await house.drivers("One", "Two")
    for n in range(5):
        job_id = await house.offering(f"J-{n}")
        answer, _ = await asyncio.gather(
            house.says(1, "YES", job_id=job_id),
            house.router.overrides.edit(job_id, {"pay": "£5"}, JO),
        )
        job = await house.shown(job_id)
        assert job.version == 2
        assert (answer.code, job.status) in (("accepted", "assigned"), ("job_changed", "offering"))
        assert await house.broken_invariants() == ()
        await house.router.cancel(job_id, JO)
