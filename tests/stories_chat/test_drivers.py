"""Stories of drivers in chat: link, offer, NO with a reason, YES, drop, time-out, and the rest."""

from __future__ import annotations

from core.domain import JobStatus, OfferStatus
from tests.stories_chat.office import JO, Office

SENT, DECLINED, ACCEPTED = OfferStatus.SENT, OfferStatus.DECLINED, OfferStatus.ACCEPTED
TIMED_OUT, RESCINDED = OfferStatus.TIMED_OUT, OfferStatus.RESCINDED
WITHDRAWN, UNDELIVERABLE = OfferStatus.WITHDRAWN, OfferStatus.UNDELIVERABLE


async def test_a_driver_links_once_and_a_second_use_of_the_link_is_refused(office: Office) -> None:
    dan = await office.driver("Dan")
    link = dan.sees[0].text
    assert "linked" in dan.told[-1].text
    assert not dan.told[-1].buttons
    eve = office.chat.person("Eve")
    eve.writes(link)
    await office.settles()
    assert "does not work" in eve.told[-1].text


async def test_a_driver_links_by_their_own_contact_only(office: Office) -> None:
    dan = await office.driver("Dan")
    other = office.chat.person("Dan's new phone", phone=dan.phone)
    mallory = office.chat.person("Mallory", phone="+447700900999", started=True)
    mallory.shares_contact(of=other)
    await office.settles()
    await office.offers()
    assert "Leeds" in dan.told[-1].text
    other.writes("hello")
    await office.settles()
    other.shares_contact()
    await office.settles()
    assert "linked" in other.told[-1].text
    assert "another chat" in dan.told[-1].text


async def test_a_stranger_gets_one_hint(office: Office) -> None:
    eve = office.chat.person("Eve")
    for words in ("hello", "YES", "/start"):
        eve.writes(words)
        await office.settles()
    assert len(eve.told) == 1
    assert "I do not know you yet" in eve.told[0].text


async def test_no_with_a_reason_moves_on_and_yes_books(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    job_id = await office.offers(
        notes="2 pallets <b>fragile</b>", pickup_address="1 Mill Lane", contact_phone="01134960000"
    )
    offer = dan.told[-1]
    assert offer.labels == ("✅ YES", "❌ NO")
    assert "2 pallets <b>fragile</b>" in offer.text
    assert "Mill Lane" not in offer.text
    dan.presses_on("NO")
    await office.settles()
    dan.presses_on("Too far")
    await office.settles()
    assert not dan.unanswered
    assert not offer.buttons
    eve.presses_on("YES")
    await office.settles()
    assert await office.standing(job_id) == (JobStatus.ASSIGNED, [DECLINED, ACCEPTED])
    first = (await office.job(job_id)).offers or ()
    assert first[0].reason == "too far"
    booked = eve.told[-1]
    assert "1 Mill Lane" in booked.text
    assert "01134960000" in booked.text
    assert "Can't make it" in booked.labels
    assert not eve.unanswered


async def test_a_press_that_comes_twice_books_once_and_is_answered_twice(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers()
    offer = dan.told[-1]
    dan.presses_on("YES", offer)
    dan.presses_on("YES", offer)
    await office.settles()
    dan.presses_data(f"y:{await office.first_offer(job_id)}", offer)
    await office.settles()
    assert len(dan.presses) == 3
    assert not dan.unanswered
    assert sum("BOOKED" in message.text.upper() for message in dan.told) == 1
    assert await office.standing(job_id) == (JobStatus.ASSIGNED, [ACCEPTED])


async def test_a_forged_or_foreign_button_is_answered_and_does_nothing(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    job_id = await office.offers()
    offer_id = await office.first_offer(job_id)
    for data in (f"y:{offer_id}", "y:999999", "nonsense", "y:-1", "\x00"):
        eve.presses_data(data, eve.told[-1])
    await office.settles()
    assert not eve.unanswered
    assert await office.standing(job_id) == (JobStatus.OFFERING, [SENT])
    assert "Leeds" in dan.told[-1].text


async def test_dropping_takes_two_presses_and_the_job_is_offered_again(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    job_id = await office.offers()
    dan.presses_on("YES")
    await office.settles()
    dan.presses_on("Can't make it")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED
    dan.presses_on("Yes, give it back")
    await office.settles()
    assert await office.standing(job_id) == (JobStatus.OFFERING, [WITHDRAWN, SENT])
    eve.presses_on("YES")
    await office.settles()
    assert await office.standing(job_id) == (JobStatus.ASSIGNED, [WITHDRAWN, ACCEPTED])
    assert not dan.unanswered


async def test_a_time_out_ends_the_buttons_and_asks_the_next(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    job_id = await office.offers()
    offer = dan.told[-1]
    await office.passes(minutes=30, seconds=1)
    assert await office.standing(job_id) == (JobStatus.OFFERING, [TIMED_OUT, SENT])
    assert not offer.buttons
    assert "YES" in "".join(eve.told[-1].labels)
    dan.presses_data(f"y:{await office.first_offer(job_id)}", offer)
    await office.settles()
    assert not dan.unanswered
    assert (await office.job(job_id)).status == JobStatus.OFFERING


async def test_a_cancelled_job_is_edited_away_and_said_once(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers()
    offer = dan.told[-1]
    await office.router.cancel(job_id, JO, reason="customer cancelled")
    await office.settles()
    assert not offer.buttons
    dan.presses_data(f"y:{await office.first_offer(job_id)}", offer)
    await office.settles()
    assert await office.standing(job_id) == (JobStatus.CANCELLED, [RESCINDED])
    assert not dan.unanswered


async def test_an_edit_offers_the_new_facts_with_new_buttons(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers(pay="£50")
    old = dan.told[-1]
    await office.router.overrides.edit(job_id, {"pay": "£60"}, JO)
    await office.settles()
    assert not old.buttons
    new = dan.told[-1]
    assert "£60" in new.text
    dan.presses_on("YES", new)
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED


async def test_whoever_blocks_the_bot_is_passed_over_at_once(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    dan.chat.blocked = True  # without any word from the chat service
    job_id = await office.offers()
    assert await office.standing(job_id) == (JobStatus.OFFERING, [UNDELIVERABLE, SENT])
    dan.starts()
    await office.settles()
    await office.router.cancel(job_id, JO)
    await office.offers("VC8Y-4")
    assert "VC8Y-4" in dan.told[-1].text
    assert "VC8Y-4" not in eve.told[-1].text


async def test_two_open_offers_are_told_apart_by_code_and_by_button(office: Office) -> None:
    dan = await office.driver("Dan")
    first, second = await office.offers("A-1"), await office.offers("B-2")
    dan.writes("YES")
    await office.settles()
    assert "Which one?" in dan.told[-1].text
    code = ((await office.job(second)).offers or ())[0].code
    dan.writes(f"YES {code}")
    await office.settles()
    assert (await office.job(first)).status == JobStatus.OFFERING
    assert (await office.job(second)).status == JobStatus.ASSIGNED
    offer = next(message for message in dan.told if "A-1" in message.text)
    dan.presses_on("YES", offer)
    await office.settles()
    assert (await office.job(first)).status == JobStatus.ASSIGNED


async def test_unclear_words_book_nothing_and_are_passed_on(office: Office) -> None:
    dan, jo = await office.driver("Dan"), await office.coordinator()
    job_id = await office.offers()
    dan.writes("yes but 15:00")
    await office.settles()
    assert "NOT booked" in dan.told[-1].text
    assert (await office.job(job_id)).status == JobStatus.OFFERING
    assert any("yes but 15:00" in message.text for message in jo.told)
