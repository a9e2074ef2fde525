"""People are played by plain HTTP: from the page, or from another process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat_server import ChatServer, Person

YES = InlineKeyboardMarkup([[InlineKeyboardButton("YES", callback_data="y:1")]])


@pytest.fixture
async def web(chat: ChatServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.url) as client:
        yield client


async def chats(web: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Return what the page shows."""
    people: list[dict[str, Any]] = (await web.get("/chats")).json()["people"]
    return people


async def test_somebody_is_added_writes_and_presses(web: httpx.AsyncClient, bot: Bot) -> None:
    eve = (await web.post("/act/person", json={"name": "Eve", "language": "pl"})).json()["id"]
    await web.post("/act/start", json={"person": eve, "token": "t0ken"})
    sent = await bot.send_message(eve, "<b>Offer</b>", parse_mode="HTML", reply_markup=YES)
    await web.post("/act/press", json={"person": eve, "message": sent.id, "data": "y:1"})
    started, pressed = await bot.get_updates()
    assert started.message is not None
    assert started.message.text == "/start t0ken"
    assert pressed.callback_query is not None
    await pressed.callback_query.answer("Booked")
    (shown,) = await chats(web)
    assert [message["text"] for message in shown["messages"]] == ["/start t0ken", "Offer"]
    assert shown["messages"][1]["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert shown["popups"] == [{"text": "Booked", "alert": False}]


async def test_the_page_learns_of_a_change_at_once(
    web: httpx.AsyncClient, chat: ChatServer, dan: Person
) -> None:
    before = (await web.get("/chats")).json()["changes"]
    dan.writes("hello")
    after = (await web.get(f"/chats?after={before}")).json()
    assert after["people"][0]["messages"][0]["text"] == "hello"


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        ("write", {"person": 1, "text": "x"}),
        ("write", {"person": "x"}),
        ("fly", {"person": 500_000_001}),
        ("press", {"person": 500_000_001, "label": "YES"}),
        ("write", {"person": 500_000_001, "text": " "}),
        ("fault", {"kind": "earthquake"}),
        ("write", []),
    ],
)
async def test_what_cannot_be_done_is_said(
    web: httpx.AsyncClient, dan: Person, action: str, wanted: object
) -> None:
    answer = await web.post(f"/act/{action}", json=wanted)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


async def test_another_site_cannot_act(web: httpx.AsyncClient, dan: Person) -> None:
    wanted = {"person": dan.id, "text": "YES"}
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        answer = await web.post("/act/write", json=wanted, headers=headers)
        assert answer.status_code == 403
    assert not dan.sees


async def test_the_page_lives_without_any_other_server(web: httpx.AsyncClient) -> None:
    page = await web.get("/chat")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    files = [(await web.get(f"/static/chat.{end}")) for end in ("js", "css")]
    assert [file.status_code for file in files] == [200, 200]
    for text in (page.text, *(file.text for file in files)):
        assert "http://" not in text
        assert "https://" not in text
        assert "innerHTML" not in text
