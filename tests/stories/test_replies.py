"""Stories of what drivers answer: in time, late, twice, unclear, and in which words."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from core.domain import MessageKind
from tests.house import JO, House, phone


async def test_a_late_yes_takes_a_job_that_nobody_else_is_asked_about(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.passes(minutes=31)
    assert (await house.shown(job_id)).status == "uncovered"
    assert (await house.says(1, "YES")).code == "accepted"
    assert (await house.shown(job_id)).assigned_agent_id == 1
    assert await house.alerts() == []


async def test_a_late_yes_waits_in_reserve_and_is_used_before_the_next_in_line(
    house: House,
) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering()
    await house.passes(minutes=31)
    assert (await house.says(1, "YES")).code == "standby"
    assert (await house.says(1, "YES")).code == "standby"
    await house.told()
    declined = await house.says(2, "NO")
    assert declined.facts["next"]["message"] == "given_to_reserve"
    assert (await house.shown(job_id)).assigned_agent_id == 1
    assert await house.heard(1) == [MessageKind.BOOKED]
    assert await house.heard(3) == []


async def test_a_reserve_is_released_and_told_when_the_other_says_yes(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    await house.told(phone(1))
    await house.passes(minutes=31)
    await house.says(1, "YES")
    assert (await house.says(2, "YES")).code == "accepted"
    assert await house.heard(1) == [MessageKind.WITHDRAWN]
    assert (await house.says(1, "YES")).code == "already_covered"


async def test_a_yes_after_the_own_no_counts_when_the_job_is_still_free(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.says(1, "NO")
    assert (await house.shown(job_id)).status == "uncovered"
    assert (await house.says(1, "YES")).code == "accepted"


async def test_a_late_yes_after_the_cutoff_changes_nothing(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(pickup_in=timedelta(minutes=20))
    await house.passes(minutes=21)
    assert (await house.says(1, "YES")).code == "no_open_offer"
    assert (await house.shown(job_id)).status == "uncovered"


async def test_an_answer_after_the_end_but_before_the_tick_is_late(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    house.clock.advance(timedelta(minutes=31))
    assert (await house.says(1, "YES")).code == "accepted"
    assert "late_yes" in await house.story(job_id)


async def test_the_same_words_again_get_the_same_answer(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    first = await house.says(1, "NO", job_id=job_id)
    assert await house.says(1, "NO", job_id=job_id) == first
    yes = await house.says(2, "YES", job_id=job_id)
    assert await house.says(2, "YES", job_id=job_id) == yes
    assert (await house.story(job_id)).count("declined") == 1


async def test_a_redelivered_reply_counts_once_and_is_answered_the_same(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.says(1, "YES")
    first = await house.says(1, "DROP", external_id="m-1")
    for _ in range(3):
        assert await house.says(1, "DROP", external_id="m-1") == first
    assert (await house.shown(job_id)).status == "assigned"
    assert (await house.says(1, "DROP", external_id="m-2")).code == "dropped"


async def test_with_several_open_offers_a_bare_yes_is_asked_back(house: House) -> None:
    await house.drivers("One")
    first = await house.offering("A-1")
    second = await house.offering("A-2")
    asked = await house.says(1, "YES")
    assert asked.code == "ambiguous_reply"
    assert [o["job_id"] for o in asked.facts["open_offers"]] == [first, second]
    code = asked.facts["open_offers"][1]["code"]
    assert (await house.says(1, f"yes {code}")).facts["job_id"] == second
    assert (await house.says(1, "ok")).facts["job_id"] == first


async def test_unclear_words_change_nothing_and_reach_the_coordinator(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.told()
    for words in ("yes but 15:00", "no problem", "yes?", "YES 17", "YES 4444"):
        answer = await house.says(1, words)
        assert answer.code == "unrecognized_response", words
    assert [o.status for o in await house.offers(job_id)] == ["sent"]
    assert "yes but 15:00" in (await house.told("coordinator"))[0].text
    assert (await house.says(1, "👍🏽")).code == "accepted"


async def test_a_stranger_and_a_driver_who_was_never_asked_are_told_so(house: House) -> None:
    await house.drivers("One")
    assert (await house.says(9, "YES")).code == "unknown_agent"
    assert (await house.says(1, "YES")).code == "no_open_offer"


async def test_a_yes_after_cancelling_is_told_so(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.told()
    await house.router.cancel(job_id, JO)
    assert await house.heard(1) == [MessageKind.WITHDRAWN]
    assert (await house.says(1, "YES")).code == "job_cancelled"


async def test_drop_is_confirmed_and_reopens_the_job_without_that_driver(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.says(1, "YES")
    assert (await house.says(1, "NO")).code == "confirm_drop"
    assert (await house.says(1, "DROP")).code == "confirm_drop"
    house.clock.advance(timedelta(minutes=11))
    assert (await house.says(1, "DROP")).code == "confirm_drop"
    assert (await house.says(1, "DROP")).code == "dropped"
    assert (await house.says(1, "DROP")).code == "dropped"
    job = await house.shown(job_id)
    assert job.status == "offering"
    assert [(o.agent_id, o.status) for o in job.offers or ()] == [(1, "withdrawn"), (2, "sent")]
    assert await house.alerts() == ["dropped"]


async def test_stop_silences_until_start_and_moves_open_offers_on(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.told()
    await house.writes(1, "STOP")
    assert [m.subject for m in await house.told(phone(1))] == ["You are opted out"]
    assert [o.status for o in await house.offers(job_id)] == ["undeliverable", "sent"]
    await house.offering("A-2")
    assert await house.heard(1) == []
    await house.writes(1, "START")
    await house.told()
    await house.offering("A-3")
    assert await house.heard(1) == [MessageKind.OFFER]


async def test_an_answer_goes_back_where_the_reply_came_from(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    await house.told()
    await house.writes(1, "perhaps")
    assert [m.subject for m in await house.told(phone(1))] == ["NOT booked yet"]
    await house.writes(1, "yes please")
    assert [m.subject for m in await house.told(phone(1))] == ["BOOKED: VC8Y-3 is yours"]


async def test_an_answer_stored_in_time_counts_although_time_ran_out_before_it_was_read(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    house.clock.advance(timedelta(minutes=29))
    await house.channels["console"].inject(phone(1), "YES")
    assert (await house.passes(minutes=5)).timed_out == 0
    await house.reader.drain()
    assert (await house.shown(job_id)).assigned_agent_id == 1


async def test_twenty_answers_at_once_have_one_winner(house: House) -> None:
    await house.drivers(*(f"Driver {n}" for n in range(1, 21)))
    job_id = await house.offering()
    answers = await asyncio.gather(*(house.says(1, "YES") for _ in range(20)))
    assert {a.code for a in answers} == {"accepted"}
    story = await house.story(job_id)
    assert (story.count("accepted"), story.count("assigned")) == (1, 1)


async def test_a_no_while_others_are_still_asked_says_so(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(policy="broadcast")
    declined = await house.says(1, "NO")
    assert declined.facts["next"] == {"ok": True, "message": "others_asked"}
    assert (await house.shown(job_id)).status == "offering"


async def test_a_drop_after_the_job_was_cancelled_is_told_so(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.says(1, "YES")
    await house.router.cancel(job_id, JO)
    assert (await house.says(1, "DROP")).code == "job_cancelled"
