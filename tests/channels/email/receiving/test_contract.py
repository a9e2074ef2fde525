"""The mail channel keeps the contract of all channels in what it reads."""

from __future__ import annotations

from datetime import UTC, datetime

from channels.email.channel import Email
from channels.email.receiving.frame import Arrival, framed
from core.channel import Channel
from core.testing import make_context
from core.testing.contract import ChannelContract
from tests.channels.email.receiving.office import JO, REPLY, SilentSender, mail, options

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)


class TestReceivingMail(ChannelContract):
    handle = JO

    async def make_channel(self) -> Channel:
        return Email(options(), make_context(), SilentSender())

    async def raw_reply(self, channel: Channel, text: str) -> bytes:
        return framed(Arrival("smtp", "127.0.0.1", JO, (REPLY,), NOON), (mail(body=text),))
