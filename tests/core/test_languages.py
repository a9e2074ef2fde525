"""Every language keeps to the same rules: its words clash with nothing, its page is true."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.domain import LANGUAGES, Verdict, language_of
from core.replies import Reading, read_reply
from core.reply_words import WORDS, spoken_with, word_for
from core.reply_words.lexicon import lexicon_of
from core.reply_words.page import words_page
from core.texts.calendar import CALENDARS

DOCS = Path(__file__).parents[2] / "docs"
OPPOSED = (Verdict.YES, Verdict.NO)
SAID = [
    (language, verdict, word)
    for language, words in WORDS.items()
    for verdict, said in words.verdicts.items()
    for word in words.spellings(said)
]


def test_every_language_has_words_and_a_calendar() -> None:
    assert set(WORDS) == set(LANGUAGES) == set(CALENDARS)
    for calendar in CALENDARS.values():
        assert (len(set(calendar.days)), len(set(calendar.months))) == (7, 12)
        assert not set(calendar.days) & set(calendar.months)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *(("pl", "pl"), ("en-GB", "en"), ("PL-pl", "pl"), ("de_AT", "de"), (" uk ", "uk")),
        *((None, None), ("", None), ("tlh", None), ("english", None), ("../en", None)),
    ],
)
def test_a_tag_is_read_as_its_language(tag: str | None, language: str | None) -> None:
    assert language_of(tag) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_means_two_things_to_one_driver(language: str) -> None:
    meant: dict[str, Verdict | None] = {}
    left_out = {word for words in spoken_with(language) for word in words.not_english}
    for words in spoken_with(language):
        for verdict, said in [*words.verdicts.items(), (None, words.polite)]:
            for word in words.spellings(said):
                if word not in left_out:
                    assert meant.setdefault(word, verdict) is verdict, word


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_kept_folded(language: str) -> None:
    words = WORDS[language]
    said = [word for group in words.verdicts.values() for word in group]
    everything = [*said, *words.polite, *words.reason_after, *words.not_a_no, *words.reassuring]
    for word in words.spellings(everything):
        assert word == unicodedata.normalize("NFKC", word.casefold()).strip()
    assert len(said) == len(set(said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_follows_words_that_mean_no(language: str) -> None:
    words = WORDS[language]
    assert set(words.reason_after) <= set(words.verdicts[Verdict.NO])


@pytest.mark.parametrize(("language", "verdict", "word"), SAID)
def test_every_word_is_read_in_every_spelling(language: str, verdict: Verdict, word: str) -> None:
    polite = WORDS[language].polite[0]
    for text in (word, word.upper(), f"{word}.", f"{word}!", f"{word} {polite}", f"{word}, thanks"):
        assert read_reply(text, language) == Reading(verdict), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", [Verdict.YES, Verdict.NO, Verdict.DROP])
def test_the_word_that_texts_name_is_read_with_a_code(language: str, verdict: Verdict) -> None:
    named = word_for(verdict, language)
    for text in (f"{named} 34", f"34 {named}", f"34{named}"):
        if " " not in named:
            assert read_reply(text, language) == Reading(verdict, 34)


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_is_understood_by_everyone(language: str) -> None:
    left_out = WORDS[language].not_english
    for verdict, said in WORDS["en"].verdicts.items():
        for word in said:
            expected = Verdict.UNCLEAR if word in left_out else verdict
            assert read_reply(word, language) == Reading(expected), word


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", [Verdict.YES, Verdict.NO, Verdict.DROP])
def test_what_a_button_says_means_the_same_everywhere(language: str, verdict: Verdict) -> None:
    pressed = {Verdict.YES: "yes", Verdict.NO: "decline", Verdict.DROP: "drop"}[verdict]
    assert read_reply(pressed, language) == Reading(verdict)


def test_the_page_of_words_is_printed_from_the_data() -> None:
    assert (DOCS / "words.md").read_text() == words_page(), (
        'python -c "from core.reply_words.page import words_page as w; print(w(), end=str())"'
        " > docs/words.md"
    )


LANGUAGE = st.sampled_from(list(LANGUAGES))
ALL_WORDS = sorted({word for _, _, word in SAID} | {p for w in WORDS.values() for p in w.polite})
PARTS = st.sampled_from([*ALL_WORDS, "34", "17", ",", ".", "!", "\n"])
TEXTS = st.text(max_size=20) | st.lists(PARTS, max_size=4).map(" ".join)


@given(LANGUAGE, TEXTS, TEXTS, st.booleans())
def test_a_text_that_asks_is_never_an_answer(
    language: str, before: str, after: str, reasons: bool
) -> None:
    assert read_reply(f"{before}?{after}", language, reasons=reasons) == Reading(Verdict.UNCLEAR)


@given(LANGUAGE, TEXTS, st.text(st.characters(categories=["Ll", "Lu"]), min_size=2), TEXTS)
def test_a_text_with_an_unknown_word_is_never_yes(
    language: str, before: str, unknown: str, after: str
) -> None:
    lexicon = lexicon_of(language)
    known = {part for word in (*lexicon.verdict_of, *lexicon.polite) for part in word.split()}
    assume(unicodedata.normalize("NFKC", unknown.casefold()) not in known)
    for reasons in (False, True):
        reading = read_reply(f"{before} {unknown} {after}", language, reasons=reasons)
        assert reading.verdict is not Verdict.YES


@given(LANGUAGE, st.data(), st.sampled_from([" ", ", ", "\n", " 34 "]))
def test_words_of_two_verdicts_are_never_an_answer(
    language: str, data: st.DataObject, between: str
) -> None:
    meant = lexicon_of(language).verdict_of
    first = data.draw(st.sampled_from(sorted(w for w, v in meant.items() if v is Verdict.YES)))
    others = sorted(w for w, v in meant.items() if v is not Verdict.YES)
    second = data.draw(st.sampled_from(others))
    for text in (f"{first}{between}{second}", f"{second}{between}{first}"):
        assume(" ".join(text.split()) not in meant)
        for reasons in (False, True):
            assert read_reply(text, language, reasons=reasons).verdict is Verdict.UNCLEAR


@given(LANGUAGE, st.text(max_size=60) | st.lists(PARTS).map(" ".join), st.booleans())
def test_any_text_is_read_without_an_error(language: str, text: str, reasons: bool) -> None:
    reading = read_reply(text, language, reasons=reasons)
    assert reading.code is None or 30 <= reading.code <= 9999
    assert reading.reason is None or reading.verdict is Verdict.NO
