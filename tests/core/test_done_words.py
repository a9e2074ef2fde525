"""What drivers write when a job is delivered."""

from __future__ import annotations

import pytest

from core.domain import LANGUAGES, Verdict
from core.done_words import WORDS, SaysDone, done_word, read_done
from core.replies import read_reply


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_understood_and_is_no_verdict(language: str) -> None:
    for word in WORDS[language]:
        assert read_done(f" {word.upper()}!", language) == SaysDone()
        assert read_done(f"{word} 34", language) == SaysDone(34)
        assert read_done(f"34 {word}", language) == SaysDone(34)
        assert read_reply(word, language, reasons=True).verdict is Verdict.UNCLEAR
    assert read_done(done_word(language), language) == SaysDone()


@pytest.mark.parametrize(
    "text",
    ["", "done?", "not done", "nearly done", "undelivered", "delivered late", "done 1",
     "34 done 35", "gotowe", "delivered to the wrong house"],
)  # fmt: skip
def test_anything_else_is_not_done(text: str) -> None:
    assert read_done(text, "en") is None
