"""Stories of coordinators who step in while a job is under way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.domain import MessageKind, Verdict
from core.outcomes import DecisionOutcome, Done, Forgotten, NotFound, Refused
from core.views import JobView
from tests.house import JO, NOON, House, phone


def done(outcome: DecisionOutcome) -> JobView:
    """Return the job of an override that worked."""
    assert isinstance(outcome, Done)
    return outcome.job


def refused(outcome: DecisionOutcome) -> str:
    """Return the code of an override that did not."""
    assert isinstance(outcome, Refused)
    return outcome.code


async def test_a_paused_job_asks_nobody_further_until_it_is_resumed(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    steer = house.router.overrides
    done(await steer.pause(job_id, JO))
    assert refused(await steer.pause(job_id, JO)) == "not_possible"
    await house.says(1, "NO")
    job = await house.shown(job_id)
    assert (job.status, len(job.offers or ())) == ("offering", 1)
    assert job.next_action_at is not None
    done(await steer.resume(job_id, JO))
    assert refused(await steer.resume(job_id, JO)) == "not_possible"
    assert [o.agent_id for o in await house.offers(job_id)] == [1, 2]


async def test_a_paused_job_alerts_before_its_cutoff_and_ends_there(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(pickup_in=timedelta(hours=2))
    await house.router.overrides.pause(job_id, JO)
    await house.says(1, "NO")
    await house.passes(minutes=105)
    assert await house.alerts() == ["at_risk"]
    await house.passes(minutes=15)
    assert (await house.shown(job_id)).status == "uncovered"


async def test_a_yes_to_an_open_offer_counts_while_paused(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.router.overrides.pause(job_id, JO)
    assert (await house.says(1, "YES")).code == "accepted"
    assert (await house.shown(job_id)).status == "assigned"


async def test_skipping_asks_the_next_and_tells_the_first(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering()
    await house.told()
    skip = house.router.overrides.skip
    answers = await asyncio.gather(*(skip(job_id, JO, offer_id=1) for _ in range(2)))
    assert sorted(type(a).__name__ for a in answers) == ["Done", "Refused"]
    assert [o.status for o in await house.offers(job_id)] == ["rescinded", "sent"]
    assert await house.heard(1) == [MessageKind.WITHDRAWN]


async def test_more_time_is_given_within_the_cutoff(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(pickup_in=timedelta(minutes=45))
    steer = house.router.overrides
    assert (await house.offers(job_id))[0].expires_at == NOON + timedelta(minutes=30)
    offers = done(await steer.extend(job_id, 10, JO)).offers or ()
    assert offers[0].expires_at == NOON + timedelta(minutes=40)
    offers = done(await steer.extend(job_id, 10, JO)).offers or ()
    assert offers[0].expires_at == NOON + timedelta(minutes=45)


async def test_a_cutoff_set_by_hand_shortens_open_offers_and_is_kept(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    at = NOON + timedelta(minutes=10)
    job = done(await house.router.overrides.set_cutoff(job_id, at, JO))
    assert (job.cutoff, (job.offers or ())[0].expires_at) == (at, at)
    assert refused(await house.router.overrides.set_cutoff(job_id, NOON, JO)) == "cutoff_past"
    await house.passes(minutes=10)
    assert (await house.shown(job_id)).status == "uncovered"


async def test_asking_again_overrules_what_was_declined(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "NO")
    await house.says(2, "NO")
    steer = house.router.overrides
    house.clock.advance(timedelta(minutes=1))
    answers = await asyncio.gather(*(steer.reoffer(job_id, JO) for _ in range(2)))
    assert sorted(type(a).__name__ for a in answers) == ["Done", "Refused"]
    offers = await house.offers(job_id)
    assert [(o.agent_id, o.round, o.status) for o in offers[2:]] == [(1, 2, "sent")]
    assert await house.alerts() == []
    house.clock.advance(timedelta(minutes=1))
    await house.says(1, "NO")
    await house.says(2, "NO")
    assert (await house.shown(job_id)).status == "uncovered"


async def test_asking_again_may_take_another_policy(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.passes(minutes=30)
    await house.passes(minutes=30)
    job = done(await house.router.overrides.reoffer(job_id, JO, policy="broadcast"))
    assert job.policy == "broadcast"
    assert [o.status for o in job.offers or ()] == ["timed_out", "timed_out", "sent", "sent"]


async def test_one_driver_is_put_next_in_line(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering()
    steer = house.router.overrides
    assert refused(await steer.offer_next(job_id, 1, JO)) == "not_eligible"
    done(await steer.offer_next(job_id, 3, JO))
    house.clock.advance(timedelta(minutes=1))
    await house.says(1, "NO")
    assert [o.agent_id for o in await house.offers(job_id)] == [1, 3]
    assert isinstance(await steer.offer_next(job_id, 99, JO), NotFound)


async def test_an_uncovered_job_is_offered_to_one_driver_at_once(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "NO")
    await house.says(2, "NO")
    job = done(await house.router.overrides.offer_next(job_id, 2, JO))
    assert [o.agent_id for o in job.offers or ()] == [1, 2, 2]


async def test_a_job_taken_back_goes_to_the_others_and_the_driver_is_told(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.told()
    await house.says(1, "YES")
    job = done(await house.router.overrides.take_back(job_id, JO, reason="van broke down"))
    assert [(o.agent_id, o.status) for o in job.offers or ()] == [(1, "withdrawn"), (2, "sent")]
    assert "taken back" in (await house.told(phone(1)))[0].text
    await house.says(2, "NO")
    assert (await house.shown(job_id)).status == "uncovered"


async def test_a_job_given_by_hand_can_be_taken_back_before_it_was_ever_offered(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.approved()
    await house.router.assign(job_id, 1, JO)
    job = done(await house.router.overrides.take_back(job_id, JO))
    assert [(o.agent_id, o.status) for o in job.offers or ()] == [(2, "sent")]


async def test_a_job_is_awarded_to_an_offer_that_ran_out(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.passes(minutes=30)
    await house.told()
    steer = house.router.overrides
    assert refused(await steer.award(job_id, 2, JO)) == "not_awardable"
    assert isinstance(await steer.award(job_id, 99, JO), NotFound)
    answers = await asyncio.gather(*(steer.award(job_id, 1, JO) for _ in range(2)))
    assert sorted(type(a).__name__ for a in answers) == ["Done", "Refused"]
    job = await house.shown(job_id)
    assert [o.status for o in job.offers or ()] == ["accepted", "rescinded"]
    assert await house.heard(1) == [MessageKind.BOOKED]
    assert await house.heard(2) == [MessageKind.WITHDRAWN]


async def test_nobody_gives_a_job_to_a_driver_who_was_forgotten_since_they_were_asked(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.passes(minutes=30)
    assert isinstance(await house.router.forget_agent(1, JO), Forgotten)
    story = await house.story(job_id)
    steer = house.router.overrides
    assert await steer.award(job_id, 1, JO) == NotFound("agent")
    assert await steer.answer(job_id, 1, Verdict.YES, JO) == NotFound("agent")
    assert await house.story(job_id) == story
    assert [o.status for o in await house.offers(job_id)] == ["timed_out", "sent"]
    done(await steer.answer(job_id, 2, Verdict.YES, JO))


async def test_a_job_awarded_weeks_later_gets_a_code_that_no_other_offer_has(
    house: House,
) -> None:
    await house.drivers("One")
    first = await house.offering("A-1")
    await house.says(1, "NO")
    house.clock.advance(timedelta(days=8))
    await house.router.overrides.set_cutoff(first, house.clock.now() + timedelta(days=1), JO)
    second = await house.offering("A-2")
    assert [(await house.offers(j))[0].code for j in (first, second)] == [30, 30]
    done(await house.router.overrides.award(first, 1, JO))
    assert [(await house.offers(j))[0].code for j in (first, second)] == [31, 30]


async def test_a_coordinator_answers_for_a_driver_who_rang(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    steer = house.router.overrides
    done(await steer.answer(job_id, 1, Verdict.NO, JO, reason="on holiday"))
    offers = await house.offers(job_id)
    assert [(o.status, o.reason) for o in offers] == [("declined", "on holiday"), ("sent", None)]
    await house.told()
    done(await steer.answer(job_id, 2, Verdict.YES, JO))
    assert await house.heard(2) == [MessageKind.BOOKED]
    assert refused(await steer.answer(job_id, 1, Verdict.YES, JO)) == "already_covered"


async def test_a_job_still_open_near_its_cutoff_alerts_once(house: House) -> None:
    await house.drivers("One", "Two", "Three", "Four", "Five")
    job_id = await house.offering(pickup_in=timedelta(hours=2))
    await house.passes(minutes=104)
    assert await house.alerts() == []
    assert (await house.passes(minutes=1)).alerts == 1
    assert await house.alerts() == ["at_risk"]
    open_ones = [o for o in await house.offers(job_id) if o.status == "sent"]
    await house.says(open_ones[0].agent_id, "YES")
    assert await house.alerts() == []


async def test_overrides_of_what_is_over_or_unknown_change_nothing(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.router.cancel(job_id, JO)
    before = await house.shown(job_id)
    steer = house.router.overrides
    for work in (
        steer.pause(job_id, JO),
        steer.resume(job_id, JO),
        steer.skip(job_id, JO),
        steer.extend(job_id, 5, JO),
        steer.set_cutoff(job_id, NOON + timedelta(hours=1), JO),
        steer.reoffer(job_id, JO),
        steer.offer_next(job_id, 1, JO),
        steer.take_back(job_id, JO),
        steer.award(job_id, 1, JO),
        steer.answer(job_id, 1, Verdict.YES, JO),
    ):
        refused(await work)
    assert await house.shown(job_id) == before
    assert isinstance(await steer.pause(99, JO), NotFound)
