"""What the chat says by itself: in every language of the house, within Telegram's limits."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from channels.telegram.words import REASONS, WORDS, Words, words_in
from core.domain import LANGUAGES, Verdict
from core.replies import read_reply
from core.reply_words import word_for


def test_every_language_of_the_house_has_its_words() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert words_in("pl-PL") is WORDS["pl"]
    assert words_in("xx") is words_in(None) is WORDS["en"]


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_labels_say_yes_and_no_and_nothing_is_left_empty(words: Words) -> None:
    assert "YES" in words.yes
    assert "NO" in words.no
    assert len(words.reasons) == len(REASONS)
    assert set(words.commands) == {"start", "on", "off", "jobs", "help", "stop"}
    for value in asdict(words).values():
        texts = value.values() if isinstance(value, dict) else value
        assert all(texts if not isinstance(value, str) else [value.strip()])
    assert len(words.unknown_button) <= 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_name_the_words_that_drivers_of_that_language_type(language: str) -> None:
    words = words_in(language)
    assert word_for(Verdict.YES, language) in words.yes
    assert word_for(Verdict.NO, language) in words.no


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", REASONS)
def test_a_pressed_reason_is_read_as_a_no_with_that_reason(language: str, reason: str) -> None:
    reading = read_reply(f"decline {reason}", language, reasons=True)
    assert (reading.verdict, reading.reason) == (Verdict.NO, reason)
