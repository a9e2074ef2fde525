"""Stories of one job from arrival to a driver who has it."""

from __future__ import annotations

from datetime import timedelta

from core.domain import MessageKind
from core.outcomes import NobodyLeft, Refused, Scheduled, Started
from tests.house import JO, NOON, House, phone


async def test_a_job_goes_from_driver_to_driver_until_one_says_yes(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering()
    assert await house.heard(1) == [MessageKind.OFFER]

    declined = await house.says(1, "NO", job_id=job_id)
    assert declined.code == "declined_advanced"
    assert declined.facts["next"]["agent"]["name"] == "Two"
    assert await house.heard(2) == [MessageKind.OFFER]

    ticked = await house.passes(minutes=30)
    assert (ticked.timed_out, ticked.advanced) == (1, 1)

    assert (await house.says(3, "YES")).code == "accepted"
    job = await house.shown(job_id)
    assert job.status == "assigned"
    assert [o.status for o in job.offers or ()] == ["declined", "timed_out", "accepted"]
    assert await house.story(job_id) == [
        "created",
        "approved",
        "offering_started",
        "offered",
        "declined",
        "offered",
        "timed_out",
        "offered",
        "accepted",
        "assigned",
    ]


async def test_nobody_left_is_uncovered_and_alerts_until_acknowledged(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.told()
    await house.passes(minutes=30)

    assert (await house.shown(job_id)).status == "uncovered"
    assert [m.subject for m in await house.told("coordinator")] == ["NOBODY COVERS VC8Y-3"]
    await house.passes(minutes=15)
    await house.passes(minutes=15)
    assert len(await house.told("coordinator")) == 2

    alert = (await house.router.records.alerts()).rows[0]
    await house.router.acknowledge(alert.id, JO)
    await house.passes(hours=2)
    assert await house.told("coordinator") == []


async def test_a_job_that_nobody_approves_alerts_again_and_again(house: House) -> None:
    job_id = await house.job()
    assert (await house.passes(minutes=14)).alerts == 0
    assert (await house.passes(minutes=1)).alerts == 1
    assert (await house.passes(minutes=15)).alerts == 1
    assert await house.alerts() == ["unapproved"]
    await house.router.approve(job_id, JO)
    assert await house.alerts() == []


async def test_a_job_approved_and_never_started_alerts_again_and_again(house: House) -> None:
    await house.drivers("One")
    job_id = await house.approved()
    assert (await house.passes(minutes=15)).alerts == 1
    assert (await house.passes(minutes=15)).alerts == 1
    assert await house.alerts() == ["never_started"]
    await house.start(job_id)
    assert await house.alerts() == []


async def test_a_job_close_to_its_cutoff_alerts_before_it(house: House) -> None:
    await house.job(pickup_in=timedelta(minutes=20))
    assert (await house.passes(minutes=5)).alerts == 1


async def test_nobody_at_all_makes_the_job_uncovered_and_says_why(house: House) -> None:
    await house.drivers("One", active=False)
    job_id = await house.approved()
    outcome = await house.start(job_id)
    assert isinstance(outcome, NobodyLeft)
    assert [(e.agent_id, e.reason.value) for e in outcome.excluded] == [(1, "inactive")]
    assert await house.alerts() == ["uncovered"]


async def test_starting_needs_an_approval_and_counts_once(house: House) -> None:
    await house.drivers("One")
    job_id = await house.job()
    early = await house.start(job_id)
    assert isinstance(early, Refused)
    assert early.code == "job_not_approved"
    await house.router.approve(job_id, JO)
    assert isinstance(await house.start(job_id), Started)
    again = await house.start(job_id)
    assert isinstance(again, Refused)
    assert again.code == "already_started"


async def test_the_window_shares_the_time_before_the_cutoff(house: House) -> None:
    await house.drivers("One", "Two", "Three", "Four")
    job_id = await house.offering(pickup_in=timedelta(minutes=60))
    first = (await house.offers(job_id))[0]
    assert first.expires_at == NOON + timedelta(minutes=15)
    await house.says(1, "NO")
    second = (await house.offers(job_id))[1]
    assert second.expires_at == NOON + timedelta(minutes=20)


async def test_a_driver_off_duty_for_a_while_is_waited_for(house: House) -> None:
    agents = await house.drivers("One")
    await house.router.set_duty(agents[0], False, JO, until=NOON + timedelta(hours=1))
    job_id = await house.approved(pickup_in=timedelta(hours=5))
    outcome = await house.start(job_id)
    assert outcome == Scheduled(NOON + timedelta(hours=1))
    assert (await house.shown(job_id)).status == "offering"
    assert (await house.passes(hours=1)).advanced == 1
    assert [m.kind for m in await house.told(phone(1))] == [MessageKind.OFFER]


async def test_what_is_assigned_completes_by_itself_a_day_later(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(pickup_in=timedelta(hours=2))
    await house.says(1, "YES")
    await house.passes(hours=25)
    assert (await house.shown(job_id)).status == "assigned"
    await house.passes(hours=1)
    assert (await house.shown(job_id)).status == "completed"


async def test_what_nobody_covers_expires_after_seven_days(house: House) -> None:
    job_id = await house.approved()
    await house.start(job_id)
    await house.passes(days=7)
    assert (await house.shown(job_id)).status == "cancelled"
    assert (await house.story(job_id))[-1] == "expired"
    assert await house.alerts() == []


async def test_a_silent_driver_is_reminded_once_when_part_of_the_window_is_over(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await house.offering(policy="reminding")
    await house.told()
    await house.passes(minutes=14)
    assert await house.heard(1) == []
    assert await house.router.next_deadline() == NOON + timedelta(minutes=15)
    await house.passes(minutes=1)
    assert await house.heard(1) == [MessageKind.REMINDER]
    await house.passes(minutes=5)
    assert await house.heard(1) == []
    assert (await house.story(job_id)).count("reminded") == 1


async def test_who_has_answered_is_not_reminded(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering(policy="reminding")
    await house.says(1, "NO")
    await house.says(2, "YES")
    await house.passes(minutes=20)
    assert await house.heard(1) == []
    assert await house.heard(2) == []


async def test_a_driver_who_is_off_duty_at_the_start_keeps_the_place_in_line(house: House) -> None:
    agents = await house.drivers("One", "Two", "Three")
    await house.router.set_duty(agents[0], False, JO, until=NOON + timedelta(minutes=10))
    job_id = await house.offering()
    house.clock.advance(timedelta(minutes=11))
    await house.says(2, "NO")
    assert [o.agent_id for o in await house.offers(job_id)] == [2, 1]


async def test_a_driver_who_cannot_be_told_of_a_job_given_by_hand_is_an_alert(
    house: House,
) -> None:
    await house.drivers("One")
    await house.writes(1, "STOP")
    job_id = await house.approved()
    await house.router.assign(job_id, 1, JO)
    assert await house.alerts() == ["undeliverable"]
