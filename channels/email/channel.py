"""Open this for mail as a channel: what comes in and what goes out, held together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from channels.email.options import EmailOptions
from channels.email.receiving.frame import start_of_mail
from channels.email.receiving.limits import why_unsafe_to_parse
from channels.email.receiving.listener import Listener
from channels.email.receiving.parser import MailParser
from channels.email.receiving.poller import Poller
from channels.email.receiving.rules import rules_of, rules_to
from core.channel import (
    Capabilities,
    ChannelContext,
    Ignored,
    Incoming,
    NeedsPerson,
    Outgoing,
    Receipt,
    SendOnly,
)


class Half(Protocol):
    """What is opened and closed with the channel."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Sending(Half, Protocol):
    """The half that sends: see `channels.email.sending`."""

    async def send(self, message: Outgoing) -> Receipt: ...


class Email(SendOnly):
    """Sends every message as a mail, and takes mail from a listener, a mailbox or both."""

    name = "email"

    def __init__(self, options: EmailOptions, context: ChannelContext, sender: Sending) -> None:
        self.capabilities = Capabilities(
            receives=options.receives, receipts=True, answer_limits=True
        )
        self._sender = sender
        rules = rules_of(options, context)
        self._parser = MailParser(rules_to(rules))
        self.listener: Listener | None = None
        self._halves: list[Half] = [sender]
        if options.listen is not None:
            self.listener = Listener(options, rules.doors, context)
            self._halves.append(self.listener)
        if options.imap_url is not None:
            self._halves.append(Poller(options.imap_url, options.max_bytes, context))

    @property
    def listens_at(self) -> str | None:
        """Where mail servers may connect, for people to read; None while nothing listens."""
        return None if self.listener is None else self.listener.address

    async def start(self) -> None:
        """Open what mail comes in by, and get ready to send."""
        for half in self._halves:
            await half.start()

    async def stop(self) -> None:
        """Take no more mail and send none."""
        for half in reversed(self._halves):
            await half.stop()
        await self._parser.stop()

    async def send(self, message: Outgoing) -> Receipt:
        """Hand the message to the outgoing mail server."""
        return await self._sender.send(message)

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return what a stored mail means; it is parsed in a process of its own."""
        start = start_of_mail(raw)
        if start is None:
            return (Ignored("not a mail that this channel stored"),)
        why = why_unsafe_to_parse(raw, start)
        if why is not None:
            return (NeedsPerson(f"the mail is not safe to parse: {why}"),)
        return await self._parser.read(raw)
