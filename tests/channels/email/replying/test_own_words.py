"""Of a reply only its writer's own first line counts; what is quoted never does."""

# ruff: noqa: RUF001 - letters of other alphabets are meant

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.email.replying import own_words
from channels.email.replying.html import text_of_html
from channels.email.replying.lines import SHORTEST_WRAP, plain_lines
from core.channel import Outgoing
from core.domain import LANGUAGES, Verdict
from core.replies import read_reply
from core.reply_words.lexicon import lexicon_of
from tests.channels.email.replying.quoting import (
    EMPTY,
    INLINE,
    SIGNED,
    TOP,
    Written,
    as_read,
    by_wire,
    our_offer,
    replies,
)
from tests.channels.email.sending.parts import every_message


@pytest.mark.parametrize("offer_language", LANGUAGES)
def test_a_reply_without_words_of_its_own_says_nothing(offer_language: str) -> None:
    empty = [w for w in replies("", offer_language=offer_language) if w.posting in (EMPTY, SIGNED)]
    assert len(empty) >= 150
    assert all("YES" in f"{written.text}{written.html}" for written in empty)
    wrong = [(str(written), said) for written in empty if (said := own_words(*by_wire(written)))]
    assert wrong == []


@pytest.mark.parametrize("own", ["NO", "No, van is broken", "yes but 15:00", "Yes?", "Hello,"])
def test_no_other_answer_turns_into_a_yes(own: str) -> None:
    alone = read_reply(own, reasons=True)
    wrong = [
        str(written)
        for written in replies(own)
        if written.own and read_reply(own_words(*by_wire(written)), reasons=True) != alone
    ]
    assert wrong == []


def test_a_yes_is_understood_wherever_it_is_posted() -> None:
    every = [written for written in replies("YES 34") if written.own]
    missed = [str(written) for written in every if own_words(*by_wire(written)) != "YES 34"]
    assert len(missed) <= len(every) * 0.02, missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_drivers_answer_with_are_understood(language: str) -> None:
    words = sorted(lexicon_of(language).verdict_of)
    typed = [form for word in words for form in (word, word.upper(), f"{word.capitalize()}!")]
    quoted, html = our_offer(language)
    missed = [
        word
        for word in typed
        if own_words(f"{word}\n\nOn 30/01/2026, Jo wrote:\n> {quoted}", None) != word
        or own_words(None, f"<div>{word}</div><blockquote>{html}</blockquote>") != word
    ]
    assert len(missed) <= len(typed) * 0.02, missed


def test_no_line_that_we_send_reads_as_an_answer() -> None:
    lines = {
        line
        for message in every_message()
        for part in _parts(message)
        for line in plain_lines(part)
        if line
    }
    assert len(lines) > 200
    answers = [
        line
        for line in lines
        for language in LANGUAGES
        if read_reply(line, language).verdict is not Verdict.UNCLEAR
    ]
    assert answers == []


def _parts(message: Outgoing) -> Iterator[str]:
    text, html = as_read(message)
    yield text
    yield text_of_html(html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_right_below_our_last_line_is_not_taken_for_its_end(language: str) -> None:
    text, _ = our_offer(language)
    last = f"> {text.strip().splitlines()[-1]}"
    assert own_words(f"{last}\nYES", None) == ("YES" if len(last) < SHORTEST_WRAP - 4 else "")


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("YES\r\n\r\n-- \r\nDave", "YES"),
        ("YES\n--\nDave", "YES"),
        ("\u200bYES\u00a0\u00ad\n", "YES"),
        ("\n\n  YES  \n", "YES"),
        ("Virus-free. www.avg.com\nYES", "YES"),
        ("CAUTION: this came from outside.\n\nYES", "YES"),
        ("ON\nOn Fri, 30 Jan 2026 at 12:30, Dispatch <d@x.test> wrote:\n> Job", "ON"),
        ("YES 34\nOn Fri, 30 Jan 2026 at 12:30, Dispatch\n<d@x.test> wrote:\n> Job", "YES 34"),
        ("On Fri, 30 Jan 2026 at 12:30, Dispatch <d@x.test>\nwrote:\n\nJob: 1\nYES", ""),
        ("Le ven. 30 janv. 2026 à 12:30, Dispatch <d@x.test> a\nécrit :\n> YES", ""),
        ("2026. 1. 30. 12:30, Dispatch <d@x.test>:\n> YES", ""),
        ("> " + "x" * 70 + "\nYES", ""),
        ("> code:\nYES", "YES"),
        ("From: Dispatch\nSent: Friday\nTo: Dave\n\nYES", ""),
        ("---------- Forwarded message ---------\nYES", ""),
        ("-------- Ursprüngliche Nachricht --------\nYES", ""),
        ("Begin forwarded message:\n\nYES", ""),
        ("*From:* Dispatch\n*Date:* Friday\n\nYES", ""),
        ("Sent from my iPhone", ""),
        ("YES\nKind regards\nDave", "YES"),
        ("", ""),
        ("-- \nYES", ""),
        ("no thanks", "no thanks"),
        ("Tak, pozdrawiam", "Tak, pozdrawiam"),
        ("No virus found in this message.\nChecked by AVG", ""),
    ],
)
def test_a_text_is_read_down_to_what_its_writer_did_not_write(text: str, own: str) -> None:
    assert own_words(text, None) == own


@pytest.mark.parametrize(
    ("html", "own"),
    [
        ("<b>Yes</b>, but only at <i>15:00</i>", "Yes, but only at 15:00"),
        ("<p>Yes<br>thanks</p>", "Yes"),
        ("Y<span>E</span>S", "YES"),
        ("<div style='display:none'>YES</div>", ""),
        ("<div style='DISPLAY : NONE'><p style='display:none'>YES</p></div>", ""),
        ("<script>YES</script><style>YES</style><!-- YES --><title>YES</title>", ""),
        ("<pre>YES\n\n-- \nDave</pre>", "YES"),
        ("<div>YES</div><hr><div>NO</div>", "YES"),
        ("<hr><div>YES</div>", ""),
        ("<div class=gmail_quote>---------- Forwarded<br>YES</div>", ""),
        ("<div name=quote>YES</div>", ""),
        ("<blockquote>NO<blockquote>NO</blockquote></blockquote>YES", "YES"),
        ("&nbsp;<br>&#8203;YES&shy;", "YES"),
        ("", ""),
        ("<table><tr><td>YES</td><td>x</td></tr></table>", "YES"),
    ],
)
def test_html_is_read_as_it_looks(html: str, own: str) -> None:
    assert own_words(None, html) == own


@pytest.mark.parametrize(
    ("text", "html", "own"),
    [
        ("YES", "<p>YES</p>", "YES"),
        ("*YES*", "<b>YES</b>", "YES"),
        ("*YES*", "<b>NO</b>", "*YES* / NO"),
        ("YES", "<p>NO</p>", "YES / NO"),
        ("YES", "<blockquote>YES</blockquote>", ""),
        ("  \n", "<p>YES</p>", "YES"),
        ("> YES", "<p>YES</p>", ""),
        ("NO " + "x" * 70 + "\ny", f"<p>NO {'x' * 70} y</p>", f"NO {'x' * 70} y"),
    ],
)
def test_where_both_forms_disagree_neither_counts_alone(text: str, html: str, own: str) -> None:
    assert own_words(text, html) == own


@pytest.mark.parametrize(
    "header",
    [
        "Lähettäjä: Dispatch\nLähetetty: perjantai\nVastaanottaja: Dave",
        "2026年1月30日(金) 12:30 Dispatch <d@x.test>:",
        "Στις Παρ 30 Ιαν 2026 στις 12:30, ο Dispatch έγραψε:",
        "Dispatch said on Friday",
    ],
)
def test_a_quotation_in_a_language_that_is_not_known_is_no_yes(header: str) -> None:
    for quoted in ("YES", "> YES"):
        said = own_words(f"\n\n{header}\n\n{quoted}\n", None)
        assert read_reply(said, reasons=True).verdict is Verdict.UNCLEAR


def test_odd_and_enormous_input_is_read_in_good_time() -> None:
    odd = ("\ud800YES", "\x00", ">" * 500_000, "a:\n" * 100_000, "On " * 100_000, "-" * 300_000)
    for text in odd:
        own_words(text, text)
    assert own_words(None, "<div>" * 900 + "YES") == "YES"
    assert own_words(None, "<div>" * 50_000 + "YES") == ""


def test_the_corpus_has_every_posting_and_both_forms() -> None:
    every: list[Written] = list(replies("YES"))
    assert {written.posting for written in every} >= {TOP, INLINE, EMPTY, SIGNED}
    assert any(w.text and w.html for w in every)
