"""The page in a real browser: people see their chats, press and write, and markup stays text."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat_server import ChatServer, Person
from tests.browsing import Seen

pytestmark = pytest.mark.browser

NASTY = "<img src=x onerror=alert(1)> & <b>bold?</b>"


async def test_a_newcomer_presses_and_writes_on_the_page(
    chat: ChatServer, bot: Bot, dan: Person, browser: Browser
) -> None:
    page = await browser.new_page()
    seen = Seen.of(page)
    await page.goto(f"{chat.url}/chat")
    await page.get_by_role("heading", name="Dan").wait_for()
    yes = InlineKeyboardMarkup([[InlineKeyboardButton("✅ YES", callback_data="y:1")]])
    sent = await bot.send_message(dan.id, "<b>Offer</b>: &lt;i&gt;", "HTML", reply_markup=yes)
    assert await page.locator(".message b").inner_text() == "Offer"
    assert await page.get_by_text("<i>").is_visible()
    await page.get_by_role("button", name="✅ YES").click()
    press = await chat.until(lambda: dan.presses and dan.presses[-1])
    assert press
    await bot.answer_callback_query(press.id, "Booked")
    await page.get_by_text("Booked", exact=True).wait_for()
    await bot.edit_message_text("Covered", dan.id, sent.id)
    await page.get_by_text("Covered").wait_for()
    assert await page.get_by_role("button", name="✅ YES").count() == 0
    await page.get_by_label("Write as Dan").fill(NASTY)
    await page.get_by_role("button", name="Send").click()
    await page.get_by_text(NASTY).wait_for()
    assert dan.sees[-1].text == NASTY
    assert seen.complaints == []
    assert all(url.startswith((chat.url, "data:")) for url in seen.asked)
