"""A mail channel on a free port of this machine, and clients that write to it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from channels.email.channel import Email
from channels.email.options import EmailOptions
from core.channel import ChannelContext, Incoming, Outgoing, Receipt
from core.options import read_options
from core.testing import MemoryInbox, make_context

INTAKE = "jobs@dispatch.example"
OWN = "dispatch@example.com"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
REPLY = f"reply+{TOKEN}@dispatch.example"
JO = "jo@example.com"
TABLE: Mapping[str, Any] = {
    "smtp_url": "smtp://127.0.0.1:1025",
    "from": f"Dispatch <{OWN}>",
    "listen": "127.0.0.1:0",
    "intake": INTAKE,
    "replies": "reply@dispatch.example",
    "senders": ["@example.com"],
    "max_bytes": 1_000_000,
}

Returned = TypeVar("Returned")


class SilentSender:
    """Sends nothing and says that it did."""

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def send(self, message: Outgoing) -> Receipt:
        return Receipt({"token": message.token})


def options(**changes: Any) -> EmailOptions:
    """Return the options of the office, some of them changed."""
    return read_options({**TABLE, **changes}, EmailOptions)


def mail(
    *lines: str,
    sender: str | None = f"Jo <{JO}>",
    subject: str = "A job",
    message_id: str | None = "<one@example.com>",
    body: str = "Ref: VC8Y-4\r\nFrom: Leeds\r\nTo: York\r\n",
) -> bytes:
    """Return a mail with these lines in its header besides the usual ones."""
    named = {"From": sender, "Subject": subject, "Message-ID": message_id}
    usual = [f"{name}: {value}" for name, value in named.items() if value is not None]
    return "\r\n".join([*lines, *usual, "", body]).encode()


@dataclass(slots=True)
class Office:
    """What a test holds in its hands."""

    channel: Email
    inbox: MemoryInbox
    answers: list[tuple[int, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self.channel.listener is not None
        assert self.channel.listener.port is not None
        return self.channel.listener.port

    async def deliver(
        self, content: bytes, to: Sequence[str] = (INTAKE,), sender: str = JO
    ) -> tuple[int, str]:
        """Hand in one mail as a mail server would; return the answer to it."""

        def talk(client: smtplib.SMTP) -> tuple[int, bytes]:
            client.ehlo("client.example")
            client.mail(sender)
            for recipient in to:
                code, said = client.rcpt(recipient)
                if code != 250:
                    return code, said
            return client.data(content)

        code, said = await self.with_client(talk)
        return code, said.decode()

    async def with_client(self, talk: Callable[[smtplib.SMTP], Returned]) -> Returned:
        """Let a client talk, in a thread of its own."""

        def run() -> Returned:
            client = smtplib.SMTP("127.0.0.1", self.port, timeout=20)
            try:
                return talk(client)
            finally:
                client.close()

        return await asyncio.to_thread(run)

    async def read(self, number: int = -1) -> Sequence[Incoming]:
        """Return what a stored mail means."""
        return await self.channel.read(self.inbox.entries[number].raw)


@asynccontextmanager
async def open_office(
    context: ChannelContext | None = None, **changes: Any
) -> AsyncIterator[Office]:
    """Open the channel, and close it at the end."""
    inbox = MemoryInbox()
    channel = Email(options(**changes), context or make_context(inbox=inbox), SilentSender())
    await channel.start()
    try:
        yield Office(channel, inbox)
    finally:
        await channel.stop()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process or connection does; fail when it does not."""
    end = asyncio.get_running_loop().time() + 20
    while not holds():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.01)
