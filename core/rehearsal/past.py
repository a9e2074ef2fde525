"""What the record holds of some jobs: rows as they are now, and their history. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain import Verdict
from core.models import Address, Agent, Job, Offer
from core.views import EventView

Pair = tuple[int, int]  # (job id, agent id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer that was understood and was about an offer, as the inbox keeps it."""

    offer_id: int
    verdict: Verdict
    received_at: datetime
    handled_at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Any other entry, which kept its sender's offers from being timed out until it was read."""

    agent_id: int | None  # None: it was not known whose it was
    received_at: datetime
    handled_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """How the sending of one message went, as the outbox keeps it; not what it said."""

    offer_id: int | None
    address_id: int | None
    is_offer: bool
    created_at: datetime
    claimed_at: datetime | None
    failed_at: datetime | None
    was_sent: bool  # a channel had taken it before it failed


@dataclass(frozen=True, slots=True)
class Past:
    """Some jobs with all that happened to them, and everybody who could have been asked."""

    begins: datetime  # the arrival of the first of these jobs
    ends: datetime  # the moment of reading: nothing is known beyond it
    jobs: Sequence[Job]
    offers: Sequence[Offer]
    events: Mapping[int, Sequence[EventView]]  # of each job, oldest first
    about_agents: Sequence[EventView]  # duty, STOP and START, of all times
    agents: Sequence[Agent]
    addresses: Sequence[Address]
    entries: Sequence[Entry]
    messages: Sequence[Message]
    unread: Sequence[Unread]
    asked_before: Sequence[tuple[int, datetime]]  # (agent, when) about other, earlier jobs


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about an offer: when it was received and acted on, since the offer opened."""

    verdict: Verdict
    received_after: timedelta
    acted_after: timedelta
    order: float  # its place in history, among things of one moment
    channel: str = ""
    sure: bool = True  # as recorded; else it counts only while the offer is open


@dataclass(frozen=True, slots=True)
class Trouble:
    """The n-th message of an offer left late by `delay`, or failed when that is None."""

    number: int
    after: timedelta
    delay: timedelta | None
    order: float


@dataclass(frozen=True, slots=True)
class Ask:
    """How one driver took one offer. `watched`: it ended so early that more is not known."""

    said: tuple[Said, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    watched: timedelta | None = None
