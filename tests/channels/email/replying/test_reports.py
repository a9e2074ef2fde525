"""What other mail servers say became of a mail of ours, in the forms that they use."""

from __future__ import annotations

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest

from channels.email.receiving.parts import parse
from channels.email.replying import read_report, reply_address, reply_token_of
from core.channel import DeliveryReport
from tests.channels.email.sending.parts import REPLIES, REPLY_TOKEN, TOKEN

TO = (f"reply+{REPLY_TOKEN}@dispatch.example",)

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.dispatch.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/mx"

--B/mx
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.dispatch.example.

<dave@drivers.example>: host mail.drivers.example[192.0.2.7] said: 550 5.1.1
    User unknown (in reply to RCPT TO command)

--B/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.dispatch.example
X-Postfix-Queue-ID: 3F2A81234
Arrival-Date: Fri, 30 Jan 2026 12:30:00 +0000 (GMT)

Final-Recipient: rfc822; dave@drivers.example
Original-Recipient: rfc822;dave@drivers.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.drivers.example
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B/mx
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Dispatch <dispatch@dispatch.example>
To: Dave <dave@drivers.example>
Message-ID: <{token}@dispatch.example>
Subject: Job offer VC8Y-4

--B/mx--
"""

EXIM = """\
From: Mail Delivery System <Mailer-Daemon@mx.dispatch.example>
To: {to}
X-Failed-Recipients: dave@drivers.example
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=1-eximdsn-2
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1-eximdsn-2
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  dave@drivers.example
    host mail.drivers.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<dave@drivers.example>:
    550 No such user

--1-eximdsn-2
Content-type: message/delivery-status

Reporting-MTA: dns; mx.dispatch.example

Action: failed
Final-Recipient: rfc822;dave@drivers.example
Status: 5.0.0
Remote-MTA: dns; mail.drivers.example
Diagnostic-Code: smtp; 550 No such user

--1-eximdsn-2
Content-type: message/rfc822

From: Dispatch <dispatch@dispatch.example>
Message-ID: <{token}@dispatch.example>
Subject: Job offer VC8Y-4

Answer YES or NO by 13:00.

--1-eximdsn-2--
"""

PLAIN = """\
From: Mail Delivery System <Mailer-Daemon@old.example>
To: {to}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  dave@drivers.example
    550 5.1.1 unknown user

------ This is a copy of the message, including all the headers. ------

From: Dispatch <dispatch@dispatch.example>
Message-ID: <{token}@dispatch.example>

Answer YES or NO.
"""


def _mail(text: str, **values: str) -> EmailMessage:
    known = {"to": TO[0], "token": TOKEN, "action": "failed", "status": "5.1.1"}
    return BytesParser(EmailMessage, policy=default).parsebytes(
        text.format(**known | values).replace("\n", "\r\n").encode()
    )


@pytest.mark.parametrize("form", [POSTFIX, EXIM, PLAIN])
def test_a_bounce_names_its_mail_by_the_address_it_came_to(form: str) -> None:
    (report,) = read_report(_mail(form), TO, REPLIES)
    assert report.token == REPLY_TOKEN
    assert not report.delivered
    assert report.reason
    assert "550" in report.reason
    assert len(report.reason) <= 200


@pytest.mark.parametrize("form", [POSTFIX, EXIM, PLAIN])
def test_a_bounce_to_another_address_names_it_by_the_mail_that_it_returns(form: str) -> None:
    (report,) = read_report(_mail(form), ("dispatch@dispatch.example",), REPLIES)
    assert (report.token, report.delivered) == (TOKEN, False)


def test_the_reason_says_status_and_words_of_the_other_server() -> None:
    (report,) = read_report(_mail(POSTFIX), TO, REPLIES)
    assert report.reason == "5.1.1 550 5.1.1 User unknown"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "Delivered (to mailbox)"])
def test_a_report_of_arrival_says_delivered(action: str) -> None:
    mail = _mail(POSTFIX, action=action, status="2.0.0")
    assert read_report(mail, TO, REPLIES) == (DeliveryReport(REPLY_TOKEN, delivered=True),)


@pytest.mark.parametrize("action", ["delayed", "", "unheard-of"])
def test_a_delay_is_no_final_word(action: str) -> None:
    assert read_report(_mail(POSTFIX, action=action, status="4.4.1"), TO, REPLIES) == ()


@pytest.mark.parametrize("token", ["not-ours", "0123", "../../x", TOKEN.upper()])
def test_a_bounce_of_a_mail_that_is_not_ours_says_nothing(token: str) -> None:
    assert read_report(_mail(POSTFIX, token=token), ("dispatch@dispatch.example",), REPLIES) == ()


ODD_CHARSETS = [
    *("charset=idna", "charset=punycode", "charset=undefined", "charset=utf-16", "charset=x-odd"),
    *("charset=\x00", "charset*=us-ascii'en'utf-8", "charset*0*=us-ascii'en'idna"),
]


@pytest.mark.parametrize("charset", ODD_CHARSETS)
def test_a_bounce_is_read_whatever_charset_its_parts_claim(charset: str) -> None:
    plain = PLAIN.replace("\n\nThis", f"\nContent-Type: text/plain; {charset}\n\nThis é")
    form = POSTFIX.replace("text/rfc822-headers\n", f"text/rfc822-headers; {charset}\n")
    form = form.replace("Subject: Job offer", "Subject: É Job offer")
    for text in (plain, form):
        written = text.format(to=TO[0], token=TOKEN, action="failed", status="5.1.1")
        mail = parse(written.replace("\n", "\r\n").encode("latin-1"))
        (report,) = read_report(mail, ("dispatch@dispatch.example",), REPLIES)
        assert (report.token, report.delivered) == (TOKEN, False)


def test_a_bounce_in_base64_is_read_too() -> None:
    body = PLAIN.partition("\n\n")[2].format(token=TOKEN)
    mail = EmailMessage()
    mail["From"] = "Mailer-Daemon@old.example"
    mail["Subject"] = "Undelivered"
    mail.set_content(body, cte="base64")
    (report,) = read_report(parse(mail.as_bytes()), TO, REPLIES)
    assert report.reason == "550 5.1.1 unknown user"


def test_a_person_who_writes_about_errors_reports_nothing() -> None:
    text = PLAIN.replace("Mailer-Daemon@old.example", "dave@drivers.example")
    assert read_report(_mail(text), TO, REPLIES) == ()


def test_an_absence_notice_is_no_report() -> None:
    mail = EmailMessage()
    mail["From"] = "postmaster@drivers.example"
    mail["Subject"] = "Out of office"
    mail.set_content("Back on Monday. Call 550 123.")
    assert read_report(mail, TO, REPLIES) == ()


@pytest.mark.parametrize(
    ("recipient", "token"),
    [
        (f"reply+{REPLY_TOKEN}@dispatch.example", REPLY_TOKEN),
        (f"<REPLY+{REPLY_TOKEN.upper()}@Dispatch.Example>", REPLY_TOKEN),
        (f"reply+{REPLY_TOKEN[:25]}@dispatch.example", None),
        (f"reply+{REPLY_TOKEN[:25]}0@dispatch.example", None),
        (f"reply+{REPLY_TOKEN}@elsewhere.example", None),
        (f"other+{REPLY_TOKEN}@dispatch.example", None),
        (f"reply+{REPLY_TOKEN}+x@dispatch.example", None),
        ("reply@dispatch.example", None),
        ("reply+@dispatch.example", None),
        ("", None),
    ],
)
def test_a_reply_address_is_read_without_case_and_only_whole(
    recipient: str, token: str | None
) -> None:
    assert reply_token_of(["someone@else.example", recipient], REPLIES) == token


def test_a_reply_address_fits_a_local_part() -> None:
    address = reply_address(REPLIES, REPLY_TOKEN)
    assert reply_token_of([address], REPLIES.upper()) == REPLY_TOKEN
    assert len(address.partition("@")[0]) <= 64
