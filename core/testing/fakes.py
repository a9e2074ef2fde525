"""Open this for stand-ins: a clock that is set; inbox, values and leases in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.channel import (
    ChannelContext,
    Clock,
    Inbox,
    Leases,
    Outgoing,
    State,
)
from core.domain import MessageKind

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
