"""Drivers by mail: NO with a reason, YES, DROP, time-out, late, unclear, two offers, cancelled."""

from __future__ import annotations

import pytest

from core.domain import JobStatus, OfferStatus
from tests.stories_mail.office import JO, JOB, Office, open_office
from tests.stories_mail.people import said

SENT, DECLINED, ACCEPTED = OfferStatus.SENT, OfferStatus.DECLINED, OfferStatus.ACCEPTED
TIMED_OUT, RESCINDED = OfferStatus.TIMED_OUT, OfferStatus.RESCINDED
WITHDRAWN = OfferStatus.WITHDRAWN
ASSIGNED, OFFERING = JobStatus.ASSIGNED, JobStatus.OFFERING
OTHER = JOB.replace("VC8Y-3", "VC8Y-4").replace("York", "Hull")


async def test_a_no_with_a_reason_asks_the_next_whose_yes_covers_the_job(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    assert not eve.mails
    await dan.answers("NO too far for me", dan.got("Job offer"))
    assert await office.standing() == (OFFERING, [DECLINED, SENT])
    assert "too far for me" in str(
        await office.router.records.events((await office.job()).id, limit=500)
    )
    await eve.answers("Yes please!", eve.got("Job offer"))
    assert await office.standing() == (ASSIGNED, [DECLINED, ACCEPTED])
    assert await office.holder() == "Eve"
    booked = eve.got("BOOKED: VC8Y-3 is yours")
    assert "1 Old Road" in said(booked)
    assert booked["In-Reply-To"] == eve.sent[-1]["Message-ID"]


async def test_drop_twice_gives_the_job_back_and_the_next_is_asked(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    await dan.answers("YES", dan.got("Job offer"))
    booked = dan.got("BOOKED")
    await dan.answers("DROP", booked)
    assert "Give the job back?" in said(dan.mails[-1])
    assert await dan.sends_again() == 250
    assert await office.holder() == "Dan", "the same mail again confirms nothing"
    await dan.answers("drop", booked)
    assert "The job is given back" in said(dan.mails[-1])
    assert await office.standing() == (OFFERING, [WITHDRAWN, SENT])
    eve.got("Job offer VC8Y-3")
    office.person("Jo", "jo@example.com").got("VC8Y-3: the driver dropped out")


async def test_silence_moves_the_job_on_and_a_late_yes_waits_as_reserve(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    await office.passes(minutes=31)
    assert await office.standing() == (OFFERING, [TIMED_OUT, SENT])
    await dan.answers("YES", dan.got("Job offer"))
    assert "first reserve" in said(dan.mails[-1])
    await eve.answers("no", eve.got("Job offer"))
    assert await office.holder() == "Dan"
    dan.got("BOOKED: VC8Y-3")


async def test_unclear_words_book_nothing_and_reach_the_coordinator(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    await dan.answers("yes but only at 15:00", dan.got("Job offer"))
    assert await office.standing() == (OFFERING, [SENT])
    assert "NOT booked" in said(dan.mails[-1])
    jo = office.person("Jo", "jo@example.com")
    assert "yes but only at 15:00" in said(jo.got("Dan sent an unclear answer"))


async def test_the_reply_address_tells_which_of_two_open_offers_a_bare_yes_takes(
    office: Office,
) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    await office.offered(OTHER, "VC8Y-4")
    await dan.answers("YES", dan.got("Job offer VC8Y-4"))
    assert (await office.job("VC8Y-4")).status == ASSIGNED
    assert (await office.job("VC8Y-3")).status == OFFERING
    await dan.answers("NO", dan.got("Job offer VC8Y-3"))
    assert await office.standing("VC8Y-3") == (JobStatus.UNCOVERED, [DECLINED])
    assert (await office.job("VC8Y-4")).status == ASSIGNED


async def test_a_code_of_another_offer_than_the_one_answered_books_neither(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    await office.offered(OTHER, "VC8Y-4")
    code = ((await office.job("VC8Y-4")).offers or ())[0].code
    await dan.answers(f"YES {code}", dan.got("Job offer VC8Y-3"))
    assert [(await office.job(ref)).status for ref in ("VC8Y-3", "VC8Y-4")] == [OFFERING] * 2
    assert "NOT booked" in said(dan.mails[-1])


async def test_a_driver_cannot_take_the_job_with_anothers_reply_address(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    await eve.answers("YES", dan.got("Job offer"))
    assert await office.standing() == (OFFERING, [SENT])
    assert (await office.inbox())[0] == "needs_person"
    assert not eve.mails, "who it was is not told what it was about"


async def test_the_job_is_closed_to_all_who_answer_after_a_cancel(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offered()
    offer = dan.got("Job offer")
    jo = office.person("Jo", "jo@example.com")
    await jo.answers("CANCEL customer rang off", jo.got("Please approve"))
    assert await office.standing() == (JobStatus.CANCELLED, [RESCINDED])
    assert "has been cancelled" in said(dan.got("VC8Y-3: closed"))
    for words in ("YES", "NO", "DROP"):
        await dan.answers(words, offer)
    assert await office.standing() == (JobStatus.CANCELLED, [RESCINDED])
    await jo.answers("APPROVE AND OFFER", jo.got("Please approve"))
    assert "Already decided" in said(jo.mails[-1])
    assert (await office.job()).id == job_id


async def test_a_job_that_changed_after_a_yes_must_be_confirmed_by_mail(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offered()
    await dan.answers("YES", dan.got("Job offer"))
    await office.router.overrides.edit(job_id, {"destination": "Hull"}, JO)
    await office.settles()
    changed = dan.got("CHANGED: VC8Y-3")
    assert "Hull" in said(changed)
    await dan.answers("yes", changed)
    assert await office.holder() == "Dan"
    await office.passes(minutes=31)
    assert await office.holder() == "Dan"


async def test_stop_is_confirmed_once_and_start_brings_offers_back(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    await dan.answers("STOP", dan.got("Job offer"))
    assert await office.standing() == (OFFERING, [OfferStatus.UNDELIVERABLE, SENT])
    eve.got("Job offer")
    confirmed = dan.mails[-1]
    assert "opted out" in said(confirmed)
    await office.offered(OTHER, "VC8Y-4")
    assert dan.mails[-1]["Message-ID"] == confirmed["Message-ID"]
    await dan.answers("START", confirmed)
    await office.offered(OTHER.replace("VC8Y-4", "VC8Y-5"), "VC8Y-5")
    dan.got("Job offer VC8Y-5")


@pytest.mark.parametrize(
    ("language", "words"), [("pl", "TAK"), ("ro", "da"), ("uk", "Так"), ("de", "Ja"), ("de", "YES")]
)
async def test_a_driver_reads_and_answers_in_their_own_language(
    small_office: Office, language: str, words: str
) -> None:
    dan = await small_office.driver("Dan", language)
    await small_office.offered()
    offer = dan.mails[-1]
    assert not offer["Subject"].startswith("Job offer")
    await dan.answers(words, offer)
    assert await small_office.holder() == "Dan"


async def test_a_reminder_may_be_answered_like_the_offer(database_url: str) -> None:
    async with open_office(database_url, remind_at=0.5) as office:
        dan = await office.driver("Dan")
        await office.offered()
        await office.passes(minutes=16)
        assert len(dan.mails) == 2
        await dan.answers("YES", dan.mails[-1])
        assert await office.holder() == "Dan"
        assert await office.broken_invariants() == ()
