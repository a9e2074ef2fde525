"""Stories of who is not known, and of answers that are not sent without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.channel import DeliveryReport, NeedsPerson, NewJobs, Reply
from core.drafts import JobDraft, JobReading
from tests.house import House
from tests.stories.office import (
    JO_AT,
    come_at_once,
    comes,
    inbox,
    mail_drivers,
    open_office,
    outcomes,
    request,
)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    async with open_office(database_url) as opened:
        yield opened


async def test_a_stranger_in_chat_gets_one_hint_a_day_and_is_seen(office: House) -> None:
    for _ in range(3):
        await comes(office, "chat", Reply("666", "hello", name="Sam"))
    (hint,) = await office.told("666", "chat")
    assert (hint.facts["outcome"], hint.name) == ("unknown_sender", "Sam")
    office.clock.advance(timedelta(days=1))
    await comes(office, "chat", Reply("666", "hello"))
    assert await outcomes(office, "666", "chat") == ["unknown_sender"]
    rows = (await office.router.records.inbox()).rows
    assert {(r.state, r.reason, r.handle) for r in rows} == {("ignored", "unknown sender", "666")}


async def test_a_stranger_by_mail_hears_nothing_and_is_seen(office: House) -> None:
    await comes(office, "email", Reply("eve@example.com", "YES"))
    assert await office.told("eve@example.com", "email") == []
    assert await inbox(office) == [("ignored", "unknown sender")]


async def test_words_that_are_not_understood_by_mail_are_answered_once_an_hour(
    office: House,
) -> None:
    await mail_drivers(office, "One")
    job_id = await office.offering()
    await office.told()
    for _ in range(3):
        await comes(office, "email", Reply("d1@example.com", "I am on holiday"))
    assert await outcomes(office, "d1@example.com", "email") == ["unrecognized_response"]
    await comes(office, "email", Reply("d1@example.com", "STATUS"))
    assert await outcomes(office, "d1@example.com", "email") == ["status"]
    office.clock.advance(timedelta(hours=1))
    await comes(office, "email", Reply("d1@example.com", "I am on holiday"))
    assert await outcomes(office, "d1@example.com", "email") == ["unrecognized_response"]
    assert (await office.story(job_id)).count("unclear_reply") == 4


async def test_receipts_that_brought_nothing_are_thirty_an_hour_in_all(office: House) -> None:
    unreadable = JobReading(JobDraft(""), problems=("no origin was found",))
    each = [NewJobs(f"c{n}@customer.test", (unreadable,)) for n in range(33)]
    await come_at_once(office, "email", *each)
    told = [message.handle for message in await office.told(channel="email")]
    assert told.count(JO_AT) == 1, "one alert stands for all that waits"
    assert len(told) == 31
    assert [state for state, _ in await inbox(office)] == ["needs_person"] * 33


async def test_who_waits_for_a_person_is_told_so_within_the_limit(office: House) -> None:
    waits = NeedsPerson("it could not be read", "ann@customer.test", {"message_id": "<1@x>"})
    for _ in range(2):
        await comes(office, "email", waits)
    (told,) = await office.told("ann@customer.test", "email")
    assert told.facts["outcome"] == "waits_for_person"
    assert told.facts["context"] == {"message_id": "<1@x>"}
    assert [state for state, _ in await inbox(office)] == ["needs_person"] * 2


async def test_a_report_by_reply_token_that_a_message_never_arrived_moves_the_offer_on(
    office: House,
) -> None:
    await mail_drivers(office, "One", "Two")
    job_id = await office.offering()
    (offer,) = await office.told("d1@example.com", "email")
    assert offer.reply_token is not None
    report = DeliveryReport(offer.reply_token, delivered=False, reason="no such mailbox")
    await comes(office, "email", report)
    assert [o.status for o in await office.offers(job_id)] == ["undeliverable", "sent"]


async def test_the_same_entry_read_by_two_at_once_is_heard_once(office: House) -> None:
    job_id = await office.job()
    token = (await request(office)).reply_token
    await office.channels["email"].receive(Reply(JO_AT, "APPROVE", reply_token=token))
    await asyncio.gather(*(office.reader.drain() for _ in range(5)))
    assert await outcomes(office, JO_AT, "email") == ["approved"]
    assert (await office.story(job_id)).count("approved") == 1
