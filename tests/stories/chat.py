"""A chat for stories: what it said can be edited."""

from __future__ import annotations

import asyncio

from core.channel import Incoming, Outgoing, Receipt
from core.testing import FakeChannel
from tests.house import House


class Chat(FakeChannel):
    """A fake channel whose messages can be edited, and that says when it has one in hand."""

    def __init__(self, name: str = "chat") -> None:
        super().__init__(name)
        self.editable = True
        self.asked = asyncio.Event()  # set when it is given something to send

    async def send(self, message: Outgoing) -> Receipt:
        """Say that there is something to send, and send it."""
        self.asked.set()
        return await super().send(message)


async def hears(house: House, meant: Incoming, channel: str = "chat") -> None:
    """Have the channel receive something, and the service act on it."""
    await house.channels[channel].receive(meant)
    await house.reader.drain()
