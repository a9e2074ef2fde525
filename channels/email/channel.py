"""Open this for mail as a channel: what comes in and what goes out, held together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from channels.email.options import EmailOptions
from core.channel import (
    Capabilities,
    ChannelContext,
    Ignored,
    Incoming,
    Outgoing,
    Receipt,
    SendOnly,
)


class Sending(Protocol):
    """The half that sends: see `channels.email.sending`."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def send(self, message: Outgoing) -> Receipt: ...


class Email(SendOnly):
    """Sends every message as a mail, and takes mail from a listener, a mailbox or both."""

    name = "email"

    def __init__(self, options: EmailOptions, context: ChannelContext, sender: Sending) -> None:
        self.capabilities = Capabilities(receives=options.receives, receipts=True)
        self._options = options
        self._context = context
        self._sender = sender

    async def start(self) -> None:
        """Open what mail comes in by, and get ready to send."""
        await self._sender.start()

    async def stop(self) -> None:
        """Take no more mail and send none."""
        await self._sender.stop()

    async def send(self, message: Outgoing) -> Receipt:
        """Hand the message to the outgoing mail server."""
        return await self._sender.send(message)

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return what a stored mail means."""
        return (Ignored(f"not a mail that this channel stored ({len(raw)} bytes)"),)
