"""Open this for the frozen values that the pure rules take and return. Times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.domain.words import ExclusionReason, LateYes


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times between which nobody is disturbed; may pass midnight (22:00 to 06:00)."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Policy:
    """How a cascade asks; frozen on the job when its cascade starts."""

    name: str = "default"
    order: str = "priority"
    width: int = 1  # 1 = one after another, k = batch, 0 = broadcast
    timeout: timedelta = timedelta(minutes=30)
    min_window: timedelta = timedelta(minutes=3)
    min_lead: timedelta = timedelta(0)
    rounds: int = 1
    start_before: timedelta | None = None
    quiet_hours: QuietHours | None = None
    remind_at: float | None = None  # fraction of the window
    late_yes: LateYes = LateYes.STANDBY
    max_open_offers_per_agent: int = 0  # 0 = no cap
    busy_buffer: timedelta = timedelta(0)  # 0 = off
    urgent_within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What the rules of eligibility need to know of a job."""

    pickup_at: datetime | None
    cutoff: datetime | None
    vehicle_type: str | None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What the rules of eligibility need to know of an agent, seen from one job."""

    id: int
    name: str
    priority: int
    active: bool = True
    on_duty: bool = True
    off_until: datetime | None = None
    vehicle_type: str | None = None
    skills: frozenset[str] = frozenset()
    quiet_hours: QuietHours | None = None
    last_asked_at: datetime | None = None
    has_address: bool = True  # any Address on an enabled channel
    has_usable_address: bool = True
    opted_out: bool = False
    open_offers: int = 0  # on any job
    next_expiry: datetime | None = None  # of the agent's open offers, the earliest
    busy_at: tuple[datetime, ...] = ()  # pickups of other jobs accepted or assigned
    has_open_offer_here: bool = False
    asked_this_round: bool = False
    declined_this_version: bool = False
    dropped_out: bool = False
    called_off: bool = False  # a coordinator took the job back from them


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why one agent is not asked; `until` is None when the reason is lasting."""

    agent_id: int
    reason: ExclusionReason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who may be asked, best first, and why the others are not."""

    askable: tuple[int, ...]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: `kind` is clock, api, coordinator, agent or operator."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        """Return the form in which history names an actor, such as `coordinator jo@example.com`."""
        return f"{self.kind} {self.name}".strip()


CLOCK = Actor("clock")
API = Actor("api")
OPERATOR = Actor("operator", "command line")
