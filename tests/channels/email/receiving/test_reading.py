"""Every mail means exactly one thing: jobs, an answer, a report, nothing, or a person's work."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.email.receiving.frame import Arrival, framed
from channels.email.receiving.plain import from_plain, to_plain
from channels.email.receiving.reading import read_mail
from channels.email.receiving.rules import Rules, rules_from, rules_of, rules_to
from core.channel import DeliveryReport, Ignored, Incoming, NeedsPerson, NewJobs, Reply
from core.testing import make_context
from tests.channels.email.receiving.office import INTAKE, JO, OWN, REPLY, TOKEN, mail, options

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
MX = "mx.dispatch.example"
PASS = f"Authentication-Results: {MX}; dmarc=pass header.from=example.com"
FAIL = f"Authentication-Results: {MX}; dmarc=fail header.from=example.com"
CONTEXT = {"message_id": "<one@example.com>", "subject": "A job"}
RELAY = {"trust": "relay", "relays": ["192.0.2.5"], "authserv_id": MX}


def rules(**changes: Any) -> Rules:
    return replace(rules_of(options(**changes), make_context()), ladder=("Car", "Van"))


def arrival(*to: str, sender: str = JO, peer: str = "127.0.0.1") -> Arrival:
    return Arrival("smtp", peer, sender, to or (INTAKE,), NOON)


def meaning(content: bytes, came: Arrival, **changes: Any) -> Incoming:
    stored = framed(came, (content,))
    (meant,) = read_mail(stored, rules(**changes))
    assert from_plain(to_plain((meant,))) == (meant,), "it crosses to the service unchanged"
    return meant


def test_a_mail_to_intake_is_read_as_jobs() -> None:
    content = mail(body="Ref: VC8Y-4\r\nFrom: Leeds\r\nTo: York\r\nDate: 30/01/2027\r\nTime: 14:30")
    meant = meaning(content, arrival())
    assert isinstance(meant, NewJobs)
    (reading,) = meant.readings
    assert (meant.handle, meant.context) == (JO, CONTEXT)
    assert (reading.draft.sheet_job_id, reading.draft.origin) == ("VC8Y-4", "Leeds")
    assert reading.draft.pickup_at == datetime(2027, 1, 30, 14, 30, tzinfo=UTC)


def test_what_stands_in_quotes_brings_no_job() -> None:
    meant = meaning(mail(body="> From: Leeds\r\n> To: York\r\n"), arrival())
    assert isinstance(meant, NeedsPerson)


def test_a_mail_without_a_job_waits_for_a_person_and_its_sender_is_told() -> None:
    meant = meaning(mail(subject="Hello", body="How are you?\r\n"), arrival())
    assert isinstance(meant, NeedsPerson)
    assert meant.answer_to == JO
    assert meant.context == {**CONTEXT, "subject": "Hello"}


def test_cancel_in_the_subject_proposes_to_call_the_job_off() -> None:
    meant = meaning(mail(subject="Cancel VC8Y-4"), arrival())
    assert isinstance(meant, NewJobs)
    (reading,) = meant.readings
    assert reading.cancels
    assert reading.draft.sheet_job_id == "VC8Y-4"


def test_a_mail_to_a_reply_address_is_an_answer_in_its_writers_own_words() -> None:
    body = "APPROVE AND OFFER\r\n\r\nOn Mon, 11 Jan 2027, Dispatch wrote:\r\n> YES or NO\r\n"
    assert meaning(mail(body=body), arrival(REPLY)) == Reply(
        JO, "APPROVE AND OFFER", reply_token=TOKEN, name="Jo", context=CONTEXT
    )


def test_an_answer_without_words_of_its_own_is_empty() -> None:
    meant = meaning(mail(body="> Answer YES or NO\r\n"), arrival(REPLY))
    assert isinstance(meant, Reply)
    assert meant.text == ""


@pytest.mark.parametrize("subject", ["=?utf-8?q?Sp=C3=A4t?=", "Spät", "=?x-unknown?b?U3DDpHQ=?="])
def test_a_subject_is_read_in_words(subject: str) -> None:
    meant = meaning(mail(subject=subject, body="YES"), arrival(REPLY))
    assert isinstance(meant, Reply)
    assert meant.context["subject"] == "Spät"


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("utf-8", "Zürich"),
        ("iso-8859-1", "Zürich"),
        ("windows-1250", "Łódź"),
        ("no-such-charset", "Zürich"),
        ("us-ascii", "Zürich"),
        ("idna", "Zürich"),
        ('"', "Zürich"),
    ],
)
def test_a_text_is_read_whatever_charset_it_claims(charset: str, words: str) -> None:
    known = charset if charset in ("iso-8859-1", "windows-1250") else "utf-8"
    lines = (f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")
    body = b64encode(words.encode(known)).decode()
    meant = meaning(mail(*lines, body=body), arrival(REPLY))
    assert isinstance(meant, Reply)
    assert meant.text == words


def test_files_are_read_and_mails_in_mails_are_not() -> None:
    lines = ("Content-Type: multipart/mixed; boundary=b",)
    csv = b64encode(b"Ref,From,To\r\nVC8Y-9,Hull,Leeds\r\n").decode()
    body = (
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nFrom: A\r\nTo: B\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="jobs.csv"\r\n\r\n{csv}\r\n--b--\r\n'
    )
    meant = meaning(mail(*lines, body=body), arrival())
    assert isinstance(meant, NewJobs)
    assert [reading.draft.sheet_job_id for reading in meant.readings] == ["VC8Y-9"]


REPORT = (
    "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    "Final-Recipient: rfc822; driver@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    "--b--\r\n"
)
REPORT_TYPE = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'


@pytest.mark.parametrize("sender", ["", "postmaster@mx.example"])
def test_a_delivery_report_speaks_of_the_mail_whose_address_it_came_to(sender: str) -> None:
    content = mail(REPORT_TYPE, sender="MAILER-DAEMON@mx.example", body=REPORT)
    meant = meaning(content, arrival(REPLY, sender=sender))
    assert isinstance(meant, DeliveryReport)
    assert (meant.token, meant.delivered) == (TOKEN, False)


def test_a_report_on_no_mail_of_ours_is_only_recorded() -> None:
    content = mail(REPORT_TYPE, sender="MAILER-DAEMON@mx.example", body=REPORT)
    assert isinstance(meaning(content, arrival(OWN, sender="")), Ignored)


@pytest.mark.parametrize("to", [INTAKE, REPLY, OWN])
@pytest.mark.parametrize(
    ("line", "sender", "envelope"),
    [
        ("Auto-Submitted: auto-replied", JO, JO),
        ("Precedence: bulk", JO, JO),
        ("List-Id: <x.example>", JO, JO),
        ("X-Plain: yes", OWN, JO),
        ("X-Plain: yes", JO, ""),
    ],
)
def test_what_machines_send_is_recorded_and_nothing_more(
    to: str, line: str, sender: str, envelope: str
) -> None:
    content = mail(line, sender=sender, body="YES")
    assert isinstance(meaning(content, arrival(to, sender=envelope)), Ignored)


@pytest.mark.parametrize(
    ("lines", "to", "peer", "outcome"),
    [
        ((PASS,), INTAKE, "192.0.2.5", NewJobs),
        ((PASS,), REPLY, "192.0.2.5", Reply),
        ((PASS,), OWN, "192.0.2.5", Reply),
        ((FAIL,), INTAKE, "192.0.2.5", NeedsPerson),
        ((FAIL,), REPLY, "192.0.2.5", NeedsPerson),
        ((FAIL, PASS), INTAKE, "192.0.2.5", NeedsPerson),
        ((), INTAKE, "192.0.2.5", NeedsPerson),
        ((), REPLY, "192.0.2.5", Reply),  # its token names the recipient; core compares the From
        ((), OWN, "192.0.2.5", NeedsPerson),
        ((PASS,), INTAKE, "198.51.100.9", NeedsPerson),
        ((PASS,), REPLY, "198.51.100.9", NeedsPerson),
    ],
)
def test_with_a_relay_only_its_word_is_believed(
    lines: Sequence[str], to: str, peer: str, outcome: type[Incoming]
) -> None:
    meant = meaning(mail(*lines), arrival(to, peer=peer), **RELAY)
    assert type(meant) is outcome
    assert not isinstance(meant, NeedsPerson) or meant.answer_to is None


def test_a_proven_stranger_brings_no_jobs() -> None:
    line = f"Authentication-Results: {MX}; dmarc=pass"
    content = mail(line, sender="x@elsewhere.example")
    meant = meaning(content, arrival(peer="192.0.2.5"), **RELAY)
    assert isinstance(meant, NeedsPerson)
    assert "may not send jobs" in meant.reason


@pytest.mark.parametrize("to", [INTAKE, REPLY, OWN])
def test_a_from_that_readers_differ_over_waits_for_a_person(to: str) -> None:
    content = mail(sender="alice@elsewhere.example)jo@example.com", body="YES")
    meant = meaning(content, arrival(to))
    assert meant == NeedsPerson("the From is not exactly one plain address")


def test_a_mail_of_which_only_the_header_was_fetched_waits_for_a_person() -> None:
    came = Arrival("smtp", "127.0.0.1", JO, (INTAKE,), NOON, cut=True)
    assert meaning(mail(), came) == NeedsPerson("the mail is larger than max_bytes")


def test_the_rules_cross_to_the_worker_unchanged_and_without_secrets() -> None:
    known = rules(smtp_url="smtp://user:secret@127.0.0.1", **RELAY)
    assert rules_from(rules_to(known)) == known
    assert b"secret" not in rules_to(known)
