"""What updates mean: words, commands, presses, contacts, photos, and nonsense."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.pressing import Act, data_of, prompt_text
from channels.telegram.reading import Described, read_update
from core.channel import (
    Decision,
    Done,
    Ignored,
    Incoming,
    Link,
    OwnPhone,
    Reachable,
    Reply,
)
from tests.channels.telegram.updates import BOT, CHAT, DAN, message, offered, pressed, update

TEXT = {"chat": 1001, "message": 5}


def press(data: str) -> dict[str, Any]:
    return {"callback": "77", "data": data, "chat": 1001, "message": 9}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("34 YES", "34 YES"),
        ("yes but 15:00", "yes but 15:00"),
        ("/on", "ON"),
        ("/off", "OFF"),
        ("/off 2h", "OFF 2h"),
        ("/OFF@my_bot 2h", "OFF 2h"),
        ("/jobs", "STATUS"),
        ("/status VC8Y-3", "STATUS VC8Y-3"),
        ("/help", "HELP"),
        ("/stop", "STOP"),
        ("/start", "START"),
        ("/start of something", "START"),
        ("/jops", "HELP"),
        ("/on and on", "ON"),
        ("/ yes", "/ yes"),
    ],
)
def test_text_is_kept_as_written_and_commands_stand_for_words(text: str, words: str) -> None:
    assert read_update(message(text=text)) == Reply("1001", words, name="Dan Driver", context=TEXT)


def test_a_deep_link_brings_its_token() -> None:
    token = "Zm9vYmFyYmF6cXV4_-12"
    meant = read_update(message(text=f"/start {token}"))
    assert meant == Link("1001", token, "Dan Driver", TEXT)


def test_new_is_to_be_read_as_of_when_it_was_sent() -> None:
    meant = read_update(message(text="/new Leeds to York\ntomorrow 2pm"))
    assert isinstance(meant, Described)
    assert meant.text == "Leeds to York\ntomorrow 2pm"
    assert meant.sent is not None
    assert meant.sent.isoformat() == "2026-01-30T12:30:00+00:00"


@pytest.mark.parametrize(
    ("data", "meant"),
    [
        ("y:12", Reply("1001", "yes", 12, name="Dan Driver", context=press("y:12"))),
        ("n:12", Reply("1001", "decline", 12, name="Dan Driver", context=press("n:12"))),
        ("d:12", Reply("1001", "drop", 12, name="Dan Driver", context=press("d:12"))),
        (
            "r:12:0",
            Reply("1001", "decline too far", 12, name="Dan Driver", context=press("r:12:0")),
        ),
        ("f:12", Done("1001", 12, context=press("f:12"))),
        ("a:3:2", Decision("1001", "approve", 3, version=2, context=press("a:3:2"))),
        ("o:3:2", Decision("1001", "approve_and_offer", 3, version=2, context=press("o:3:2"))),
        ("j:3:2", Decision("1001", "reject", 3, version=2, context=press("j:3:2"))),
        ("k:8", Decision("1001", "acknowledge", alert_id=8, context=press("k:8"))),
        ("g:8:3", Decision("1001", "ask_again", 3, 8, context=press("g:8:3"))),
        ("c:8:3", Decision("1001", "choose_driver", 3, 8, context=press("c:8:3"))),
        ("s:8:3:5", Decision("1001", "assign", 3, 8, 5, context=press("s:8:3:5"))),
        ("s:0:3:5", Decision("1001", "assign", 3, None, 5, context=press("s:0:3:5"))),
        ("z:8:3", Decision("1001", "cancel", 3, 8, context=press("z:8:3"))),
    ],
)
def test_each_button_says_what_it_stands_for(data: str, meant: Incoming) -> None:
    assert read_update(pressed(data)) == meant


@pytest.mark.parametrize(
    "data",
    ["", "y", "y:", "y:x", "y:1:2", "y:-1", "q:1", "r:12:99", "y:01", "a:1", "y:" + "9" * 40],
)
def test_forged_data_means_nothing(data: str) -> None:
    assert isinstance(read_update(pressed(data)), Ignored)


@pytest.mark.parametrize("act", [Act.ASK_REASON, Act.BACK])
def test_buttons_that_show_other_buttons_decide_nothing(act: Act) -> None:
    assert isinstance(read_update(pressed(data_of(act, 3, 2))), Ignored)


def test_all_data_of_ours_fits_a_button_and_is_read_again() -> None:
    largest = 10**18 - 1
    for count in (1, 2, 3):
        assert len(data_of(Act.ASSIGN, *[largest] * count)) <= 64


def test_a_reason_is_taken_from_the_answer_to_our_question() -> None:
    asked = {"message_id": 4, "from": BOT, "chat": CHAT, "text": prompt_text(3, 2, "Why?")}
    meant = read_update(message(text="no such van\n", reply_to_message=asked))
    expected = Decision("1001", "reject", 3, reason="no such van", version=2, context=TEXT)
    assert meant == expected


@pytest.mark.parametrize(
    "asked",
    [
        {"from": BOT, "text": "Job offer\n✍️ #3.2"},
        {"from": BOT, "text": "✍️ #3.2: closed\nWhy?"},
        {"from": DAN, "text": prompt_text(3, 2, "Why?")},
        {"text": prompt_text(3, 2, "Why?")},
    ],
)
def test_nothing_but_our_own_question_makes_words_a_rejection(asked: dict[str, Any]) -> None:
    meant = read_update(message(text="too cheap", reply_to_message=asked))
    assert isinstance(meant, Reply)


def test_words_below_an_offer_are_about_that_offer() -> None:
    meant = read_update(message(text="YES", reply_to_message=offered("y:12", "n:12")))
    assert meant == Reply("1001", "YES", 12, name="Dan Driver", context=TEXT)


def test_an_own_contact_proves_the_number_and_another_s_does_not() -> None:
    own = {"phone_number": "447700900001", "first_name": "Dan", "user_id": 1001}
    assert read_update(message(contact=own)) == OwnPhone(
        "1001", "+447700900001", "Dan Driver", TEXT
    )
    for other in ({**own, "user_id": 1002}, {"phone_number": "447700900001"}):
        assert isinstance(read_update(message(contact=other)), Ignored)


def test_a_photo_is_proof_of_delivery_with_what_is_written_below_it() -> None:
    sizes = [{"file_id": "small"}, {"file_id": "large"}]
    meant = read_update(
        message(photo=sizes, caption=" signed ", reply_to_message=offered("f:12", "d:12"))
    )
    assert meant == Done("1001", 12, {"telegram_photo": "large"}, "signed", TEXT)


def test_blocking_and_coming_back_tell_whether_somebody_can_be_reached() -> None:
    def membership(status: str, kind: str = "private") -> bytes:
        chat = {**CHAT, "type": kind}
        return update(my_chat_member={"chat": chat, "new_chat_member": {"status": status}})

    left = read_update(membership("kicked"))
    assert left == Reachable("1001", reachable=False, reason="the bot was blocked")
    assert read_update(membership("member")) == Reachable("1001", reachable=True)
    assert isinstance(read_update(membership("member", "group")), Ignored)


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_only_private_chats_count(kind: str) -> None:
    group = {"id": -5, "type": kind}
    assert isinstance(read_update(message(chat=group, text="YES")), Ignored)
    below = {"message_id": 9, "chat": group}
    assert isinstance(read_update(pressed("y:12", message=below)), Ignored)


def test_an_edited_message_is_not_a_second_answer() -> None:
    said = {"message_id": 5, "from": DAN, "chat": CHAT, "text": "YES"}
    assert isinstance(read_update(update(edited_message=said)), Ignored)


def test_what_no_database_keeps_is_replaced() -> None:
    meant = read_update(message(text="a\x00b\ud800c\r\nd"))
    assert isinstance(meant, Reply)
    assert meant.text == "a\ufffdb\ufffdc\nd"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
KNOWN_KEYS = (
    *("id", "from", "chat", "type", "text", "data", "message", "message_id", "contact", "photo"),
    *("phone_number", "user_id", "reply_to_message", "reply_markup", "inline_keyboard", "date"),
    *("new_chat_member", "status", "caption", "is_bot", "first_name", "file_id", "callback_data"),
)
ODD = st.recursive(
    ANYTHING | st.sampled_from(("private", "kicked", "y:1", "/new", "/start", "✍️ #1.1", 1001)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN_KEYS), inner, max_size=6)
    ),
    max_leaves=12,
)
KINDS = st.sampled_from(("message", "callback_query", "my_chat_member", "edited_message"))


@given(KINDS, ODD)
def test_reading_never_fails_whatever_an_update_holds(kind: str, body: object) -> None:
    raw = json.dumps({"update_id": 1, kind: body}).encode()
    assert read_update(raw) == read_update(raw)


@given(st.dictionaries(st.sampled_from(KNOWN_KEYS), ODD, max_size=6))
def test_reading_never_fails_on_an_odd_message_of_a_real_person(odd: dict[str, object]) -> None:
    assert read_update(message(**odd)) is not None
    assert read_update(pressed("y:1", **odd)) is not None


@given(st.binary(max_size=60))
def test_reading_never_fails_on_bytes(raw: bytes) -> None:
    assert isinstance(read_update(raw), Ignored)
