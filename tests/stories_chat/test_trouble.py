"""Stories of a chat service in trouble: floods, errors, silence, cuts, away, twice the same."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat_server import Fault, Kind
from core.domain import JobStatus, OfferStatus, Policy
from tests.bot.chat.waiting import eventually
from tests.stories_chat.office import Office, open_office

SEND, PRESS = "sendmessage", "answercallbackquery"
DRIVERS = 200


async def test_a_flood_in_one_chat_delays_no_other(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    office.chat.faults.script(Fault(Kind.FLOOD, SEND, dan.id, retry_after=20))
    await office.offers("A-1")
    assert len(dan.told) == 1
    office.chat.faults.clear()
    dan.writes("/off")
    await office.settles()
    await office.offers("B-2")
    assert "B-2" in eve.told[-1].text
    asked = [call for call in office.chat.journal.of(SEND) if call.chat_id == dan.id]
    assert [call.code for call in asked].count(429) == 1


async def test_a_flooded_chat_is_written_to_when_it_may_be(office: Office) -> None:
    dan = await office.driver("Dan")
    office.chat.faults.script(Fault(Kind.FLOOD, SEND, dan.id, retry_after=1))
    await office.offers()
    assert "Leeds" not in dan.told[-1].text
    await asyncio.sleep(1.1)  # the chat's own pace is kept by real time
    await office.passes(seconds=2)
    assert "Leeds" in dan.told[-1].text


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.CUT_BEFORE])
async def test_what_was_not_sent_is_sent_again(office: Office, kind: Kind) -> None:
    dan = await office.driver("Dan")
    office.chat.faults.script(Fault(kind, SEND, dan.id, times=2))
    job_id = await office.offers()
    assert "Leeds" not in dan.told[-1].text
    for _ in range(3):
        await office.passes(seconds=5)
    assert sum("Leeds" in message.text for message in dan.told) == 1
    dan.presses_on("YES")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED


async def test_a_message_whose_answer_was_lost_may_repeat_and_says_so(office: Office) -> None:
    dan = await office.driver("Dan")
    office.chat.faults.script(Fault(Kind.CUT_AFTER, SEND, dan.id))
    job_id = await office.offers()
    await office.passes(seconds=5)
    offers = [message for message in dan.told if "Leeds" in message.text]
    assert len(offers) == 2
    assert offers[1].text != offers[0].text
    dan.presses_on("YES", offers[0])
    dan.presses_on("YES", offers[1])
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED
    assert not dan.unanswered


async def test_a_press_whose_answer_was_lost_still_books_once(office: Office) -> None:
    dan = await office.driver("Dan")
    office.chat.faults.script(Fault(Kind.CUT_AFTER, PRESS, times=3))
    job_id = await office.offers()
    dan.presses_on("YES")
    await office.settles()
    for _ in range(3):
        await office.passes(seconds=5)
    assert await office.standing(job_id) == (JobStatus.ASSIGNED, [OfferStatus.ACCEPTED])
    assert sum("BOOKED" in message.text.upper() for message in dan.told) == 1


async def test_a_service_that_was_away_is_caught_up_with(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.chat.away()
    job_id = await office.offers_unsettled()
    await office.relay.drain()
    dan.writes("/jobs")
    await office.chat.back()
    await office.passes(seconds=5)
    await office.passes(seconds=10)
    assert any("Leeds" in message.text for message in dan.told)
    dan.presses_on("YES")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED


async def test_updates_that_come_again_out_of_order_change_nothing(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    job_id = await office.offers()
    dan.presses_on("NO")
    await office.settles()
    eve.presses_on("YES")
    await office.settles()
    before = await office.standing(job_id), len(dan.told), len(eve.told)
    for _ in range(3):
        office.chat.redeliver(*reversed(office.chat.world.updates.confirmed))
        await office.settles()
    assert (await office.standing(job_id), len(dan.told), len(eve.told)) == before


async def test_another_poller_is_waited_for(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers()
    queue = office.chat.world.updates
    await eventually(lambda: queue.is_polled)
    other = asyncio.create_task(queue.wait(0.3))  # ends the channel's poll with 409
    await other
    dan.presses_on("YES")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED


async def test_two_hundred_drivers_who_press_at_once_are_all_answered(story_url: str) -> None:
    async with open_office(story_url, policy=Policy(width=0)) as office:
        drivers = await office.crowd(DRIVERS)
        job_id = await office.offers()
        while not all(driver.told for driver in drivers):  # a busy machine may try some again
            await office.passes(seconds=2)
        for driver in drivers:
            driver.presses_on("YES")
        await office.settles()
        await office.passes(seconds=2)
        status, offers = await office.standing(job_id)
        assert status == JobStatus.ASSIGNED
        assert (offers.count(OfferStatus.ACCEPTED), len(offers)) == (1, DRIVERS)
        assert not [driver.name for driver in drivers if driver.unanswered]
        assert sum("BOOKED" in d.told[-1].text.upper() for d in drivers) == 1
        assert not [d.name for d in drivers if any("✅ YES" in m.labels for m in d.told)]
        assert await office.broken_invariants() == ()
