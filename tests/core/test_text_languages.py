"""Every message in every language: whole, in the right words, silent about what is kept back."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

import core.texts
from core.domain import LANGUAGES, AlertCause, MessageKind, Verdict
from core.replies import Reading, read_reply
from core.reply_words import WORDS, word_for
from core.texts import render
from tests.core.test_texts import BARE, FACTS, LONDON, OFFERS, OUTCOMES

PARTS = ("_job", "_desk")  # what several templates, or one long one, are made of
FOLDER = Path(core.texts.__file__).parent
KEPT_BACK = ("pickup_address", "delivery_address", "contact_name", "contact_phone")
ONLY_AFTER_YES = (MessageKind.BOOKED, MessageKind.CHANGED, MessageKind.APPROVAL_REQUEST)
WITHDRAWALS = ("cancelled", "filled", "taken_back", "changed", "closed")
ENDINGS = (
    ("offer", "accepted"),
    ("offer", "declined"),
    ("offer", "timed_out"),
    ("offer", "rescinded", "filled"),
    ("offer", "rescinded", "cancelled"),
    ("offer", "rescinded", "changed"),
    ("offer", "undeliverable"),
    ("offer", "superseded"),
    ("offer", "moved"),
    ("booked", "withdrawn"),
    ("booked", "completed"),
    ("changed", "confirmed"),
    ("approval_request", "approved"),
    ("approval_request", "rejected", "too far"),
    ("approval_request", "assigned"),
    ("approval_request", "cancelled"),
    ("alert", "acknowledged"),
    ("alert", "resolved"),
)
# what says that the job is theirs, and the sentences in which it is denied
BOOKED = {
    "en": ("booked",),
    "pl": ("potwierdzon", "jest twoje"),
    "ro": ("confirmat", "este a dumneavoastră"),
    "uk": ("підтверджен", "-3 ваше"),
    "de": ("gebucht", "ist ihr auftrag"),
}
DENIED = {"en": "NOT booked", "de": "NICHT gebucht"}
MOMENTS = {
    "en": ("Thu 30 Jul 2026 14:30", "13:05 on Thu 30 Jul"),
    "pl": ("czw. 30 lip 2026 14:30", "do 13:05 (czw. 30 lip)"),
    "ro": ("joi 30 iul. 2026 14:30", "până la 13:05 (joi 30 iul.)"),
    "uk": ("чт 30 лип. 2026 14:30", "до 13:05 (чт 30 лип.)"),
    "de": ("Do. 30. Juli 2026 14:30", "bis 13:05 Uhr (Do. 30. Juli)"),
}
pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def written(kind: MessageKind, facts: dict[str, Any], language: str) -> str:
    return "\n".join(render(kind, facts, language=language, zone=LONDON))


def answer(outcome: str, language: str, **facts: Any) -> str:
    told = {"outcome": outcome, "open_offers": OFFERS, **facts}
    return written(MessageKind.ANSWER, told, language)


def ending_facts(of: str, status: str, why: str | None = None) -> dict[str, Any]:
    """Return the facts of an update that ends a message."""
    return {"of": of, "status": status, "why": why, "by": "Jo", "alert_id": 7}


def asked_in(template: str) -> set[str]:
    """Return the facts and the values that a template looks at."""
    tree = Environment(autoescape=True).parse(template)
    facts = {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "facts"
    }
    compared = {
        node.ops[0].expr.value
        for node in tree.find_all(nodes.Compare)
        if isinstance(node.ops[0].expr, nodes.Const)
    }
    return facts | {str(value) for value in compared}


def test_a_language_has_every_template(language: str) -> None:
    names = {kind.value for kind in MessageKind} | set(PARTS)
    assert {path.stem for path in (FOLDER / language).glob("*.txt")} == names


@pytest.mark.parametrize("name", [*(kind.value for kind in MessageKind), *PARTS])
def test_a_template_has_the_facts_and_conditions_of_the_english_one(
    language: str, name: str
) -> None:
    own, english = ((FOLDER / each / f"{name}.txt").read_text() for each in (language, "en"))
    assert asked_in(own) == asked_in(english)
    assert re.findall(r"{% .*?%}", own.replace(f'"{language}/', '"en/')) == re.findall(
        r"{% .*?%}", english
    )


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("facts", [{**BARE, **FACTS}, BARE], ids=["full", "bare"])
def test_a_message_is_whole(language: str, kind: MessageKind, facts: dict[str, Any]) -> None:
    subject, text = render(kind, facts, language=language, zone=LONDON, repeat=True)
    assert subject
    assert text
    assert not re.search(r"None|[{}]|  |\n\n\n", f"{subject}\n{text}")


def test_moments_are_written_as_people_write_them(language: str) -> None:
    text = written(MessageKind.OFFER, FACTS, language)
    for shown in MOMENTS[language]:
        assert shown in text
    date_only = written(MessageKind.OFFER, {**FACTS, "pickup_date_only": True}, language)
    assert f"{MOMENTS[language][0].removesuffix(' 14:30')}\n" in date_only


def test_a_regional_tag_is_served_in_its_language(language: str) -> None:
    regional = written(MessageKind.OFFER, FACTS, f"{language}-XX")
    assert regional == written(MessageKind.OFFER, FACTS, language)


def test_addresses_and_contact_come_after_yes_only(language: str) -> None:
    secrets = [FACTS[name] for name in KEPT_BACK]
    messages = [written(kind, {**BARE, **FACTS}, language) for kind in MessageKind]
    for kind, text in zip(MessageKind, messages, strict=True):
        for secret in secrets:
            assert (secret in text) is (kind in ONLY_AFTER_YES)
    for outcome in OUTCOMES:
        assert not any(secret in answer(outcome, language, **FACTS) for secret in secrets)


@pytest.mark.parametrize("kind", [MessageKind.OFFER, MessageKind.REMINDER, MessageKind.CHANGED])
def test_a_question_names_the_words_to_answer_with(language: str, kind: MessageKind) -> None:
    text = written(kind, FACTS, language)
    for verdict in (Verdict.YES, Verdict.NO):
        assert re.search(rf"\b{word_for(verdict, language)}\b", text)
    named = f"{word_for(Verdict.YES, language)} 34"
    assert named in text
    assert read_reply(named, language) == Reading(Verdict.YES, 34)


@pytest.mark.parametrize(
    ("outcome", "verdicts"),
    [
        (
            "help",
            [verdict for verdict in Verdict if verdict not in (Verdict.UNCLEAR, Verdict.HELP)],
        ),
        ("unrecognized_response", [Verdict.YES, Verdict.NO]),
        ("ambiguous_reply", [Verdict.YES]),
        ("confirm_drop", [Verdict.DROP]),
        ("opted_out", [Verdict.START]),
        ("off_duty", [Verdict.ON]),
    ],
)
def test_an_answer_names_the_words_that_go_on(
    language: str, outcome: str, verdicts: list[Verdict]
) -> None:
    text = answer(outcome, language)
    for verdict in verdicts:
        assert re.search(rf"\b{word_for(verdict, language)}\b", text), verdict


def test_every_word_in_capitals_is_one_that_is_understood(language: str) -> None:
    known = {w for said in WORDS[language].verdicts.values() for each in said for w in each.split()}
    emphasis = {"NOT", "NIE", "NU", "НЕ", "NICHT"}
    for outcome in OUTCOMES:
        for word in re.findall(r"\b[^\W\d_a-z]{2,}\b", answer(outcome, language)):
            if word.isupper():
                assert word in emphasis or word.casefold() in known, word


def test_the_duration_in_the_help_is_understood(language: str) -> None:
    off = word_for(Verdict.OFF, language)
    found = re.search(rf"{off} 2 ?[^\W\d_]+", answer("help", language))
    assert found is not None
    assert read_reply(found[0], language).duration is not None


def test_every_outcome_has_a_text_of_its_own(language: str) -> None:
    texts = {outcome: answer(outcome, language) for outcome in OUTCOMES}
    texts["asked_twice"] = answer("confirm_drop", language, said="DROP")
    texts["off_until"] = answer("off_duty", language, until=FACTS["answer_by"])
    texts["holding"] = answer("status", language, jobs=[{"job_id": 1, "reference": "VC8Y-3"}])
    assert len(set(texts.values())) == len(texts)


def test_every_withdrawal_and_alert_has_a_text_of_its_own(language: str) -> None:
    closed = {written(MessageKind.WITHDRAWN, {**FACTS, "why": w}, language) for w in WITHDRAWALS}
    assert len(closed) == len(WITHDRAWALS)
    for times in (1, 2):
        facts = {**FACTS, "driver": "Dave", "alert_id": 7, "times_said": times, "reason": "why so"}
        alerts = {written(MessageKind.ALERT, {**facts, "cause": c}, language) for c in AlertCause}
        assert len(alerts) == len(AlertCause)
        assert all("dispatch alerts ack 7" in text and "why so" in text for text in alerts)


def test_only_a_booking_says_that_the_job_is_theirs(language: str) -> None:
    booked = written(MessageKind.BOOKED, FACTS, language).casefold()
    assert any(word in booked for word in BOOKED[language])
    told = [answer(outcome, language) for outcome in OUTCOMES]
    told += [written(MessageKind.WITHDRAWN, {**FACTS, "why": w}, language) for w in WITHDRAWALS]
    told += [
        written(MessageKind.OFFER, FACTS, language),
        written(MessageKind.REMINDER, FACTS, language),
    ]
    for text in told:
        said = text.replace(DENIED.get(language, "-"), "").casefold()
        assert not any(word in said for word in BOOKED[language]), text


def test_every_ending_has_a_text_of_its_own(language: str) -> None:
    told = {
        ending: written(MessageKind.UPDATE, {**FACTS, **ending_facts(*ending)}, language)
        for ending in ENDINGS
    }
    assert len(set(told.values())) == len(ENDINGS)
    to_drivers = [text for ending, text in told.items() if ending[0] in ("offer", "booked")]
    for text in to_drivers:
        assert not any(word in text.casefold() for word in BOOKED[language]), text


def test_an_update_of_what_is_still_open_reads_as_the_message_does(language: str) -> None:
    facts = {**FACTS, **ending_facts("offer", "sent"), "open": True}
    assert written(MessageKind.UPDATE, facts, language) == written(
        MessageKind.OFFER, FACTS, language
    )


def test_a_repeat_says_that_it_is_one(language: str) -> None:
    for kind in (MessageKind.OFFER, MessageKind.BOOKED, MessageKind.REMINDER, MessageKind.CHANGED):
        once = render(kind, FACTS, language=language, zone=LONDON)
        again = render(kind, FACTS, language=language, zone=LONDON, repeat=True)
        assert once[0] == again[0]
        assert once[1] != again[1]


def test_nothing_is_left_in_english(language: str) -> None:
    if language == "en":
        return
    for kind in MessageKind:
        own, english = (
            set(written(kind, {**BARE, **FACTS}, each).splitlines()) for each in (language, "en")
        )
        shared = {line for line in own & english if line and FACTS["reference"] not in line}
        assert not shared
