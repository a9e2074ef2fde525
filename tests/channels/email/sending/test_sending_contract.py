"""Sending by mail keeps what every channel promises about sending."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from channels.email.sending import Sender
from core.channel import Channel, Outgoing, Receipt, SendOnly
from core.testing.contract import ChannelContract
from tests.channels.email.sending.parts import sender_to
from tests.channels.email.sink import HANG, mail_sink


class OnlySends(SendOnly):
    """The sending half of the mail channel as a channel of its own."""

    name = "mail"

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def start(self) -> None:
        await self._sender.start()

    async def stop(self) -> None:
        await self._sender.stop()

    async def send(self, message: Outgoing) -> Receipt:
        return await self._sender.send(message)


class TestSending(ChannelContract):
    handle = "dave@drivers.example"

    @pytest.fixture(autouse=True)
    async def _closing(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as self.stack:
            yield

    async def make_channel(self) -> Channel:
        self.sink = await self.stack.enter_async_context(mail_sink())
        return OnlySends(sender_to(self.sink))

    async def fail_for_now(self, channel: Channel) -> None:
        self.sink.on_recipient = "450 4.2.0 greylisted"

    async def fail_for_good(self, channel: Channel) -> None:
        self.sink.on_recipient = "550 5.1.1 unknown"

    async def hang(self, channel: Channel) -> None:
        self.sink.on_content = HANG
