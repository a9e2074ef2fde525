"""A chat for stories: people join it by links, and what it said can be edited."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from core.channel import Incoming, Outgoing, Receipt, Reply
from core.testing import FakeChannel
from tests.house import House


class Chat(FakeChannel):
    """A fake channel whose entries mean what a test says, and whose messages can be edited."""

    def __init__(self, name: str = "chat") -> None:
        super().__init__(name)
        self.editable = True
        self.asked = asyncio.Event()  # set when it is given something to send
        self._meant: dict[bytes, Incoming] = {}

    async def receive(self, meant: Incoming) -> None:
        """Store an entry that means this."""
        raw = f"{len(self._meant)}".encode()
        self._meant[raw] = meant
        await self.inbox.store(None, raw, handle=meant.handle if isinstance(meant, Reply) else None)

    async def send(self, message: Outgoing) -> Receipt:
        """Say that there is something to send, and send it."""
        self.asked.set()
        return await super().send(message)

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return what the test meant."""
        return [self._meant[raw]] if raw in self._meant else await super().read(raw)


async def hears(house: House, meant: Incoming, channel: str = "chat") -> None:
    """Have the channel receive something, and the service act on it."""
    chat = house.channels[channel]
    assert isinstance(chat, Chat)
    await chat.receive(meant)
    await house.reader.drain()
