"""Messages are escaped whole and never longer than Telegram takes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat_server.formatting import read_html
from channels.telegram.markup import (
    LONGEST,
    LONGEST_POP_UP,
    message_html,
    pieces_html,
    pop_up,
    shortened,
    units,
)

LONG = st.builds(
    lambda text, times: text * times,
    st.text(alphabet="a\n<&>👍", max_size=12),
    st.integers(1, 2_000),
)
WILD = st.text(max_size=60) | LONG


@settings(deadline=None)
@given(WILD, WILD)
def test_any_text_becomes_a_message_that_telegram_takes(subject: str, text: str) -> None:
    for html in (message_html(subject, text), *pieces_html(subject, text)):
        said = read_html(html)
        assert 0 < units(said.text) <= LONGEST


@settings(deadline=None)
@given(WILD, WILD)
def test_any_text_fits_a_pop_up(subject: str, text: str) -> None:
    assert 0 < units(pop_up(subject, text)) <= LONGEST_POP_UP


def test_the_subject_is_bold_and_markup_of_others_is_shown_as_typed() -> None:
    html = message_html("Job <A&B>", "Notes: <b>bold?</b>")
    assert html == "<b>Job &lt;A&amp;B&gt;</b>\n\nNotes: &lt;b&gt;bold?&lt;/b&gt;"


def test_long_notes_are_cut_and_the_line_that_says_how_to_answer_stays() -> None:
    html = message_html("Job", f"From: Leeds\nNotes: {'very long ' * 2_000}\nAnswer YES or NO.")
    assert html.endswith("…\nAnswer YES or NO.")
    assert "From: Leeds" in html


def test_what_fits_is_left_alone() -> None:
    assert shortened("a\nb", 3) == "a\nb"


def test_many_lines_go_into_several_messages_with_none_lost() -> None:
    lines = [f"line {number} {'x' * 40}" for number in range(400)]
    pieces = pieces_html("Receipt", "\n".join(lines))
    assert len(pieces) > 1
    assert "\n".join(pieces).count("line ") == 400
