"""How a bot hears: offsets that confirm, long polls, one poller, webhooks, repetitions."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from quart import Quart, Response, request
from quart.typing import ResponseReturnValue
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.chat_server import ChatServer, Person
from tests.bot.chat.ports import listening
from tests.bot.chat.waiting import eventually

FIRST = 700_000_001


async def asked(chat: ChatServer, **parameters: object) -> list[int]:
    """Return the ids that getUpdates returns."""
    async with httpx.AsyncClient() as client:
        url = f"{chat.url}/bot{chat.world.token}/getUpdates"
        answer = (await client.post(url, json=parameters, timeout=10)).json()
    assert answer["ok"], answer
    return [update["update_id"] for update in answer["result"]]


async def test_an_update_comes_until_a_higher_offset_confirms_it(
    chat: ChatServer, dan: Person
) -> None:
    for word in ("one", "two", "three"):
        dan.writes(word)
    assert await asked(chat) == [FIRST, FIRST + 1, FIRST + 2]
    assert await asked(chat, offset=FIRST + 1) == [FIRST + 1, FIRST + 2]
    assert await asked(chat, offset=FIRST + 3) == []
    assert await asked(chat, offset=1) == []


async def test_a_negative_offset_keeps_the_last_ones(chat: ChatServer, dan: Person) -> None:
    for word in ("one", "two", "three"):
        dan.writes(word)
    assert await asked(chat, offset=-1) == [FIRST + 2]
    assert await asked(chat, offset=1) == [FIRST + 2]


async def test_an_offset_from_another_life_confirms_nothing(chat: ChatServer, dan: Person) -> None:
    dan.writes("one")
    assert await asked(chat, offset=FIRST + 1000) == [FIRST]


async def test_the_limit_holds_and_an_impatient_poller_gets_one_at_a_time(
    chat: ChatServer, dan: Person
) -> None:
    for word in ("one", "two", "three"):
        dan.writes(word)
    assert await asked(chat, limit=2) == [FIRST, FIRST + 1]
    assert await asked(chat, limit=2) == [FIRST]


async def test_a_long_poll_ends_with_the_first_update(chat: ChatServer, dan: Person) -> None:
    poll = asyncio.create_task(asked(chat, timeout=9))
    await poll_waits(chat)
    dan.writes("YES")
    assert await poll == [FIRST]


async def test_a_second_poller_ends_the_first(chat: ChatServer, bot: Bot, dan: Person) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=9))
    await poll_waits(chat)
    second = asyncio.create_task(asked(chat, timeout=9))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await poll
    await poll_waits(chat)
    dan.writes("YES")
    assert await second == [FIRST]


async def test_a_poller_that_is_gone_conflicts_with_nobody(chat: ChatServer, dan: Person) -> None:
    poll = asyncio.create_task(asked(chat, timeout=9))
    await poll_waits(chat)
    poll.cancel()
    await eventually(lambda: not chat.world.updates.is_polled)
    dan.writes("YES")
    assert await asked(chat) == [FIRST]


async def test_only_the_kinds_that_were_asked_for_are_kept(chat: ChatServer, dan: Person) -> None:
    await asked(chat, allowed_updates=["callback_query"])
    dan.writes("YES")
    assert await asked(chat) == []
    await asked(chat, allowed_updates=[])
    dan.writes("YES")
    dan.blocks()
    assert await asked(chat, offset=-9) == [FIRST, FIRST + 1]


async def test_an_update_can_come_again_whatever_was_confirmed(
    chat: ChatServer, dan: Person
) -> None:
    for word in ("one", "two"):
        dan.writes(word)
    await asked(chat, offset=FIRST + 1)
    await asked(chat, offset=FIRST + 2)
    chat.redeliver(*reversed(chat.world.updates.confirmed))
    dan.writes("three")
    assert await asked(chat) == [FIRST + 1, FIRST, FIRST + 2]
    assert await asked(chat, offset=FIRST + 3) == []


async def test_a_photo_can_be_fetched(bot: Bot, dan: Person) -> None:
    dan.sends_photo("left at the gate", b"light")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.caption == "left at the gate"
    file = await bot.get_file(update.message.photo[-1].file_id)
    assert await file.download_as_bytearray() == b"light"
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("photo-99")


async def test_a_webhook_gets_updates_in_order_with_its_secret_until_it_takes_them(
    chat: ChatServer, bot: Bot, dan: Person
) -> None:
    taken: list[tuple[int, str | None]] = []
    statuses = [503, 200, 200]
    app = Quart(__name__)

    @app.post("/hook")
    async def hook() -> ResponseReturnValue:
        body = await request.get_json()
        taken.append((body["update_id"], request.headers["X-Telegram-Bot-Api-Secret-Token"]))
        return Response(status=statuses.pop(0))

    async with listening(app) as url:
        await bot.set_webhook(f"{url}/hook", secret_token="s3cret")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        dan.writes("YES")
        dan.writes("NO")
        await eventually(lambda: len(chat.world.updates.confirmed) == 2)
        info = await bot.get_webhook_info()
        assert info.last_error_message is not None
        assert "503" in info.last_error_message
        assert taken == [(FIRST, "s3cret"), (FIRST, "s3cret"), (FIRST + 1, "s3cret")]
        await bot.delete_webhook()
        assert await bot.get_updates() == ()


async def test_a_webhook_that_is_not_right_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match=r"(?i)an https url must be provided"):
        await bot.set_webhook("http://example.com/hook")
    with pytest.raises(BadRequest, match="unallowed characters"):
        await bot.set_webhook("https://example.com/hook", secret_token="a b")


async def poll_waits(chat: ChatServer) -> None:
    """Wait until somebody polls."""
    await eventually(lambda: chat.world.updates.is_polled)
