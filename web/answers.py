"""The shapes of answers, for the description of the API; handlers send the same as plain JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, RootModel

from core.views import (
    AgentView,
    AlertView,
    CoordinatorView,
    EventView,
    InboxView,
    JobView,
    OfferView,
)


class Answer(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)


class Health(Answer):
    status: Literal["ok"]


class Ready(Answer):
    status: Literal["ready"]


class Synced(Answer):
    ok: Literal[True]
    inserted: int
    updated: int
    total: int


class NewJob(Answer):
    id: int
    status: str
    approve_url: str
    warnings: list[str]


class KnownJob(Answer):
    id: int
    status: str
    message: Literal["already_exists"]
    changed: list[str]
    warnings: list[str]
    approve_url: str | None = None  # only while the job still needs approval


class Jobs(Answer):
    jobs: list[JobView]
    next: int | None


class Agents(Answer):
    agents: list[AgentView]
    next: int | None


class Offers(Answer):
    offers: list[OfferView]
    next: int | None


class Events(Answer):
    events: list[EventView]
    next: int | None


class Alerts(Answer):
    alerts: list[AlertView]
    next: int | None


class InboxEntries(Answer):
    inbox: list[InboxView]
    next: int | None


class Coordinators(Answer):
    coordinators: list[CoordinatorView]
    next: int | None


class Invitation(Answer):
    url: str
    qr: str  # an SVG image as a data URI
    expires_at: datetime


class Candidate(Answer):
    agent_id: int
    rank: int
    name: str | None


class Exclusion(Answer):
    agent_id: int
    reason: str
    until: datetime | None


class ExcludedAgent(Exclusion):
    name: str | None
    why: str


class CandidateLists(Answer):
    candidates: list[Candidate]
    excluded: list[ExcludedAgent]


class AskedAgent(Answer):
    id: int
    name: str
    phone_e164: str


class OfferSent(Answer):
    ok: Literal[True]
    message: Literal["offer_sent", "given_to_reserve"]
    offer_id: int
    agent: AskedAgent


class NoMoreAgents(Answer):
    ok: Literal[True]
    message: Literal["no_more_agents"]
    excluded: list[Exclusion]


class OfferScheduled(Answer):
    ok: Literal[True]
    message: Literal["scheduled"]
    at: datetime


class Start(RootModel[OfferSent | NoMoreAgents | OfferScheduled]):
    """What asking began with."""


class Replied(Answer):
    """`message` says what the reply led to; more keys belong to each message."""

    ok: Literal[True]
    message: str


class Ticked(Answer):
    ok: Literal[True]
    timed_out: int
    advanced: int
    alerts: int


class Decided(Answer):
    ok: Literal[True]
    message: str
    detail: str
    job: JobView


class RenewedLink(Answer):
    id: int
    status: str
    approve_url: str


class ProblemAnswer(Answer):
    """An error by RFC 9457, with `ok` and `error` besides."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    ok: Literal[False]
    error: str
    fields: list[dict[str, Any]] = []
