"""Open this for what a message is read from, and what was read of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.drafts import JobReading


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a text, as the sender named it."""

    name: str
    content_type: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the reader must know of the moment and the site; `ladder` names its vehicles."""

    now: datetime
    zone: ZoneInfo
    ladder: Sequence[str] = ()
    policies: Collection[str] | None = None  # None: whoever takes the job in looks at its policy

    @property
    def today(self) -> date:
        """Return the local day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Said:
    """One fact as somebody wrote it: under which name, and what."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Description:
    """One job in the writer's own words, and the words that belong to no field."""

    said: tuple[Said, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """The jobs of one message, and what in it may be a job but could not be read."""

    readings: tuple[JobReading, ...] = ()
    unread: tuple[str, ...] = ()
