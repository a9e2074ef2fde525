"""A server on a free port, and python-telegram-bot's client talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.chat_server import ChatServer, Person


@pytest.fixture
async def chat() -> AsyncIterator[ChatServer]:
    server = ChatServer()
    async with server.serving():
        yield server


@pytest.fixture
async def bot(chat: ChatServer) -> AsyncIterator[Bot]:
    requests = [HTTPXRequest(connection_pool_size=8, read_timeout=2) for _ in range(2)]
    base, files = f"{chat.url}/bot", f"{chat.url}/file/bot"
    client = Bot(
        chat.world.token,
        base_url=base,
        base_file_url=files,
        request=requests[0],
        get_updates_request=requests[1],
    )
    async with client:
        yield client


@pytest.fixture
def dan(chat: ChatServer) -> Person:
    return chat.person("Dan", phone="+447700900001", started=True)
