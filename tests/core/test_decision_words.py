"""What coordinators write: whole known words decide, anything else decides nothing."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from core.decision_words import WORDS, Asks, word_for
from core.decision_words.page import decision_words_page
from core.decision_words.reading import Asked, read_decision
from core.domain import LANGUAGES


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("APPROVE", Asked(Asks.APPROVE)),
        ("approve.", Asked(Asks.APPROVE)),
        ("Approve, please", Asked(Asks.APPROVE)),
        ("\n  Approved!\n\nJo\nDispatch", Asked(Asks.APPROVE)),
        ("APPROVE AND OFFER", Asked(Asks.APPROVE_AND_OFFER)),
        ("approve  and offer thanks", Asked(Asks.APPROVE_AND_OFFER)),
        ("Approve VC8Y-3", Asked(Asks.APPROVE, "VC8Y-3")),
        ("approve and offer VC8Y-3.", Asked(Asks.APPROVE_AND_OFFER, "VC8Y-3")),
        ("REJECT too cheap", Asked(Asks.REJECT, "too cheap")),
        ("Reject: VC8Y-3 too cheap", Asked(Asks.REJECT, "VC8Y-3 too cheap")),
        ("CANCEL", Asked(Asks.CANCEL)),
        ("cancel - customer rang", Asked(Asks.CANCEL, "customer rang")),
        ("STATUS", Asked(Asks.STATUS)),
        ("status VC8Y-3", Asked(Asks.STATUS, "VC8Y-3")),
        ("Seen, thanks", Asked(Asks.ACKNOWLEDGE)),
        ("ask again", Asked(Asks.ASK_AGAIN)),
    ],
)
def test_a_known_word_at_the_start_decides(text: str, asked: Asked) -> None:
    assert read_decision(text, "en") == asked


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?", "approve?", "Approve or reject?", "approve but change the pay",
        "approve if the van is big enough", "don't approve", "do not cancel", "cannot approve",
        "I approve", "approving", "please approve this one when you can", "cancel not needed",
        "cancel, approve instead", "reject or approve", "CANCEL? no", "disapprove", "approve-ish",
        "> APPROVE", "yes", "ok", "go ahead", "approve & reject", "cancel later",
        "cancel that one?", "offer it to Dave",
    ],
)  # fmt: skip
def test_anything_else_decides_nothing(text: str) -> None:
    assert read_decision(text, "en") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_language_and_of_english_is_understood(language: str) -> None:
    for words in (WORDS[language], WORDS["en"]):
        for asks, said in words.actions.items():
            for word in said:
                assert read_decision(word.upper(), language) == Asked(asks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_means_two_things(language: str) -> None:
    for one, other in combinations(WORDS[language].actions.values(), 2):
        assert not set(one) & set(other)
    assert {asks: word_for(asks, language) for asks in Asks}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("nie zatwierdzam", "pl"), ("anuluj nie trzeba", "pl"), ("nu aprob", "ro"),
        ("не погоджую", "uk"), ("nicht freigeben", "de"), ("stornieren nicht nötig", "de"),
        ("freigeben, falls der Preis stimmt", "de"), ("zatwierdź", "de"),
    ],
)  # fmt: skip
def test_a_denial_or_a_foreign_word_decides_nothing(text: str, language: str) -> None:
    assert read_decision(text, language) is None


def test_the_docs_list_the_words() -> None:
    page = Path(__file__).parents[2] / "docs" / "decision-words.md"
    assert page.read_text() == decision_words_page(), (
        "print it anew: write decision_words_page() of core.decision_words.page there"
    )
