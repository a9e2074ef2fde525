"""Stories of coordinators who decide by answering in words, by mail or in chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.channel import Reply
from core.domain import MessageKind
from core.models import Coordinator
from core.outcomes import Done
from core.work import Work
from tests.house import JO, House
from tests.stories.office import (
    JO_AT,
    JO_IN_CHAT,
    answers,
    come_at_once,
    comes,
    inbox,
    join,
    mail_drivers,
    open_office,
    outcomes,
    request,
)

HOUR = timedelta(hours=1)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    async with open_office(database_url) as opened:
        yield opened


async def replies(office: House, text: str, token: str | None, handle: str = JO_AT) -> None:
    meant = Reply(handle, text, reply_token=token, context={"message_id": "<1@x>"})
    await comes(office, "email", meant)


async def test_approve_and_offer_by_mail_starts_the_offers_and_yes_by_mail_covers_the_job(
    office: House,
) -> None:
    await mail_drivers(office, "One")
    job_id = await office.job(notes="Ring the bell")
    await replies(office, "APPROVE AND OFFER", (await request(office)).reply_token)
    (told,) = await answers(office, JO_AT, "email")
    assert told.facts["outcome"] == "approved_and_offered"
    assert told.facts["context"] == {"message_id": "<1@x>"}
    (offer,) = await office.told("d1@example.com", "email")
    assert offer.kind is MessageKind.OFFER
    await replies(office, "Yes please", offer.reply_token, "d1@example.com")
    (booked,) = await office.told("d1@example.com", "email")
    assert (booked.kind, booked.facts["context"]) == (
        MessageKind.BOOKED,
        {"message_id": "<1@x>"},
    )
    assert (await office.shown(job_id)).status == "assigned"


async def test_a_reply_token_is_opaque_and_counts_in_capitals_too(office: House) -> None:
    job_id = await office.job()
    token = (await request(office)).reply_token
    assert token is not None
    assert len(token) == 26
    assert token == token.lower()
    assert token.isalnum()
    kept = await office.rows("SELECT reply_hash FROM outbox")
    assert token not in str(kept)
    await replies(office, "approve", token.upper())
    assert (await office.shown(job_id)).status == "approved"


async def test_approving_twice_tells_who_approved_and_when(office: House) -> None:
    await office.job()
    token = (await request(office)).reply_token
    await replies(office, "APPROVE", token)
    await replies(office, "APPROVE", token)
    first, second = await answers(office, JO_AT, "email")
    assert (first.facts["outcome"], second.facts["outcome"]) == ("approved", "already_decided")
    assert (second.facts["status"], second.facts["by"]) == ("approved", "Jo")
    assert "by Jo at 12:00 on Fri 30 Jan" in second.text


async def test_reject_keeps_the_reason(office: House) -> None:
    job_id = await office.job()
    await replies(office, "REJECT too cheap", (await request(office)).reply_token)
    job = await office.shown(job_id)
    assert (job.status, job.decision_reason) == ("rejected", "too cheap")
    assert await outcomes(office, JO_AT, "email") == ["rejected"]


async def test_words_that_are_not_plain_decide_nothing_and_name_the_words(office: House) -> None:
    job_id = await office.job()
    token = (await request(office)).reply_token
    await replies(office, "approve but only if the pay is right", token)
    (told,) = await answers(office, JO_AT, "email")
    assert told.facts["outcome"] == "unclear_decision"
    assert told.facts["expected"][0] == "APPROVE"
    assert (await office.shown(job_id)).status == "needs_approval"


async def test_a_job_that_changed_since_is_shown_again_instead_of_decided(office: House) -> None:
    job_id = await office.job()
    token = (await request(office)).reply_token
    assert isinstance(await office.router.overrides.edit(job_id, {"pay": "£90"}, JO), Done)
    for word in ("APPROVE", "REJECT", "CANCEL"):
        await replies(office, word, token)
    told = await answers(office, JO_AT, "email")
    assert [m.facts["outcome"] for m in told] == ["version_changed"] * 3
    assert "£90" in told[0].text
    assert (await office.shown(job_id)).status == "needs_approval"
    await replies(office, "APPROVE", told[0].reply_token)
    assert (await office.shown(job_id)).status == "approved"


async def test_a_token_from_another_address_waits_for_a_person(office: House) -> None:
    job_id = await office.job()
    await replies(office, "APPROVE", (await request(office)).reply_token, "eve@example.com")
    assert (await office.shown(job_id)).status == "needs_approval"
    assert (await inbox(office))[0][0] == "needs_person"
    assert await office.told("eve@example.com", "email") == []


async def test_a_token_counts_in_the_channel_it_went_to_alone(office: House) -> None:
    job_id = await office.job()
    token = (await request(office)).reply_token
    await join(office, "chat", JO_AT, coordinator_id=1, position=8)
    await comes(office, "chat", Reply(JO_AT, "APPROVE", reply_token=token))
    assert (await office.shown(job_id)).status == "needs_approval"
    assert await inbox(office) == [
        (
            "needs_person",
            "it came from another address than the message that it answers went to",
        )
    ]
    await replies(office, "APPROVE", token, "Jo@Example.com")
    assert (await office.shown(job_id)).status == "approved"


async def test_a_token_that_is_not_ours_waits_for_a_person(office: House) -> None:
    job_id = await office.job()
    await replies(office, "APPROVE", "a" * 26)
    assert (await office.shown(job_id)).status == "needs_approval"
    assert [state for state, _ in await inbox(office)] == ["needs_person"]


async def test_without_a_token_a_decision_must_name_its_job(office: House) -> None:
    job_id = await office.job("VC8Y-3")
    for text in ("APPROVE", "APPROVE VC8Y-4"):
        await comes(office, "chat", Reply(JO_IN_CHAT, text))
        (told,) = await answers(office, JO_IN_CHAT, "chat")
        assert (told.facts["outcome"], told.facts["needs_reference"]) == ("unclear_decision", True)
        assert "APPROVE VC8Y-3" in told.text
    assert (await office.shown(job_id)).status == "needs_approval"
    await comes(office, "chat", Reply(JO_IN_CHAT, "approve vc8y-3"))
    assert await outcomes(office, JO_IN_CHAT, "chat") == ["approved"]
    await comes(office, "chat", Reply(JO_IN_CHAT, "CANCEL VC8Y-3: customer rang"))
    assert await outcomes(office, JO_IN_CHAT, "chat") == ["cancelled"]
    assert (await office.shown(job_id)).status == "cancelled"


async def test_an_answer_about_one_job_never_decides_another(office: House) -> None:
    one, other = await office.job("ONE"), await office.job("OTHER")
    by_job = {m.facts["reference"]: m.reply_token for m in await office.told(JO_AT, "email")}
    for text in ("APPROVE OTHER", "CANCEL OTHER", "REJECT other too cheap"):
        await replies(office, text, by_job["ONE"])
        office.clock.advance(HOUR)
    assert await outcomes(office, JO_AT, "email") == ["unclear_decision"] * 3
    assert [(await office.shown(j)).status for j in (one, other)] == ["needs_approval"] * 2


async def test_status_shows_the_job_or_all_that_is_under_way(office: House) -> None:
    await office.job("VC8Y-3")
    await replies(office, "STATUS", (await request(office)).reply_token)
    await comes(office, "chat", Reply(JO_IN_CHAT, "status"))
    assert await outcomes(office, JO_AT, "email") == ["job_status"]
    (told,) = await answers(office, JO_IN_CHAT, "chat")
    assert [j["reference"] for j in told.facts["jobs"]] == ["VC8Y-3"]
    assert "VC8Y-3: waits for approval" in told.text


async def test_status_lists_the_alerts_that_wait_and_the_jobs_not_over_with_who_has_them(
    office: House,
) -> None:
    solved, known, waits = [await office.approved(ref) for ref in ("A-1", "A-2", "A-3")]
    for job_id in (solved, known, waits):
        await office.start(job_id)
    assert await office.alerts() == ["uncovered"] * 3
    acknowledged = await office.rows("SELECT id FROM alerts WHERE job_id = $1", known)
    await office.router.acknowledge(acknowledged[0]["id"], JO)
    await office.drivers("One")
    await office.router.assign(solved, 1, JO)
    await office.router.cancel(await office.job("A-4"), JO)
    await comes(office, "chat", Reply(JO_IN_CHAT, "status"))
    (told,) = await answers(office, JO_IN_CHAT, "chat")
    assert [(a["job_id"], a["reference"]) for a in told.facts["alerts"]] == [(waits, "A-3")]
    assert [(j["reference"], j["driver"]) for j in told.facts["jobs"]] == [
        ("A-3", None),
        ("A-2", None),
        ("A-1", "One"),
    ]


async def test_an_alert_may_be_answered_in_words(office: House) -> None:
    job_id = await office.approved()
    await office.start(job_id)
    alerts = [m for m in await office.told(JO_AT, "email") if m.kind is MessageKind.ALERT]
    assert (await office.shown(job_id)).status == "uncovered"
    await office.drivers("One")
    await replies(office, "ASK AGAIN", alerts[-1].reply_token)
    assert await outcomes(office, JO_AT, "email") == ["asked_again"]
    assert (await office.shown(job_id)).status == "offering"


async def test_who_is_driver_and_coordinator_is_heard_as_what_the_words_are(office: House) -> None:
    await office.drivers("Jo")
    await join(office, "chat", JO_IN_CHAT, agent_id=1, position=0)
    await office.job("VC8Y-3")
    await comes(office, "chat", Reply(JO_IN_CHAT, "APPROVE VC8Y-3"))
    await comes(office, "chat", Reply(JO_IN_CHAT, "OFF"))
    await comes(office, "chat", Reply(JO_IN_CHAT, "what now"))
    assert await outcomes(office, JO_IN_CHAT, "chat") == [
        "approved",
        "off_duty",
        "unrecognized_response",
    ]


async def test_a_decision_by_mail_and_one_on_the_page_at_once_decide_once(office: House) -> None:
    await mail_drivers(office, "One")
    job_id = await office.job()
    token = (await request(office)).reply_token
    await office.channels["email"].receive(Reply(JO_AT, "APPROVE AND OFFER", reply_token=token))
    await asyncio.gather(
        office.reader.drain(), office.router.reject(job_id, JO), office.router.approve(job_id, JO)
    )
    story = await office.story(job_id)
    assert story.count("approved") + story.count("rejected") == 1
    assert story.count("offered") <= 1


async def test_the_same_decision_ten_times_at_once_counts_once(office: House) -> None:
    await mail_drivers(office, "One")
    job_id = await office.job()
    token = (await request(office)).reply_token
    said = [Reply(JO_AT, "APPROVE AND OFFER", reply_token=token)] * 10
    await come_at_once(office, "email", *said)
    assert (await office.story(job_id)).count("approved") == 1
    assert len(await office.offers(job_id)) == 1
    told = await outcomes(office, JO_AT, "email")
    assert sorted(told) == ["already_decided"] * 9 + ["approved_and_offered"]


@pytest.mark.parametrize(("language", "word"), [("pl", "Zatwierdź i oferuj"), ("de", "freigeben")])
async def test_a_coordinator_decides_in_their_own_language(
    office: House, language: str, word: str
) -> None:
    async def speak(_: Work) -> None:
        await Coordinator.all().update(language=language)

    await office.router.do(speak)
    job_id = await office.job()
    await replies(office, word, (await request(office)).reply_token)
    assert (await office.shown(job_id)).approved_at is not None
