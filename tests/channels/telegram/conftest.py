"""A Bot API server on a free port, a driver in it, and our channel started towards it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat_server import ChatServer, Person
from channels.telegram import Telegram, TelegramOptions
from channels.telegram.pacing import Pace
from core.channel import ChannelContext
from core.testing import MemoryInbox, make_context


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def context(inbox: MemoryInbox) -> ChannelContext:
    return make_context(inbox=inbox)


@pytest.fixture
async def server() -> AsyncIterator[ChatServer]:
    server = ChatServer()
    async with server.serving():
        yield server


@pytest.fixture
def dan(server: ChatServer) -> Person:
    return server.person("Dan", phone="+447700900001", started=True)


@pytest.fixture
def channel(server: ChatServer, context: ChannelContext) -> Telegram:
    options = TelegramOptions(server.world.token, api_base=server.url)
    return Telegram(options, context, pace=Pace(0, 0))


@pytest.fixture
async def running(channel: Telegram) -> AsyncIterator[Telegram]:
    await channel.start()
    yield channel
    await channel.stop()
