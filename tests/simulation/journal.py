"""Open this for the one true order of things: history as it was committed, and what arrived."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.channel import Outgoing
from core.views import EventView

_OWN_NUMBERS = ("alert_id",)  # surrogate keys, which differ between databases
_EXPECTED = ("channel.send_failed", "outbox.not_settled")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that reached a handle."""

    at: datetime
    channel: str
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Died:
    """A handle was found dead; `told` when that is known only from a later report."""

    at: datetime
    channel: str
    handle: str
    told: bool = False


Line = EventView | Arrived | Died


@dataclass(slots=True)
class Journal:
    """Everything that happened in one world, in order."""

    lines: list[Line] = field(default_factory=list)

    def commit(self, events: Sequence[EventView]) -> None:
        """Take the history that one unit of work left."""
        self.lines += events

    def events(self) -> list[EventView]:
        """Return the history alone."""
        return [line for line in self.lines if isinstance(line, EventView)]

    def arrived(self) -> list[Arrived]:
        """Return the messages that reached somebody."""
        return [line for line in self.lines if isinstance(line, Arrived)]


def fingerprint(events: Sequence[EventView], jobs: Mapping[int, str]) -> str:
    """Return the hash of a history: kinds, actors, times, reasons, and whom and what they name."""
    digest = hashlib.sha256()
    for e in events:
        told: dict[str, Any] = {k: v for k, v in (e.facts or {}).items() if k not in _OWN_NUMBERS}
        job = jobs.get(e.job_id or 0)
        line = (e.at.isoformat(), e.kind, e.actor, job, e.agent_id, e.source, e.target, e.reason)
        digest.update(json.dumps([*line, told], sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


class FaultLog(logging.Handler):
    """Keeps what the service logged as a fault of its own."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record unless a fault that we made ourselves explains it."""
        if record.msg in _EXPECTED:
            return
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"logged {record.getMessage()}: {error!r}")
