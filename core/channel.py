"""Open this to write a channel: the protocol, its capabilities, and the values it sends and reads.

All values are frozen; a channel never sees a table. A channel has one room of the house to
itself: it may keep connections open between `start` and `stop`, and small values by
`ChannelContext.state`. It must not keep anything else in memory that a crash would lose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from core.domain import MessageKind
from core.incoming import (
    Decision,
    DeliveryReport,
    Done,
    Ignored,
    Incoming,
    Link,
    NeedsPerson,
    NewJobs,
    OwnPhone,
    Reachable,
    Reply,
)

__all__ = [
    "Capabilities",
    "Channel",
    "ChannelContext",
    "Clock",
    "Decision",
    "DeliveryReport",
    "Done",
    "Ignored",
    "Inbox",
    "Incoming",
    "Invites",
    "Leases",
    "Link",
    "NeedsPerson",
    "NewJobs",
    "Outgoing",
    "OwnPhone",
    "Reachable",
    "Receipt",
    "Reply",
    "SendOnly",
    "State",
    "WebhookAnswer",
    "WebhookRequest",
]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do besides sending."""

    receives: bool = False
    edits: bool = False
    buttons: bool = False
    receipts: bool = False
    links: bool = False  # people join by a link of their own: the channel is one that `Invites`
    answer_limits: bool = False  # answers to what led to nothing are sent sparingly, as by mail


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one handle. `text` is ready to send; `facts` serve richer forms."""

    token: str  # the same on every attempt: an id for the other side to recognise repeats by
    kind: MessageKind
    handle: str
    name: str  # of the person
    subject: str
    text: str
    facts: Mapping[str, Any]
    language: str = "en"
    repeat: bool = False  # an earlier attempt may have arrived; the text says so already
    reply_token: str | None = None  # opaque, lower-case base32: names this message to its reader


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of handing over; `reference` is what `edit` needs later. Plain JSON values only.

    `editable`: the service is to call `edit` when what the message says has changed or ended.
    """

    reference: Mapping[str, Any] = field(default_factory=dict)
    delivered: bool = False
    editable: bool = False


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    peer: str


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@runtime_checkable
class Channel(Protocol):
    """An adapter that can send, and maybe receive.

    `send` returns once the other side has taken the message over, raises `TemporarySendError`
    for what may work later and `PermanentSendError` when that handle will never work; any other
    error counts as temporary. It may be called for several handles at once, and again with the
    same token after a crash. `read` turns one stored inbox entry into what it means; it has no
    side effects, since it is called again after a crash. A channel that only sends may inherit
    the other methods from `SendOnly`.
    """

    name: str
    capabilities: Capabilities

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def send(self, message: Outgoing) -> Receipt: ...
    async def edit(self, receipt: Receipt, message: Outgoing) -> None: ...
    async def read(self, raw: bytes) -> Sequence[Incoming]: ...
    async def webhook(self, request: WebhookRequest) -> WebhookAnswer: ...


@runtime_checkable
class Invites(Protocol):
    """A channel that people join by opening a link, which makes them known there."""

    async def invitation(self, token: str) -> str:
        """Return the URL that brings `token` back as a `Link`; TemporarySendError: not known yet.

        Also called on a channel that was not started, with `ChannelContext.state` at hand.
        """
        ...


class SendOnly:
    """The methods of a channel that receives nothing and edits nothing."""

    capabilities = Capabilities()

    async def start(self) -> None:
        """Have nothing to open."""

    async def stop(self) -> None:
        """Have nothing to close."""

    async def edit(self, receipt: Receipt, message: Outgoing) -> None:
        """Leave what was sent as it is."""

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return that nothing is expected here."""
        return (Ignored(f"this channel receives nothing ({len(raw)} bytes)"),)

    async def webhook(self, request: WebhookRequest) -> WebhookAnswer:
        """Answer 404: there is no webhook."""
        return WebhookAnswer(404, f"no webhook at {request.path}".encode())


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class Inbox(Protocol):
    async def store(
        self,
        external_id: str | None,
        raw: bytes,
        received_at: datetime | None = None,
        *,
        handle: str | None = None,
    ) -> bool:
        """Return when `raw` is durable; False when that `external_id` was stored before.

        `received_at` is the transport's own time and is only shown; whether an answer came in
        time is judged by core's clock. Raises StorageFault or DatabaseBusy: do not acknowledge.
        """
        ...


class State(Protocol):
    async def get(self, name: str) -> str | None: ...
    async def put(self, name: str, value: str) -> None: ...


class Leases(Protocol):
    async def hold(self, name: str, seconds: float) -> bool:
        """Take or extend the lease; False while another process holds it."""
        ...

    async def release(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """What a plugin is given to live with."""

    inbox: Inbox
    clock: Clock
    zone: ZoneInfo
    base_url: str
    state: State
    leases: Leases
    ladder: tuple[str, ...] = ()  # the site's vehicles, smallest first
