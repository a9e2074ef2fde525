"""What readers are shown: frozen values, ready for JSON, without any secret. Times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from core.domain import Exclusion


@dataclass(frozen=True, slots=True)
class OfferView:
    id: int
    job_id: int
    agent_id: int
    status: str
    sent_at: datetime
    responded_at: datetime | None
    expires_at: datetime
    round: int
    version: int
    code: int
    channel: str | None
    delivery: str | None  # null, queued, sent, delivered, failed
    reason: str | None


@dataclass(frozen=True, slots=True)
class JobView:
    id: int
    sheet_job_id: str
    status: str
    version: int
    pickup_date: str | None
    pickup_time: str | None
    pickup_at: datetime | None
    pickup_date_only: bool
    cutoff: datetime | None
    origin: str | None
    destination: str | None
    vehicle_type: str | None
    skills: tuple[str, ...]
    notes: str | None
    pay: str | None
    pickup_address: str | None
    delivery_address: str | None
    contact_name: str | None
    contact_phone: str | None
    coordinator_email: str | None
    warnings: tuple[str, ...]  # what whoever read the job was unsure of
    policy: str | None
    round: int
    approved_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decision_reason: str | None
    assigned_agent_id: int | None
    assigned_at: datetime | None
    assigned_by_hand: bool
    paused_at: datetime | None
    started_at: datetime | None
    next_action: str | None
    next_action_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    offers: tuple[OfferView, ...] | None = None  # oldest first; None where a list leaves them out


@dataclass(frozen=True, slots=True)
class AddressView:
    channel: str
    handle: str
    state: str
    state_reason: str | None


@dataclass(frozen=True, slots=True)
class AgentView:
    id: int
    name: str
    phone_e164: str
    priority: int
    active: bool
    on_duty: bool
    off_until: datetime | None
    vehicle_type: str | None
    skills: tuple[str, ...]
    language: str | None
    quiet_hours: str | None
    addresses: tuple[AddressView, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CoordinatorView:
    id: int
    name: str
    email: str | None
    active: bool
    is_default: bool
    language: str | None
    addresses: tuple[AddressView, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventView:
    id: int
    at: datetime
    kind: str
    job_id: int | None
    offer_id: int | None
    agent_id: int | None
    actor: str
    source: str | None
    target: str | None
    reason: str | None
    facts: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AlertView:
    id: int
    cause: str
    job_id: int | None
    agent_id: int | None
    reason: str | None
    raised_at: datetime
    next_at: datetime | None
    times_said: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class InboxView:
    id: int
    channel: str
    external_id: str | None
    handle: str | None  # the sender, as far as known
    received_at: datetime
    state: str
    attempts: int
    handled_at: datetime | None
    reason: str | None
    agent_id: int | None
    job_id: int | None
    offer_id: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class OutboxView:
    id: int
    kind: str
    channel: str
    handle: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    reason: str | None
    agent_id: int | None
    coordinator_id: int | None
    job_id: int | None
    offer_id: int | None


@dataclass(frozen=True, slots=True)
class TokenView:
    id: int
    name: str
    scope: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CandidatesView:
    candidates: tuple[int, ...]  # agent ids, best first
    excluded: tuple[Exclusion, ...]
    names: Mapping[int, str]


RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One keyset page; `next` is the cursor of the following one, None on the last."""

    rows: tuple[RowT, ...]
    next: int | None
