"""What a mail of ours looks like: headers, threads, both forms of the same words."""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from channels.email.sending.compose import compose
from channels.email.sending.mailbox import Mailbox, read_mailbox
from channels.email.sending.phrases import phrases_of
from core.channel import Outgoing
from core.domain import LANGUAGES, MessageKind, Verdict
from core.replies import read_reply
from core.testing.fakes import NOON
from tests.channels.email.sending.parts import (
    APPROVE_URL,
    CONTACT,
    JOB,
    REPLIES,
    REPLY_TOKEN,
    TOKEN,
    every_message,
    told,
)

FROM = Mailbox("dispatch", "dispatch.example", "Dispatch")
ASKED = "<CAF=" + "x" * 90 + "@mail.drivers.example>"
ASK = told(
    MessageKind.APPROVAL_REQUEST, JOB | CONTACT | {"approve_url": APPROVE_URL}, handle="jo@x.test"
)


def _raw(message: Outgoing, replies: str | None = REPLIES) -> bytes:
    to = read_mailbox(message.handle, message.name)
    assert to is not None
    return compose(message, to, FROM, replies, NOON).content


def _mail(message: Outgoing, replies: str | None = REPLIES) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(_raw(message, replies))


def _part(message: Outgoing, kind: str, replies: str | None = REPLIES) -> str:
    part = _mail(message, replies).get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _answered(**context: Any) -> Outgoing:
    facts = {"outcome": "standby", "job_id": 7, "context": context}
    return told(MessageKind.ANSWER, facts)


def test_the_headers_name_who_when_and_how_to_answer() -> None:
    mail = _mail(told())
    assert mail["From"] == "Dispatch <dispatch@dispatch.example>"
    assert mail["To"] == "Dave Driver <dave@drivers.example>"
    assert mail["Subject"] == "Job offer VC8Y-4: Leeds to York"
    assert mail["Date"].datetime == NOON
    assert mail["Message-ID"] == f"<{TOKEN}@dispatch.example>"
    assert mail["Reply-To"] == f"reply+{REPLY_TOKEN}@dispatch.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "NDR" not in mail["X-Auto-Response-Suppress"], "we want to know of bounces"


def test_every_attempt_sends_the_same_mail() -> None:
    assert _raw(told()) == _raw(told())


def test_every_kind_in_every_language_has_text_and_html_of_short_ascii_lines() -> None:
    for message in every_message():
        raw = _raw(message)
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert [part.get_content_type() for part in _mail(message).iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert message.text.split("\n")[0] in _part(message, "plain")


def test_the_approval_request_has_one_approve_link_in_each_form() -> None:
    assert _part(ASK, "plain").count("/approve?") == 1
    html = _part(ASK, "html")
    assert html.count("/approve?") == 1
    assert APPROVE_URL.replace("&", "&amp;") in html
    assert len(re.findall(r"<a ", html)) == 1
    assert "APPROVE AND OFFER" in _part(ASK, "plain")


def test_without_a_reply_address_nobody_is_asked_to_answer_by_mail() -> None:
    assert "APPROVE AND OFFER" not in _part(ASK, "plain", None)
    assert "mailto:" not in _part(told(), "html", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_opens_an_answer_that_is_understood(language: str) -> None:
    html = _part(told(language=language), "html")
    links = [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'href="([^"]+)"', html)]
    assert [unquote(link.path) for link in links] == [
        f"reply+{REPLY_TOKEN}@dispatch.example",
        f"reply+{REPLY_TOKEN}@dispatch.example",
    ]
    said = [parse_qs(link.query)["body"][0] for link in links]
    assert [read_reply(body, language).verdict for body in said] == [Verdict.YES, Verdict.NO]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_buttons_label_is_no_answer_when_it_is_quoted(language: str) -> None:
    phrases = phrases_of(language)
    for label in (phrases.yes_label, phrases.no_label, phrases.decide_by_answer):
        assert read_reply(label, language, reasons=True).verdict is Verdict.UNCLEAR


def test_who_has_no_name_but_their_address_is_written_by_address_alone() -> None:
    assert read_mailbox("jo@x.test", "Jo@x.test") == Mailbox("jo", "x.test")


def test_an_alert_says_how_it_is_answered() -> None:
    alert = told(MessageKind.ALERT, JOB | {"cause": "uncovered", "alert_id": 7, "times_said": 1})
    assert "answer this mail with ACK" in _part(alert, "plain")
    assert "answer this mail with ACK" in _part(alert, "html")
    assert "answer this mail" not in _part(alert, "plain", None)


def test_the_facts_of_a_receipt_are_set_off_from_the_job_they_belong_to() -> None:
    fields = [["origin", "Leeds", "Leeds"], ["pickup", "31/02/2027", ""]]
    rest: dict[str, Any] = {"warnings": [], "problems": []}
    job = {"reference": "V-1", "result": "created", "fields": fields, **rest}
    receipt = told(MessageKind.RECEIPT, {"jobs": [job, {**job, "reference": "V-2"}]})
    shown = _part(receipt, "html")
    assert shown.count('<span class="label">From:</span> <strong>Leeds</strong>') == 2
    assert "<strong>? (&#34;31/02/2027&#34;)</strong>" in shown
    assert shown.index("V-1:</span>") < shown.index("<p>", shown.index("V-1:</span>"))
    assert shown.index("<p>", shown.index("V-1:</span>")) < shown.index("From:")


def test_an_answer_stands_below_the_mail_that_it_answers() -> None:
    mail = _mail(_answered(message_id=ASKED, subject="Job offer"))
    assert mail["In-Reply-To"] == ASKED
    assert mail["References"].split()[-1] == ASKED
    assert mail["Subject"] == "Re: Job offer"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert ASKED.encode() in _raw(_answered(message_id=ASKED)), "never split or encoded"


def test_an_answer_under_a_foreign_subject_says_its_own_first() -> None:
    message = _answered(message_id=ASKED, subject="re: Job offer")
    assert _mail(message)["Subject"] == "re: Job offer"
    assert _part(message, "plain").startswith("You are first reserve")


def test_a_text_that_begins_with_its_own_subject_does_not_say_it_twice() -> None:
    message = _answered(message_id=ASKED, subject="re: Job offer")
    again = replace(message, text=f"{message.subject}\n\n{message.text}")
    assert _part(again, "plain").count("You are first reserve") == 1


@pytest.mark.parametrize(
    "odd", ["<a@b>\r\nBcc: x@y", "a@b", "<a b@c>", "<a@b><c@d>", f"<{'x' * 300}@y>", "", 7, None]
)
def test_an_odd_message_id_of_theirs_is_left_out(odd: object) -> None:
    mail = _mail(_answered(message_id=odd, subject="Job offer"))
    assert mail["In-Reply-To"].startswith("<job-7-")
    assert mail["Subject"] == "You are first reserve"


def test_all_on_one_job_to_one_person_hangs_together_and_apart_from_others() -> None:
    offer = _mail(told(token="a" * 32))
    booked = _mail(told(MessageKind.BOOKED, JOB | CONTACT, token="b" * 32))
    other = _mail(told(handle="eve@drivers.example"))
    assert offer["References"] == booked["References"] != other["References"]


@pytest.mark.parametrize(
    "odd", ["a\r\nBcc: all@x.test", "a\nb", "\x00\x1b[2J", "x" * 5_000, "\ud800"]
)
def test_names_and_subjects_cannot_add_a_header(odd: str) -> None:
    mail = _mail(told(subject=odd, name=odd, text=odd))
    assert mail["Bcc"] is None
    assert len(mail.keys()) == len(set(mail.keys()))
    assert len(mail["Subject"]) <= 200
    assert [a.addr_spec for a in mail["To"].addresses] == ["dave@drivers.example"]


def test_everything_in_the_html_is_escaped_and_nothing_is_fetched() -> None:
    facts = JOB | {"notes": "<script>alert(1)</script><img src=x>", "reference": '"><b>'}
    html = _part(told(MessageKind.OFFER, facts), "html")
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert not re.search(r"<[^>]*\b(?:src|background)=|url\(|@import", html)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x"])
def test_only_a_web_link_becomes_a_button(url: str) -> None:
    facts = {"cause": "uncovered", "alert_id": 3, "times_said": 1, "url": url}
    assert "<a " not in _part(told(MessageKind.ALERT, facts), "html", None)


@pytest.mark.parametrize("text", ["a\nb\r\nc\rd\u2028e", ".\n..\nFrom x", "\n\n", "x" * 50_000])
def test_a_text_arrives_line_by_line(text: str) -> None:
    arrived = _part(told(text=text), "plain").replace("\r\n", "\n")
    assert arrived.strip("\n") == re.sub("\r\n?|\u2028", "\n", text).strip("\n")
