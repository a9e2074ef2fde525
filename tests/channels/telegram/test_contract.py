"""Telegram keeps the contract of all channels, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat_server import ChatServer, Fault, Kind, Person
from channels.telegram import Telegram, TelegramOptions
from channels.telegram.pacing import Pace
from core.channel import Channel
from core.testing import make_context
from core.testing.contract import ChannelContract
from tests.channels.telegram.updates import CHAT, DAN, message


class TestTelegram(ChannelContract):
    handle = "1001"

    @pytest.fixture(autouse=True)
    async def other_side(self) -> AsyncIterator[None]:
        self.server = ChatServer()
        self.dan: Person = self.server.person("Dan", id=1001, started=True)
        async with self.server.serving():
            yield

    async def make_channel(self) -> Channel:
        options = TelegramOptions(self.server.world.token, api_base=self.server.url)
        return Telegram(options, make_context(), pace=Pace(0, 0))

    async def fail_for_now(self, channel: Channel) -> None:
        self.server.faults.script(Fault(Kind.FLOOD, "sendmessage", times=-1, retry_after=7))

    async def fail_for_good(self, channel: Channel) -> None:
        self.dan.blocks()

    async def hang(self, channel: Channel) -> None:
        self.server.faults.script(Fault(Kind.HANG, "sendmessage", times=-1))

    async def raw_reply(self, channel: Channel, text: str) -> bytes:
        return message(text=text, chat=CHAT, **{"from": DAN})
