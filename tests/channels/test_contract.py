"""The console, and the fake that other tests use, keep the contract of all channels."""

from __future__ import annotations

import io
import json
from threading import Event

from channels.console import Console, Transcript
from core.channel import Channel
from core.testing import FakeChannel, make_context
from core.testing.contract import ChannelContract


class Terminal(io.StringIO):
    """A stream in memory that can be held, as by Ctrl-S."""

    def __init__(self) -> None:
        super().__init__()
        self.flows = Event()
        self.flows.set()

    def write(self, text: str) -> int:
        self.flows.wait()
        return super().write(text)


class TestConsole(ChannelContract):
    async def make_channel(self) -> Channel:
        self.terminal = Terminal()
        return Console(make_context(), Transcript(self.terminal))

    async def fail_for_now(self, channel: Channel) -> None:
        self.terminal.close()

    async def hang(self, channel: Channel) -> None:
        self.terminal.flows.clear()

    async def raw_reply(self, channel: Channel, text: str) -> bytes:
        return json.dumps({"handle": self.handle, "text": text}).encode()


class TestFakeChannel(ChannelContract):
    async def make_channel(self) -> Channel:
        self.channel = FakeChannel()
        return self.channel

    async def fail_for_now(self, channel: Channel) -> None:
        self.channel.fail(self.handle, retry_after=3)

    async def fail_for_good(self, channel: Channel) -> None:
        self.channel.refuse(self.handle)

    async def hang(self, channel: Channel) -> None:
        self.channel.hang(self.handle)

    async def raw_reply(self, channel: Channel, text: str) -> bytes:
        return FakeChannel.raw_reply(self.handle, text)
