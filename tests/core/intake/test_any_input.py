"""Whatever comes in: nothing is raised, the same input means the same, and it is done soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake import cancellation_of
from tests.core.intake.told import file, read

PIECES = (
    *("Ref: ", "From: ", "To: ", " to ", "tomorrow", "2pm", "-", "29", "Jan", "2027", ":", "\n"),
    *("\n\n", "---", "VC8Y-4", "Leeds", "York", ",", "(", ")", "£250", "van", "  ", "\t", "next "),
    *("between", " and ", "Tuesday", "1430", "{", "}", "[", "]", '"', "<table>", "<tr>", "<td>"),
    *("ż", "\x00", "\ud800", "14:30", "2-4pm", "at ", "31/02/2027", "Kind regards", "Notes:"),
    *("Pickup:", "=", "|", ";", "0", "99:99", "ASAP", "*", "'27", "\u202e", "\u2028", "</td>"),
)
messy = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
SECONDS = 5.0


@settings(max_examples=150, deadline=None)
@given(text=messy | st.text(), html=messy | st.just(""), subject=messy)
def test_any_text_is_read_the_same_twice(text: str, html: str, subject: str) -> None:
    first = read(text, html=html, subject=subject)
    assert first == read(text, html=html, subject=subject)
    cancellation_of(subject)


@settings(max_examples=100, deadline=None)
@given(
    payload=st.binary(max_size=300) | messy.map(lambda text: text.encode("utf-8", "replace")),
    ending=st.sampled_from(("csv", "tsv", "xlsx", "json", "txt")),
)
def test_any_file_is_read_or_named_as_unread(payload: bytes, ending: str) -> None:
    found = read(files=[file(f"jobs.{ending}", payload)])
    assert ending == "txt" or found.readings or found.unread


@given(text=messy)
def test_what_is_understood_has_no_unseen_characters(text: str) -> None:
    for reading in read(text).readings:
        shown = "".join(field.understood for field in reading.fields)
        assert not set(shown) & {"\x00", "\ud800", "\u202e"}


ENDLESS = (
    *("a", ":", "To: ", "\n", "x to y ", "1", "From: a\n", "Foo: a\n", "b: ", "a\tb\t", "- "),
    *("[", '{"a":', "2-", "Ref: a1\nFrom: x\n"),
    "VC8Y-4 Leeds to York tomorrow 2pm, van please\n",
)
DEEP = ("<table>", "<table><tr><td>", "<div>", "<tr><td>From<td>x", "<b>")


@pytest.mark.parametrize("piece", ENDLESS)
def test_a_megabyte_of_anything_is_done_in_seconds(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    began = time.process_time()
    read(text)
    read("From: Leeds\nTo: York\n" + text[:200_000], subject=text, files=[file("a.csv", text)])
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    "piece", ["<table>", "<table><tr><td>", "<div>", "<tr><td>From<td>x", "<b>"]
)
def test_deep_or_endless_html_is_done_in_seconds(piece: str) -> None:
    began = time.process_time()
    read(html=piece * (19_000 // piece.count("<")))
    read(html=piece * (900_000 // len(piece)))
    assert time.process_time() - began < SECONDS
