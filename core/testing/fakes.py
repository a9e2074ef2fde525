"""Open this for stand-ins: a clock that is set, an inbox in memory, a channel that obeys a test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.channel import (
    Capabilities,
    ChannelContext,
    Clock,
    DeliveryReport,
    Ignored,
    Inbox,
    Incoming,
    Leases,
    NeedsPerson,
    Outgoing,
    Receipt,
    Reply,
    State,
    WebhookAnswer,
    WebhookRequest,
)
from core.domain import MessageKind
from core.errors import PermanentSendError, TemporarySendError
from core.testing.entries import entry_of, meaning_of

_WITHOUT_HANDLE = (DeliveryReport, Ignored, NeedsPerson)
NOON = datetime(2026, 1, 30, 12, 30, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment it was last set to."""
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to any aware moment, backwards too."""
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let so much time pass."""
        self._now += by


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry of a MemoryInbox."""

    external_id: str | None
    raw: bytes
    received_at: datetime | None
    handle: str | None


@dataclass(slots=True)
class MemoryInbox:
    """An Inbox that keeps entries in a list; set `fault` to have storing raise it."""

    entries: list[Stored] = field(default_factory=list)
    fault: Exception | None = None

    async def store(
        self,
        external_id: str | None,
        raw: bytes,
        received_at: datetime | None = None,
        *,
        handle: str | None = None,
    ) -> bool:
        """Keep the entry unless its `external_id` is known."""
        if self.fault is not None:
            raise self.fault
        if external_id is not None and any(e.external_id == external_id for e in self.entries):
            return False
        self.entries.append(Stored(external_id, raw, received_at, handle))
        return True


class MemoryState:
    """A State that a restart of the fake keeps, and the end of the test forgets."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """Return what was put last."""
        return self.values.get(name)

    async def put(self, name: str, value: str) -> None:
        """Replace what was there."""
        self.values[name] = value


class MemoryLeases:
    """Leases of a single process; a name in `elsewhere` is held by another one."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.elsewhere: set[str] = set()

    async def hold(self, name: str, seconds: float) -> bool:
        """Take the lease unless it is held elsewhere."""
        if name in self.elsewhere:
            return False
        self.held.add(name)
        return True

    async def release(self, name: str) -> None:
        """Give it up; one that is not held is no error."""
        self.held.discard(name)


def make_context(
    *,
    inbox: Inbox | None = None,
    clock: Clock | None = None,
    zone: str = "Europe/London",
    base_url: str = "http://localhost:4567",
    state: State | None = None,
    leases: Leases | None = None,
) -> ChannelContext:
    """Return a ChannelContext of fakes, any of them replaceable."""
    return ChannelContext(
        inbox=inbox or MemoryInbox(),
        clock=clock or FakeClock(),
        zone=ZoneInfo(zone),
        base_url=base_url,
        state=state or MemoryState(),
        leases=leases or MemoryLeases(),
    )


def make_outgoing(
    handle: str = "+447700900001",
    text: str = "Leeds to York, van, 14:30. Answer YES or NO by 13:00.",
    **values: Any,
) -> Outgoing:
    """Return an offer to Driver One; every field may be given."""
    given: dict[str, Any] = {
        "token": "message-1",
        "kind": MessageKind.OFFER,
        "name": "Driver One",
        "subject": "Job VC8Y-4",
        "facts": {"reference": "VC8Y-4", "code": 34},
    }
    return Outgoing(handle=handle, text=text, **{**given, **values})


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
