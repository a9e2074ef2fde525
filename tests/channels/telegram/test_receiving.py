"""What people write arrives once, is stored before Telegram is told so, and outlives trouble."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.chat_server import ChatServer, Fault, Kind, Moment, Person
from channels.telegram import Telegram, TelegramOptions
from channels.telegram.pacing import Pace
from core.channel import ChannelContext, Ignored, Reply, WebhookRequest
from core.hookspecs import ConfigurationError, DatabaseBusy, StorageFault
from core.testing import MemoryInbox, MemoryLeases, make_context

SECRET = "sixteen_or_longer"


async def until(found: Callable[[], Any], seconds: float = 8) -> Any:
    """Return what is found, as soon as it is true."""
    async with asyncio.timeout(seconds):
        while not (result := found()):  # noqa: ASYNC110 the other side is a real one
            await asyncio.sleep(0.01)
    return result


async def words_in(channel: Telegram, inbox: MemoryInbox) -> list[str]:
    meant = [(await channel.read(entry.raw))[0] for entry in inbox.entries]
    return [one.text for one in meant if isinstance(one, Reply)]


async def test_messages_are_stored_once_and_in_their_order(
    running: Telegram, inbox: MemoryInbox, dan: Person, server: ChatServer
) -> None:
    for number in range(30, 40):
        dan.writes(f"{number} YES")
    await until(lambda: len(inbox.entries) == 10)
    assert await words_in(running, inbox) == [f"{number} YES" for number in range(30, 40)]
    await until(lambda: len(server.world.updates.confirmed) == 10)
    server.redeliver()
    await asyncio.sleep(0.2)
    assert len(inbox.entries) == 10
    assert inbox.entries[0].handle == str(dan.id)


async def test_nothing_is_confirmed_that_could_not_be_stored(
    running: Telegram, inbox: MemoryInbox, dan: Person, server: ChatServer
) -> None:
    for fault in (StorageFault("disk full"), DatabaseBusy("locked")):
        inbox.fault = fault
        dan.writes(str(fault))
        await asyncio.sleep(0.3)
        assert not server.world.updates.confirmed
    inbox.fault = None
    await until(lambda: len(inbox.entries) == 2)
    assert await words_in(running, inbox) == ["disk full", "locked"]


async def test_what_was_stored_when_it_is_confirmed_was_stored_before(
    running: Telegram, inbox: MemoryInbox, dan: Person, server: ChatServer
) -> None:
    stored_at_confirmation: list[int] = []

    def look(moment: Moment, call: Any) -> None:
        if (
            moment is Moment.ASKED
            and call.method == "getupdates"
            and call.parameters.integer("offset")
        ):
            stored_at_confirmation.append(len(inbox.entries))

    server.journal.watchers.append(look)
    dan.writes("YES")
    await until(lambda: stored_at_confirmation)
    assert stored_at_confirmation[0] == 1


async def test_a_server_that_was_away_is_asked_again(
    running: Telegram, inbox: MemoryInbox, dan: Person, server: ChatServer
) -> None:
    await server.away()
    await asyncio.sleep(0.2)
    dan.writes("YES")
    await server.back()
    await until(lambda: inbox.entries)


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.FLOOD])
async def test_trouble_while_polling_loses_and_doubles_nothing(
    running: Telegram, inbox: MemoryInbox, dan: Person, server: ChatServer, kind: Kind
) -> None:
    server.faults.script(Fault(kind, "getupdates", times=2))
    dan.writes("one")
    await until(lambda: len(inbox.entries) == 1)
    dan.writes("two")
    await until(lambda: len(inbox.entries) == 2)
    assert await words_in(running, inbox) == ["one", "two"]


async def test_only_the_process_that_holds_the_lease_polls(server: ChatServer, dan: Person) -> None:
    leases, inbox = MemoryLeases(), MemoryInbox()
    leases.elsewhere.add("poll")
    options = TelegramOptions(server.world.token, api_base=server.url)
    channel = Telegram(options, make_context(inbox=inbox, leases=leases), pace=Pace(0, 0))
    await channel.start()
    try:
        dan.writes("YES")
        await asyncio.sleep(0.3)
        assert not server.journal.of("getupdates")
        leases.elsewhere.clear()
        await until(lambda: inbox.entries)
    finally:
        await channel.stop()
    assert not leases.held


async def test_another_poller_is_said_once_and_outlived(
    server: ChatServer, dan: Person, context: ChannelContext, inbox: MemoryInbox,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    server.faults.script(Fault(Kind.BROKEN, "getupdates", times=3, status=409))
    options = TelegramOptions(server.world.token, api_base=server.url)
    channel = Telegram(options, context, pace=Pace(0, 0))
    await channel.start()
    try:
        dan.writes("YES")
        await until(lambda: inbox.entries)
    finally:
        await channel.stop()
    said = [record for record in caplog.records if "another program polls" in record.getMessage()]
    assert len(said) == 1


async def test_stopping_amid_a_long_poll_takes_no_second(running: Telegram) -> None:
    await asyncio.sleep(0.1)
    async with asyncio.timeout(1):
        await running.stop()


async def test_a_wrong_token_is_said_without_showing_it(
    server: ChatServer, context: ChannelContext
) -> None:
    options = TelegramOptions("123456:wrong-wrong-wrong", api_base=server.url)
    channel = Telegram(options, context)
    with pytest.raises(ConfigurationError) as refused:
        await channel.start()
    assert "token" in str(refused.value)
    assert "wrong-wrong" not in str(refused.value)
    await channel.stop()


async def test_a_server_that_is_away_at_the_start_is_waited_for(
    server: ChatServer, channel: Telegram, inbox: MemoryInbox, dan: Person
) -> None:
    await server.away()
    await channel.start()
    try:
        await server.back()
        dan.writes("YES")
        await until(lambda: inbox.entries)
        await until(lambda: len(server.world.commands) == 6)
        assert await channel.invitation("abc") == f"https://t.me/{server.world.username}?start=abc"
    finally:
        await channel.stop()


async def test_the_menu_is_set_in_every_language(running: Telegram, server: ChatServer) -> None:
    await until(lambda: len(server.world.commands) == 6)
    assert {language for _, language in server.world.commands} == {"", "en", "pl", "ro", "uk", "de"}


async def test_a_press_of_a_button_that_is_none_of_ours_is_answered(
    running: Telegram, dan: Person, inbox: MemoryInbox
) -> None:
    dan.presses_data("forged", dan.writes("hello"))
    await until(lambda: dan.popups)
    assert dan.popups == ("This button is no longer in use.",)
    await until(lambda: len(inbox.entries) == 2)
    assert isinstance((await running.read(inbox.entries[1].raw))[0], Ignored)


async def test_a_group_is_left(running: Telegram, server: ChatServer, dan: Person) -> None:
    group = server.group("Drivers")
    dan.writes_in(group, "hello bot")
    await until(lambda: group.left)


async def test_what_cannot_be_read_is_answered_with_what_can(
    running: Telegram, dan: Person, server: ChatServer
) -> None:
    rita = server.person("Rita", phone="+447700900002", started=True)
    dan.shares_contact(of=rita)
    await until(lambda: dan.told)
    assert "your own contact" in dan.told[-1].text
    assert dan.chat.keyboard is not None


@pytest.fixture
def by_webhook(server: ChatServer, inbox: MemoryInbox) -> Telegram:
    options = TelegramOptions(
        server.world.token, mode="webhook", api_base=server.url, webhook_secret=SECRET
    )
    return Telegram(options, make_context(inbox=inbox), pace=Pace(0, 0))


def posted(secret: str = SECRET, body: bytes = b"", method: str = "POST") -> WebhookRequest:
    headers = {"x-telegram-bot-api-secret-token": secret}
    return WebhookRequest(method, "/channels/telegram/webhook", {}, headers, body, "127.0.0.1")


YES = json.dumps(
    {
        "update_id": 9,
        "message": {
            "message_id": 1,
            "chat": {"id": 5, "type": "private"},
            "from": {"id": 5, "is_bot": False},
            "text": "YES",
        },
    }
).encode()


async def test_a_webhook_takes_updates_that_carry_the_secret_once(
    by_webhook: Telegram, inbox: MemoryInbox
) -> None:
    for _ in range(2):
        assert (await by_webhook.webhook(posted(body=YES))).status == 200
    assert [entry.handle for entry in inbox.entries] == ["5"]


def pressed(update_id: int, press: object) -> bytes:
    by = {"id": 5, "is_bot": False}
    message = {"message_id": 1, "chat": {"id": 5, "type": "private"}}
    query = {"id": press, "from": by, "message": message, "data": "d:12"}
    return json.dumps({"update_id": update_id, "callback_query": query}).encode()


async def test_a_press_counts_once_whatever_updates_bring_it(
    by_webhook: Telegram, inbox: MemoryInbox
) -> None:
    """A second DROP would confirm the first: it must be a second press."""
    for body in (pressed(9, "77"), pressed(10, "77"), pressed(11, "78"), pressed(9, "77")):
        await by_webhook.webhook(posted(body=body))
    assert len(inbox.entries) == 2


@pytest.mark.parametrize("odd", ["", "x" * 101, "ü", 7, None])
async def test_a_press_with_an_odd_name_is_known_by_its_update(
    by_webhook: Telegram, inbox: MemoryInbox, odd: object
) -> None:
    for update_id in (9, 9, 10):
        await by_webhook.webhook(posted(body=pressed(update_id, odd)))
    assert len(inbox.entries) == 2


@pytest.mark.parametrize("secret", ["", "sixteen_or_longex", SECRET + "x", SECRET[:-1], "ü"])
async def test_a_webhook_refuses_everybody_else(
    by_webhook: Telegram, inbox: MemoryInbox, secret: str
) -> None:
    assert (await by_webhook.webhook(posted(secret, YES))).status == 401
    assert not inbox.entries


async def test_a_webhook_says_no_200_for_what_was_not_stored(
    by_webhook: Telegram, inbox: MemoryInbox
) -> None:
    inbox.fault = DatabaseBusy("locked")
    assert (await by_webhook.webhook(posted(body=YES))).status == 503
    assert (await by_webhook.webhook(posted(body=b"[]"))).status == 400


async def test_a_webhook_is_refused_where_updates_are_polled(running: Telegram) -> None:
    assert (await running.webhook(posted(body=YES))).status == 404


async def test_telegram_is_told_where_to_post(by_webhook: Telegram, server: ChatServer) -> None:
    await by_webhook.start()
    try:
        await until(lambda: server.journal.of("setwebhook"))
        (call,) = server.journal.of("setwebhook")
        assert call.parameters.text("secret_token") == SECRET
        assert call.parameters.text("url").endswith("/channels/telegram/webhook")
    finally:
        await by_webhook.stop()
