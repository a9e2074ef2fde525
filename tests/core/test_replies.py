"""What a driver's text means; above all that nothing is ever guessed to be a YES."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.domain import Verdict
from core.replies import VERDICT_WORDS, Reading, read_reply
from core.reply_words import WORDS

HOUR = timedelta(hours=1)
YES, NO, UNCLEAR = Verdict.YES, Verdict.NO, Verdict.UNCLEAR

PLAIN = [(word, verdict) for verdict, said in VERDICT_WORDS["en"].items() for word in said]


@pytest.mark.parametrize(("word", "verdict"), PLAIN)
@pytest.mark.parametrize("form", ["{}", " {} ", "{}.", "{}!", "{} please", "{}, thank you!"])
def test_every_word_is_read_plain_ended_and_polite(word: str, verdict: Verdict, form: str) -> None:
    assert read_reply(form.format(word)) == Reading(verdict)
    assert read_reply(form.format(word).upper()) == Reading(verdict)


def test_every_verdict_but_unclear_has_words() -> None:
    for words in VERDICT_WORDS.values():
        assert set(words) == set(Verdict) - {UNCLEAR}


def test_no_word_means_two_things() -> None:
    words = [word for word, _ in PLAIN] + list(WORDS["en"].polite)
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Yes, please", YES),
        ("yes,please", YES),
        ("ok yes", YES),
        ("👍🏽", YES),
        ("✅\ufe0f", YES),
        ("yes👍👍", YES),
        ("\uff39\uff25\uff33", YES),  # full width
        ("can\u2019t", NO),
        ("Unsubscribe", Verdict.STOP),
        ("END", Verdict.STOP),
        ("UNSTOP", Verdict.START),
        ("off duty", Verdict.OFF),
    ],
)
def test_other_ways_to_write_known_words(text: str, verdict: Verdict) -> None:
    assert read_reply(text) == Reading(verdict)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "!", "?", "34", "thanks", "please"),
        *("yes?", "yes ?", "y?", "👍?", "\uff1f yes", "yes!?", "yes?!", "yes?."),
        *("yes but 15:00", "yes 15:00", "no problem", "no worries", "not a problem", "ok no"),
        *("yes..", "yes!!", "yes\u2026", ", yes", "yes,", "yes,, please", "yes; no", "yes no"),
        *("yesterday", "noon", "yes\u200bplease", "y e s", "yes you", "thank yes you"),
        *("cancel", "CANCEL 34", "drop out", "on time", "offer", "stop it", "end of day"),
    ],
)
def test_anything_else_is_unclear(text: str) -> None:
    assert read_reply(text) == Reading(UNCLEAR)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("34 Y", Reading(YES, 34)),
        ("YES 34", Reading(YES, 34)),
        ("34y", Reading(YES, 34)),
        ("y34", Reading(YES, 34)),
        ("34 👍", Reading(YES, 34)),
        ("34👍", Reading(YES, 34)),
        ("yes, 34 please", Reading(YES, 34)),
        ("yes 30", Reading(YES, 30)),
        ("9999 yes", Reading(YES, 9999)),
        ("34 no thanks", Reading(NO, 34)),
        ("DROP 34", Reading(Verdict.DROP, 34)),
        ("34 drop.", Reading(Verdict.DROP, 34)),
    ],
)
def test_a_code_stands_beside_a_word(text: str, reading: Reading) -> None:
    assert read_reply(text) == reading


@pytest.mark.parametrize(
    "text",
    [
        *("YES 17", "17 yes", "yes 29", "yes 0", "yes 034", "yes 10000", "yes -34", "yes 34.5"),
        *("34 35 yes", "34 yes 34", "yes 34?", "yes 2pm", "yes 14:30", "yes \u0663\u0664"),
        *("STOP 34", "START 34", "ON 34", "OFF 34", "HELP 34", "STATUS 34", "yes 34 van"),
    ],
)
def test_other_numbers_are_unclear(text: str) -> None:
    assert read_reply(text) == Reading(UNCLEAR)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("OFF 2h", 2 * HOUR),
        ("off 30m", HOUR / 2),
        ("off 1h30m please", 1.5 * HOUR),
        ("off duty 1h 30m.", 1.5 * HOUR),
    ],
)
def test_off_may_say_for_how_long(text: str, duration: timedelta) -> None:
    assert read_reply(text) == Reading(Verdict.OFF, duration=duration)


@pytest.mark.parametrize("text", ["off 2", "off 0m", "off 1 0h", "off 900d", "off 2h?", "on 2h"])
def test_off_with_anything_else_is_unclear(text: str) -> None:
    assert read_reply(text) == Reading(UNCLEAR)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("NO van Broken", Reading(NO, reason="van Broken")),
        ("no, too far.", Reading(NO, reason="too far.")),
        ("No: busy", Reading(NO, reason="busy")),
        ("no - on holiday", Reading(NO, reason="on holiday")),
        ("Decline \u2013 MOT  today", Reading(NO, reason="MOT today")),
        ("can\u2019t, at the doctor", Reading(NO, reason="at the doctor")),
        ("no, problem with the van", Reading(NO, reason="problem with the van")),
        ("34 no too far", Reading(NO, 34, reason="too far")),
        ("no thanks", Reading(NO)),
        ("YES", Reading(YES)),
    ],
)
def test_mail_may_give_a_reason_after_no(text: str, reading: Reading) -> None:
    assert read_reply(text, reasons=True) == reading


@pytest.mark.parametrize(
    "text",
    [
        *("no problem", "No problem, see you there", "no, no problem", "no worries mate"),
        *("no bother", "not a problem", "no trouble at all", "can't wait", "no one else about"),
        *("no-one else", "no longer free", "no way", "no but ask me tomorrow", "no I'll do it"),
        *(
            "no, yes I will",
            "no, 👍 then",
            "no ok then",
            "no? too far",
            "no can somebody else?",
            "no 40 miles",
        ),
        *("17 no too far", "nothing", "noon is fine", "yes but late", "nowhere near", "no ..."),
    ],
)
def test_what_merely_starts_with_no_is_no_refusal(text: str) -> None:
    assert read_reply(text, reasons=True) == Reading(UNCLEAR)


def test_a_reason_is_taken_only_where_asked_for() -> None:
    assert read_reply("NO van broken") == Reading(UNCLEAR)


def test_an_unknown_language_is_read_as_english() -> None:
    assert read_reply("yes", "tlh") == Reading(YES)


PARTS = st.sampled_from(
    ["yes", "no", "ok", "34", "17", "please", ",", ".", "!", "?", "👍", " ", "y"]
)
TEXTS = st.text() | st.lists(PARTS).map("".join) | st.lists(PARTS).map(" ".join)


@given(TEXTS, TEXTS, st.booleans())
def test_a_text_that_asks_is_never_an_answer(before: str, after: str, reasons: bool) -> None:
    assert read_reply(f"{before}?{after}", reasons=reasons) == Reading(UNCLEAR)


@given(TEXTS, st.text(st.characters(categories=["Ll", "Lu"]), min_size=2), TEXTS, st.booleans())
@example("yes", "but", "15:00", True)
def test_a_text_with_an_unknown_word_is_never_yes(
    before: str, unknown: str, after: str, reasons: bool
) -> None:
    assume(read_reply(unknown).verdict is UNCLEAR)
    assume(unknown.casefold() not in {*WORDS["en"].polite, "thank", "you"})
    reading = read_reply(f"{before} {unknown} {after}", reasons=reasons)
    assert reading.verdict is not YES


@given(TEXTS, st.booleans())
def test_any_text_is_read_without_an_error(text: str, reasons: bool) -> None:
    reading = read_reply(text, reasons=reasons)
    assert reading.code is None or 30 <= reading.code <= 9999
    assert reading.reason is None or reading.verdict is NO
