"""Open this for the stand-in of a channel: it sends nothing, and fails as a test tells it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from core.channel import (
    Capabilities,
    DeliveryReport,
    Ignored,
    Inbox,
    Incoming,
    NeedsPerson,
    Outgoing,
    Receipt,
    Reply,
    WebhookAnswer,
    WebhookRequest,
)
from core.errors import PermanentSendError, TemporarySendError
from core.testing.entries import entry_of, meaning_of
from core.testing.fakes import MemoryInbox

_WITHOUT_HANDLE = (DeliveryReport, Ignored, NeedsPerson)


class FakeChannel:
    """A channel of lists: records what it is given, fails as told, takes replies from a test."""

    def __init__(self, name: str = "fake", inbox: Inbox | None = None) -> None:
        self.name = name
        self.capabilities = Capabilities(receives=True, edits=True, buttons=True, receipts=True)
        self.inbox = inbox or MemoryInbox()
        self.running = False
        self.editable = False  # whether what it sends is to be edited when it has changed
        self.sent: list[Outgoing] = []
        self.edited: list[tuple[Receipt, Outgoing]] = []
        self._faults: dict[str, Exception] = {}
        self._closed: dict[str, asyncio.Event] = {}

    def fail(self, handle: str, reason: str = "busy", retry_after: float | None = None) -> None:
        """Have sends to the handle fail for now."""
        self._faults[handle] = TemporarySendError(reason, retry_after)

    def refuse(self, handle: str, reason: str = "unknown here") -> None:
        """Have sends to the handle fail for good."""
        self._faults[handle] = PermanentSendError(reason)

    def hang(self, handle: str) -> None:
        """Have sends to the handle wait until `recover`."""
        self._closed[handle] = asyncio.Event()

    def recover(self, handle: str) -> None:
        """Serve the handle again, those first that wait."""
        self._faults.pop(handle, None)
        if handle in self._closed:
            self._closed.pop(handle).set()

    async def inject(
        self,
        handle: str,
        text: str,
        *,
        offer_id: int | None = None,
        external_id: str | None = None,
    ) -> bool:
        """Receive a reply: store it as a real channel would; False when it is a repeat."""
        raw = self.raw_reply(handle, text, offer_id)
        return await self.inbox.store(external_id, raw, handle=handle)

    async def receive(self, *meaning: Incoming, external_id: str | None = None) -> bool:
        """Receive something that means just this; False when it is a repeat."""
        handle = next((m.handle for m in meaning if not isinstance(m, _WITHOUT_HANDLE)), None)
        return await self.inbox.store(external_id, entry_of(*meaning), handle=handle)

    @staticmethod
    def raw_reply(handle: str, text: str, offer_id: int | None = None) -> bytes:
        """Return an inbox entry that `read` takes as this reply."""
        return json.dumps({"handle": handle, "text": text, "offer_id": offer_id}).encode()

    async def start(self) -> None:
        """Note that it runs."""
        self.running = True

    async def stop(self) -> None:
        """Note that it runs no more, and let go of sends that hang."""
        self.running = False
        for handle in tuple(self._closed):
            self.recover(handle)

    async def send(self, message: Outgoing) -> Receipt:
        """Record the message, unless its handle was told to fail or hang."""
        if message.handle in self._closed:
            await self._closed[message.handle].wait()
        if message.handle in self._faults:
            raise self._faults[message.handle]
        self.sent.append(message)
        return Receipt({"number": len(self.sent)}, editable=self.editable)

    async def edit(self, receipt: Receipt, message: Outgoing) -> None:
        """Record the edit, unless its handle was told to fail."""
        if message.handle in self._faults:
            raise self._faults[message.handle]
        self.edited.append((receipt, message))

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return what `inject` or `receive` stored."""
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            entry = None
        match entry:
            case {"handle": str(handle), "text": str(text), "offer_id": int() | None as offer_id}:
                return (Reply(handle, text, offer_id),)
            case {"meaning": list()}:
                return meaning_of(raw)
            case _:
                return (Ignored("not a reply of a FakeChannel"),)

    async def webhook(self, request: WebhookRequest) -> WebhookAnswer:
        """Store a POSTed reply; the id in `x-id` tells repeats."""
        (meant,) = await self.read(request.body)
        if request.method != "POST" or not isinstance(meant, Reply):
            return WebhookAnswer(400, b"POST a reply")
        await self.inbox.store(request.headers.get("x-id"), request.body, handle=meant.handle)
        return WebhookAnswer()
