"""Stories that the simulation told first: each was a fault once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.domain import MessageKind, Policy, Verdict
from core.outcomes import Done
from tests.house import JO, NOON, House, open_house, phone

OFFICE = "office@example.com"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office whose coordinator reads mail."""
    async with open_house(
        database_url, channels=("email", "console"), default_coordinator_email=OFFICE
    ) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


async def test_an_alert_that_could_not_leave_for_hours_arrives_once_with_its_newest_words(
    office: House,
) -> None:
    await office.drivers("One", active=False)
    office.channels["email"].fail(OFFICE, "away", retry_after=600.0)
    job_id = await office.approved()
    await office.start(job_id)
    for _ in range(12):
        await office.passes(minutes=15)
    office.channels["email"].recover(OFFICE)
    await office.passes(minutes=10)
    alerts = [m for m in await office.told(OFFICE, "email") if m.kind is MessageKind.ALERT]
    assert [m.facts["cause"] for m in alerts] == ["uncovered"]
    assert alerts[0].facts["times_said"] == 13


async def test_a_job_that_waits_for_an_answer_nobody_has_read_yet_does_not_wait_anew_each_tick(
    database_url: str,
) -> None:
    one_each = Policy(max_open_offers_per_agent=1)
    async with open_house(database_url, policy=one_each) as office:
        await office.drivers("One")
        await office.offering("A-1")
        second = await office.approved("A-2")
        await office.start(second)
        office.clock.set(NOON + timedelta(minutes=29))
        await office.channels["console"].inject(phone(1), "perhaps")
        office.clock.set(NOON + timedelta(minutes=31))
        for _ in range(10):
            await office.router.tick()
        assert (await office.story(second)).count("waiting") == 1
        await office.reader.drain()
        await office.passes(seconds=0)
        await office.passes(seconds=5)
        assert [o.status for o in await office.offers(second)] == ["sent"]


async def test_a_yes_given_for_a_driver_who_has_the_job_already_is_not_told_them_again(
    database_url: str,
) -> None:
    async with open_house(database_url, policy=Policy(rounds=2)) as office:
        await office.drivers("One")
        job_id = await office.offering()
        await office.passes(minutes=31)
        silent, asked_again = await office.offers(job_id)
        await office.told()
        for offer in (asked_again, silent):
            given = await office.router.overrides.answer(job_id, offer.id, Verdict.YES, JO)
            assert isinstance(given, Done)
        assert await office.heard(1) == [MessageKind.BOOKED]


async def test_notes_changed_late_in_the_window_do_not_take_the_offer_from_its_driver(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(pickup_in=timedelta(hours=5))
    await house.told()
    await house.passes(minutes=28)
    await house.router.overrides.edit(job_id, {"notes": "ring twice"}, JO)
    await house.passes(seconds=10)  # what the new notes take to leave is no part of the window
    assert [o.status for o in await house.offers(job_id)] == ["sent"]
    assert await house.heard(1) == [MessageKind.OFFER]


async def test_a_quiet_edit_moves_no_cutoff(database_url: str) -> None:
    policies = {"late": Policy("late", min_lead=timedelta(minutes=10)), "default": Policy()}
    async with open_house(database_url, policies=policies) as office:
        job_id = await office.approved(policy="late", pickup_in=timedelta(hours=2))
        await office.start(job_id)
        await office.drivers("One")
        asked = await office.router.overrides.reoffer(job_id, JO, policy="default")
        assert isinstance(asked, Done)
        before = (await office.shown(job_id)).cutoff
        await office.router.overrides.edit(job_id, {"notes": "ring twice"}, JO)
        assert (await office.shown(job_id)).cutoff == before
        assert await office.broken_invariants() == ()


async def test_an_edit_after_the_pickup_leaves_the_job_its_cutoff(house: House) -> None:
    job_id = await house.approved(pickup_in=timedelta(hours=2))
    await house.start(job_id)
    before = (await house.shown(job_id)).cutoff
    await house.passes(hours=3)
    await house.router.overrides.edit(job_id, {"pay": "90"}, JO)
    assert (await house.shown(job_id)).cutoff == before


async def test_a_job_that_was_paused_too_long_can_be_asked_about_again(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(pickup_in=timedelta(hours=2))
    await house.router.overrides.pause(job_id, JO)
    await house.says(1, "NO")
    await house.passes(minutes=105)
    await house.passes(minutes=15)
    assert (await house.shown(job_id)).status == "uncovered"
    ahead = house.clock.now() + timedelta(hours=1)
    await house.router.overrides.set_cutoff(job_id, ahead, JO)
    await house.router.overrides.reoffer(job_id, JO)
    assert (await house.shown(job_id)).paused_at is None
    assert [o.status for o in await house.offers(job_id)] == ["declined", "sent"]


async def test_a_paused_job_without_an_end_alerts_every_day_whoever_has_seen_the_last_alert(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.router.overrides.pause(job_id, JO)
    await house.passes(hours=1)
    said = []
    for _ in range(3):
        await house.passes(hours=24)
        said.append(await house.alerts())
        for alert in (await house.router.records.alerts()).rows:
            await house.router.acknowledge(alert.id, JO)
    assert said == [["at_risk"]] * 3
    alerted = [kind for kind in await house.story(job_id) if kind == "alerted"]
    assert len(alerted) >= 3
