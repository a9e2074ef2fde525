"""What people read: every message renders, with and without facts, and says only what is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain import AlertCause, MessageKind
from core.texts import render

LONDON = ZoneInfo("Europe/London")
FACTS: dict[str, Any] = {
    "name": "Dave",
    "reference": "VC8Y-3",
    "origin": "Leeds",
    "destination": "York",
    "vehicle_type": "Van",
    "skills": ["ADR"],
    "pickup_at": "2026-07-30T13:30:00+00:00",
    "pay": "£90",
    "notes": "Ring the bell",
    "code": 34,
    "answer_by": "2026-07-30T12:05:00+00:00",
    "pickup_address": "1 Mill Lane",
    "delivery_address": "2 High Street",
    "contact_name": "Ann",
    "contact_phone": "+447700900123",
    "approve_url": "http://localhost:4567/approve?token=x",
}
ALWAYS = ("name", "reference", "code", "answer_by", "approve_url")
BARE: dict[str, Any] = {
    **{name: FACTS[name] for name in ALWAYS},
    "alert_id": 7,
    "times_said": 1,
    "cause": "uncovered",
}
OFFERS = [{"offer_id": 1, "job_id": 2, "code": 30}]


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("facts", [{**BARE, **FACTS}, BARE], ids=["full", "bare"])
def test_every_message_has_a_subject_and_a_text(kind: MessageKind, facts: dict[str, Any]) -> None:
    subject, text = render(kind, facts, language="en", zone=LONDON)
    assert subject
    assert text
    assert "None" not in subject + text


def test_an_offer_shows_the_facts_in_local_time_and_keeps_the_addresses_back() -> None:
    subject, text = render(MessageKind.OFFER, FACTS, language="en", zone=LONDON)
    assert subject == "Job offer VC8Y-3: Leeds to York"
    for shown in ("Thu 30 Jul 2026 14:30", "13:05 on Thu 30 Jul", "£90", "YES 34", "Van", "ADR"):
        assert shown in text
    for kept_back in ("Mill Lane", "High Street", "Ann", "+447700900123"):
        assert kept_back not in text


def test_a_booking_shows_addresses_and_contact() -> None:
    _, text = render(MessageKind.BOOKED, FACTS, language="en", zone=LONDON)
    for shown in ("1 Mill Lane", "2 High Street", "Ann", "+447700900123"):
        assert shown in text


def test_a_repeat_says_that_it_is_one() -> None:
    _, text = render(MessageKind.OFFER, FACTS, language="en", zone=LONDON, repeat=True)
    assert "may have received this already" in text


def test_an_unknown_language_falls_back_to_english() -> None:
    in_english = render(MessageKind.OFFER, FACTS, language="en", zone=LONDON)
    assert render(MessageKind.OFFER, FACTS, language="../x", zone=LONDON) == in_english


@pytest.mark.parametrize("cause", AlertCause)
def test_every_alert_names_its_cause(cause: AlertCause) -> None:
    facts = {**FACTS, "cause": cause.value, "driver": "Dave", "alert_id": 7, "times_said": 2}
    subject, text = render(MessageKind.ALERT, facts, language="en", zone=LONDON)
    assert subject != "A message could not be sent" or cause is AlertCause.MESSAGE_FAILED
    assert "dispatch alerts ack 7" in text


OUTCOMES = [
    "declined_advanced", "standby", "confirm_drop", "dropped", "opted_out", "opted_in",
    "on_duty", "off_duty", "status", "help", "ambiguous_reply", "unrecognized_response",
    "already_covered", "job_cancelled", "job_changed", "no_open_offer",
    "completed", "proof_noted", "which_job", "no_job_held", "unknown_sender", "linked",
    "link_invalid", "link_moved", "waits_for_person", "approved", "approved_and_offered",
    "already_decided", "rejected", "cancelled", "version_changed", "job_status", "acknowledged",
    "asked_again", "assigned_by_hand", "choose_driver", "refused", "overview", "unclear_decision",
]  # fmt: skip


def test_every_outcome_has_its_own_text() -> None:
    texts = {
        outcome: render(
            MessageKind.ANSWER,
            {"outcome": outcome, "open_offers": OFFERS},
            language="en",
            zone=LONDON,
        )
        for outcome in OUTCOMES
    }
    assert len(set(texts.values())) == len(OUTCOMES)


def test_only_a_booking_says_booked_without_a_not() -> None:
    for outcome in OUTCOMES:
        facts = {"outcome": outcome, "open_offers": OFFERS}
        subject, text = render(MessageKind.ANSWER, facts, language="en", zone=LONDON)
        said = f"{subject} {text}".replace("NOT booked", "")
        assert "booked" not in said.casefold()


def test_the_docs_name_every_outcome() -> None:
    page = Path(__file__).parents[2] / "docs" / "writing-a-channel.md"
    assert [o for o in OUTCOMES if f"`{o}`" not in page.read_text()] == []
