"""What a bot may send, and how the server refuses the rest: in the real one's words."""

from __future__ import annotations

import httpx
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
)

from bot.chat_server import ChatServer, Limits, NotThereError, Person

ANSWERS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("✅ YES", callback_data="y:1")],
        [InlineKeyboardButton("❌ NO", callback_data="n:1")],
    ]
)


async def test_a_message_arrives_as_its_reader_sees_it(bot: Bot, dan: Person) -> None:
    html = '<b>Leeds &amp; York</b> <a href="https://maps.example/?a=1&amp;b=2">map</a>'
    sent = await bot.send_message(dan.id, html, parse_mode="HTML", reply_markup=ANSWERS)
    assert sent.text == "Leeds & York map"
    assert [(e.type, e.offset, e.length, e.url) for e in sent.entities] == [
        ("bold", 0, 12, None),
        ("text_link", 13, 3, "https://maps.example/?a=1&b=2"),
    ]
    assert dan.told[-1].text == "Leeds & York map"
    assert dan.told[-1].labels == ("✅ YES", "❌ NO")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("żółw <x>", 'Unsupported start tag "x" at byte offset 8'),
        ("<b>bold", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<i =a>b</i>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_html_that_is_not_right_is_refused(
    chat: ChatServer, dan: Person, html: str, reason: str
) -> None:
    refused = await said(chat, "sendMessage", chat_id=dan.id, text=html, parse_mode="HTML")
    assert refused == f"Bad Request: can't parse entities: {reason}"
    assert not dan.told


async def test_references_are_read_and_a_lone_ampersand_stays(bot: Bot, dan: Person) -> None:
    sent = await bot.send_message(dan.id, "&lt;&#8364;&#x41;&nbsp; R&B", parse_mode="HTML")
    assert sent.text == "<€A&nbsp; R&B"


async def test_a_link_that_cannot_be_opened_is_plain_text(bot: Bot, dan: Person) -> None:
    sent = await bot.send_message(dan.id, '<a href="tel:+44">call</a>', parse_mode="HTML")
    assert (sent.text, sent.entities) == ("call", ())


async def test_a_text_has_at_most_4096_units_after_its_tags_are_read(bot: Bot, dan: Person) -> None:
    await bot.send_message(dan.id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(dan.id, "🚚" * 2049)
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(dan.id, "<b> </b>", parse_mode="HTML")


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "YES", "callback_data": "y" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "YES", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "YES", "callback_data": "ż" * 33}, "BUTTON_DATA_INVALID"),
        (
            {"text": "YES"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "call", "url": "tel:+44"},
            "inline keyboard button URL 'tel:+44' is invalid: Unsupported URL protocol",
        ),
    ],
)
async def test_a_button_that_is_not_right_is_refused(
    chat: ChatServer, dan: Person, button: dict[str, str], reason: str
) -> None:
    markup = {"inline_keyboard": [[button]]}
    refused = await said(chat, "sendMessage", chat_id=dan.id, text="hi", reply_markup=markup)
    assert refused == f"Bad Request: {reason}"


async def test_a_keyboard_for_the_own_contact_is_pressed_and_goes(bot: Bot, dan: Person) -> None:
    button = KeyboardButton("Share my number", request_contact=True)
    keyboard = ReplyKeyboardMarkup([[button]], one_time_keyboard=True)
    await bot.send_message(dan.id, "Who are you?", reply_markup=keyboard)
    dan.presses_on("Share my number")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.contact is not None
    assert (update.message.contact.phone_number, update.message.contact.user_id) == (
        "447700900001",
        dan.id,
    )
    with pytest.raises(NotThereError):
        dan.presses_on("Share my number")


async def test_a_message_may_answer_another_that_exists(bot: Bot, dan: Person) -> None:
    asked = dan.writes("YES")
    answer = await bot.send_message(dan.id, "Noted", reply_to_message_id=asked.id)
    assert answer.reply_to_message is not None
    assert answer.reply_to_message.text == "YES"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(dan.id, "Noted", reply_to_message_id=1)
    lenient = await bot.send_message(
        dan.id, "Why?", reply_parameters=ReplyParameters(1, allow_sending_without_reply=True)
    )
    assert lenient.reply_to_message is None


async def test_an_edit_replaces_the_text_and_drops_buttons_that_it_does_not_name(
    bot: Bot, dan: Person
) -> None:
    sent = await bot.send_message(dan.id, "Offer", reply_markup=ANSWERS)
    await bot.edit_message_text("Offer, changed", dan.id, sent.id, reply_markup=ANSWERS)
    assert last(dan) == ("Offer, changed", ("✅ YES", "❌ NO"))
    await bot.edit_message_text("Gone", dan.id, sent.id)
    assert last(dan) == ("Gone", ())
    assert dan.told[-1].earlier == ["Offer", "Offer, changed"]
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Gone", dan.id, sent.id)


async def test_buttons_alone_can_be_edited(bot: Bot, dan: Person) -> None:
    sent = await bot.send_message(dan.id, "Offer", reply_markup=ANSWERS)
    await bot.edit_message_reply_markup(dan.id, sent.id)
    assert (dan.told[-1].text, dan.told[-1].labels) == ("Offer", ())
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(dan.id, sent.id)


async def test_what_is_not_there_or_not_its_own_cannot_be_edited(bot: Bot, dan: Person) -> None:
    sent = await bot.send_message(dan.id, "Offer")
    own = dan.writes("YES")
    await bot.delete_message(dan.id, sent.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", dan.id, sent.id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(dan.id, sent.id)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", dan.id, own.id)


async def test_whoever_cannot_be_written_to_is_named_so(
    chat: ChatServer, bot: Bot, dan: Person
) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(1, "hi")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(chat.person("Eve").id, "hi")
    dan.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(dan.id, "hi")
    dan.writes("hello again")
    await bot.send_message(dan.id, "hi")
    dan.leaves_the_service()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(dan.id, "hi")


async def test_a_group_moves_and_can_be_left(chat: ChatServer, bot: Bot) -> None:
    group = chat.group("Depot")
    bigger = chat.migrate(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "hi")
    assert moved.value.new_chat_id == bigger.id
    await bot.leave_chat(bigger.id)
    with pytest.raises(Forbidden, match="bot is not a member"):
        await bot.send_message(bigger.id, "hi")


async def test_a_press_is_answered_once_and_in_time() -> None:
    clock = [1_000_000.0]
    chat = ChatServer(now=lambda: clock[0])
    async with chat.serving():
        dan = chat.person("Dan", started=True)
        message = {"chat_id": dan.id, "text": "Offer", "reply_markup": ANSWERS.to_dict()}
        await said(chat, "sendMessage", **message)
        press = dan.presses_on("YES")
        assert press is not None
        answer = {"callback_query_id": press.id, "text": "Booked", "show_alert": True}
        assert await said(chat, "answerCallbackQuery", **answer) == ""
        assert dan.popups == ("Booked",)
        too_old = (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
        assert await said(chat, "answerCallbackQuery", **answer) == too_old
        late = dan.presses_on("YES")
        assert late is not None
        clock[0] += 61
        assert await said(chat, "answerCallbackQuery", callback_query_id=late.id) == too_old
        assert dan.unanswered == (late,)


async def test_a_token_or_a_method_that_is_not_known(chat: ChatServer, bot: Bot) -> None:
    chat.world.token += "-renewed"
    with pytest.raises(InvalidToken):
        await bot.get_me()
    assert await said(chat, "sendEverything") == "Not Found: method not found"


async def test_one_chat_gets_about_one_message_a_second_and_all_thirty() -> None:
    clock = [1_000_000.0]
    chat = ChatServer(limits=Limits(chat_burst=2), now=lambda: clock[0])
    async with chat.serving():
        people = [chat.person(f"Driver {n}", started=True) for n in range(40)]
        to_first = [await said(chat, "sendMessage", chat_id=people[0].id, text="x") for _ in "123"]
        assert to_first == ["", "", "Too Many Requests: retry after 1"]
        to_all = [await said(chat, "sendMessage", chat_id=p.id, text="x") for p in people[1:]]
        assert to_all.count("") == 28
        clock[0] += 1
        assert await said(chat, "sendMessage", chat_id=people[0].id, text="x") == ""


def last(person: Person) -> tuple[str, tuple[str, ...]]:
    """Return what the bot said last, and the buttons below it."""
    return person.told[-1].text, person.told[-1].labels


async def said(chat: ChatServer, method: str, **parameters: object) -> str:
    """Ask by plain JSON; return the description of a refusal, empty when it was done."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{chat.url}/bot{chat.world.token}/{method}", json=parameters)
    body = answer.json()
    assert body["ok"] == (answer.status_code == 200)
    return "" if body["ok"] else str(body["description"])
