"""What came in and how it ends: the entry with what its channel can do, the endings."""

from __future__ import annotations

from dataclasses import dataclass

from core.channel import Capabilities
from core.domain import InboxState
from core.models import InboxEntry

Ending = tuple[InboxState, str | None]
HANDLED: Ending = (InboxState.HANDLED, None)


@dataclass(frozen=True, slots=True)
class Heard:
    """One stored entry in the hand of the unit that acts on it."""

    entry: InboxEntry
    can: Capabilities

    @property
    def channel(self) -> str:
        """Return the channel it came by."""
        return self.entry.channel


def needs_person(reason: str) -> Ending:
    """Leave the entry to a person."""
    return (InboxState.NEEDS_PERSON, reason)


def ignored(reason: str) -> Ending:
    """Have nothing follow from the entry."""
    return (InboxState.IGNORED, reason)
