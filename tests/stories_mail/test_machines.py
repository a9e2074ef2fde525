"""What machines send back: bounces move the job on, notices do nothing, nothing goes round."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from core.domain import JobStatus, OfferStatus
from tests.channels.email.replying.test_reports import EXIM, POSTFIX
from tests.stories_mail.office import INTAKE, JOB, OWN, Office
from tests.stories_mail.people import said

OFFERING = JobStatus.OFFERING
SENT, UNDELIVERABLE = OfferStatus.SENT, OfferStatus.UNDELIVERABLE


async def bounce(office: Office, mail: EmailMessage, form: str, **how: str) -> int:
    """Have another mail server return a mail of ours to its envelope sender."""
    words = {"action": "failed", "status": "5.1.1", **how}
    token = mail["Message-ID"].strip("<>").partition("@")[0]
    report = form.format(to=mail["Reply-To"], token=token, **words)
    return await office.hand_in("", (mail["Reply-To"],), report.encode())


@pytest.mark.parametrize("form", [POSTFIX, EXIM], ids=["postfix", "exim"])
async def test_a_bounce_buries_the_address_and_asks_the_next_driver(
    office: Office, form: str
) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    await office.offered()
    assert await bounce(office, dan.got("Job offer"), form) == 250
    assert await office.standing() == (OFFERING, [UNDELIVERABLE, SENT])
    eve.got("Job offer VC8Y-3")
    states = await office.rows("SELECT state FROM addresses WHERE handle = 'dan@drivers.example'")
    assert states == [{"state": "undeliverable"}]
    office.person("Jo", "jo@example.com").got("Dan cannot be reached")
    count = len(office.sink.taken)
    await office.offered(JOB.replace("VC8Y-3", "VC8Y-4"), "VC8Y-4")
    assert dan.address not in [to for mail in office.sink.taken[count:] for to in mail.recipients]


async def test_a_bounce_goes_on_to_the_drivers_next_address(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    second = await office.second_address(dan, "dan@home.example")
    await office.offered()
    await bounce(office, dan.got("Job offer"), POSTFIX)
    assert await office.standing() == (OFFERING, [SENT])
    assert not eve.mails
    await second.answers("YES", second.got("Job offer"))
    assert await office.holder() == "Dan"


async def test_a_report_of_a_delay_changes_nothing(small_office: Office) -> None:
    dan = await small_office.driver("Dan")
    await small_office.offered()
    await bounce(small_office, dan.got("Job offer"), POSTFIX, action="delayed", status="4.4.1")
    assert await small_office.standing() == (OFFERING, [SENT])


async def test_the_same_bounce_twice_moves_the_job_on_once(office: Office) -> None:
    dan, _, zoe = [await office.driver(name) for name in ("Dan", "Eve", "Zoe")]
    await office.offered()
    for _ in range(2):
        await bounce(office, dan.got("Job offer"), POSTFIX)
    assert await office.standing() == (OFFERING, [UNDELIVERABLE, SENT])
    assert not zoe.mails


NOTICES = {
    "RFC 3834": {"Auto_Submitted": "auto-replied"},
    "Exchange": {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"},
    "old": {"Precedence": "auto_reply"},
    "bulk": {"Precedence": "bulk"},
    "cPanel": {"X_Autorespond": "out"},
    "list": {"List_Id": "<drivers.example>"},
}


@pytest.mark.parametrize("kind", NOTICES)
async def test_an_absence_notice_is_recorded_and_neither_heard_nor_answered(
    small_office: Office, kind: str
) -> None:
    dan = await small_office.driver("Dan")
    await small_office.offered()
    count = len(small_office.sink.taken)
    await dan.answers("YES", dan.got("Job offer"), **NOTICES[kind])
    assert await small_office.standing() == (OFFERING, [SENT])
    assert (await small_office.inbox())[0] == "ignored"
    assert len(small_office.sink.taken) == count


async def test_a_notice_from_the_null_sender_is_only_recorded(
    small_office: Office,
) -> None:
    dan = await small_office.driver("Dan")
    await small_office.offered()
    offer = dan.got("Job offer")
    notice = "From: dan@drivers.example\r\nSubject: away\r\nMessage-ID: <a@b>\r\n\r\nYES\r\n"
    assert await small_office.hand_in("", (offer["Reply-To"],), notice.encode()) == 250
    assert await small_office.standing() == (OFFERING, [SENT])
    assert await small_office.inbox() == ("ignored", "from the null sender")


async def test_our_own_mail_that_comes_back_starts_no_loop(office: Office) -> None:
    await office.driver("Dan")
    await office.offered()
    ours = tuple(office.sink.taken)
    assert len(ours) >= 4
    for number, taken in enumerate(ours):
        for to in (INTAKE, OWN, taken.mail["Reply-To"]):
            again = taken.content.replace(
                b"Message-ID: <", b"Message-ID: <%d%d" % (number, len(to))
            )
            assert await office.hand_in(taken.sender, (to,), again) in (250, 550)
    assert len(office.sink.taken) == len(ours)
    assert await office.standing() == (OFFERING, [SENT])
    assert await office.references() == ["VC8Y-3"]


async def test_two_machines_that_answer_each_other_fall_silent(office: Office) -> None:
    """A mail program that answers everything, without saying that it is a machine."""
    dan = await office.driver("Dan")
    await office.offered()
    await dan.answers("I am on holiday until Monday", dan.got("Job offer"))
    heard = 0
    while heard < len(dan.mails) < 20:
        heard = len(dan.mails)
        await dan.answers("I am on holiday until Monday", dan.mails[-1])
    assert len(dan.mails) == 2, dan.subjects
    assert await office.standing() == (OFFERING, [SENT])


async def test_the_same_answer_twice_is_heard_and_answered_once(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    offer = dan.got("Job offer")
    await dan.answers("YES", offer)
    assert await dan.sends_again() == 250
    assert len(dan.mails) == 2
    assert said(dan.mails[-1]).startswith("BOOKED")


async def test_a_refused_recipient_is_passed_over_at_once(office: Office) -> None:
    await office.driver("Dan")
    eve = await office.driver("Eve")
    office.sink.unknown.add("dan@drivers.example")
    await office.offered()
    assert await office.standing() == (OFFERING, [UNDELIVERABLE, SENT])
    eve.got("Job offer")
