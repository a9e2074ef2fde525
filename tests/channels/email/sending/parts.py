"""What tests of sending start from: options, a sender, messages as the service renders them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from channels.email.sending import Sender
from core.channel import Outgoing
from core.domain import MessageKind
from core.testing import make_context
from core.texts import render
from tests.channels.email.sink import Sink

FROM = "Dispatch <dispatch@dispatch.example>"
REPLIES = "reply@dispatch.example"
REPLY_TOKEN = "abcdefghijklmnopqrstuvwxyz"
TOKEN = "0123456789abcdef0123456789abcdef"
APPROVE_URL = "http://localhost:4567/approve?token=eyJqIjoxfQ.abc-def_ghi&x=1"
JOB: dict[str, Any] = {
    "reference": "VC8Y-4",
    "job_id": 7,
    "origin": "Leeds",
    "destination": "York",
    "vehicle_type": "Van",
    "skills": ["ADR"],
    "pickup_at": "2026-01-30T14:30:00+00:00",
    "pickup_date_only": False,
    "pay": "£120",
    "notes": "Two pallets <b>fragile</b> & heavy",
    "answer_by": "2026-01-30T13:00:00+00:00",
    "code": 34,
}
CONTACT = {
    "pickup_address": "1 Mill Lane, Leeds",
    "delivery_address": "2 High Street, York",
    "contact_name": "Ann",
    "contact_phone": "+447700900100",
}


@dataclass(frozen=True, slots=True)
class Options:
    """The keys of `[channels.email]` that sending reads."""

    smtp_url: str = "smtp://127.0.0.1:1"
    from_: str = FROM
    replies: str | None = REPLIES


def sender_to(sink: Sink, **options: Any) -> Sender:
    """Return a sender to a sink."""
    return Sender(Options(**{"smtp_url": sink.url, **options}), make_context())


def told(
    kind: MessageKind = MessageKind.OFFER,
    facts: dict[str, Any] | None = None,
    *,
    language: str = "en",
    handle: str = "dave@drivers.example",
    **values: Any,
) -> Outgoing:
    """Return a message with the texts that the service would give it."""
    known = JOB if facts is None else facts
    subject, text = render(kind, known, language=language, zone=ZoneInfo("Europe/London"))
    given: dict[str, Any] = {
        "token": TOKEN,
        "name": "Dave Driver",
        "subject": subject,
        "text": text,
        "reply_token": REPLY_TOKEN,
        **values,
    }
    return Outgoing(kind=kind, handle=handle, facts=known, language=language, **given)


def every_message() -> list[Outgoing]:
    """Return a message of each kind that names facts, in each language."""
    sorts: list[tuple[MessageKind, dict[str, Any]]] = [
        (MessageKind.OFFER, JOB),
        (MessageKind.REMINDER, JOB),
        (MessageKind.CHANGED, JOB | CONTACT),
        (MessageKind.BOOKED, JOB | CONTACT),
        (MessageKind.APPROVAL_REQUEST, JOB | CONTACT | {"approve_url": APPROVE_URL}),
        *(
            (MessageKind.WITHDRAWN, JOB | {"why": why})
            for why in ("cancelled", "filled", "taken_back", "changed", "other")
        ),
        *((MessageKind.ANSWER, _answered(outcome)) for outcome in ANSWERS),
        *(
            (MessageKind.ALERT, JOB | {"cause": cause, "alert_id": 3, "times_said": 2, "url": URL})
            for cause in ("uncovered", "unapproved", "unclear_reply", "at_risk", "dropped")
        ),
    ]
    return [
        told(kind, facts, language=language)
        for kind, facts in sorts
        for language in ("en", "pl", "ro", "uk", "de")
    ]


URL = "http://localhost:4567/jobs/7"
ANSWERS = (
    *("declined_advanced", "standby", "confirm_drop", "dropped", "opted_out", "opted_in"),
    *("on_duty", "off_duty", "status", "help", "ambiguous_reply", "unrecognized_response"),
    *("already_covered", "job_cancelled", "job_changed", "no_open_offer"),
)


def _answered(outcome: str) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "said": "DROP",
        "open_offers": [{"code": 34}, {"code": 35}],
        "jobs": [{"reference": "VC8Y-4"}],
        "context": {"message_id": "<theirs-1@drivers.example>", "subject": "Re: Job offer"},
    }
