"""What the router's use cases answer. Late, repeated and already decided are values, not errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.domain import Exclusion
from core.views import AgentView, CoordinatorView, JobView, OfferView, TokenView


@dataclass(frozen=True, slots=True)
class NotFound:
    """No such job, agent, offer or alert."""

    what: str = "job"


@dataclass(frozen=True, slots=True)
class Done:
    """It is as asked; `repeated` when it already was before."""

    job: JobView
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be, because of the state that `job` shows. `code` is a short name of the reason."""

    code: str
    reason: str
    job: JobView


@dataclass(frozen=True, slots=True)
class VersionChanged:
    """The asker saw another version of the job; `job` has the new facts."""

    job: JobView


@dataclass(frozen=True, slots=True)
class UnreadablePickup:
    """The pickup after the edit cannot be read; nothing was changed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Synced:
    inserted: int
    updated: int
    total: int


@dataclass(frozen=True, slots=True)
class CoordinatorNamed:
    """There is a coordinator of that mail address and name; `is_new` when there was none before."""

    coordinator: CoordinatorView
    is_new: bool


@dataclass(frozen=True, slots=True)
class AddressTaken:
    """Another agent already has that Address; nothing was changed. `row` counts from 0."""

    row: int
    channel: str
    reason: str


@dataclass(frozen=True, slots=True)
class Created:
    job: JobView
    approve_url: str


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """That `sheet_job_id` is known; `changed` names the given fields that differ."""

    job: JobView
    approve_url: str | None
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key was used before for another body."""


@dataclass(frozen=True, slots=True)
class Started:
    """The first offer (of several, when the policy asks in batches) is open."""

    offer: OfferView
    agent: AgentView


@dataclass(frozen=True, slots=True)
class NobodyLeft:
    """Nobody can be asked; the job is uncovered."""

    job: JobView
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Asking begins later, by `start_before` or because all that stands against it is temporary."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OthersAsked:
    """Nobody new is asked: other drivers hold open offers."""


@dataclass(frozen=True, slots=True)
class GivenToReserve:
    """A driver whose late YES waited has the job now."""

    offer_id: int
    agent: AgentView


@dataclass(frozen=True, slots=True)
class ReplyAnswer:
    """What a reply led to. `code` is `accepted`, `declined_advanced`, … or an error's name."""

    ok: bool
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)  # plain JSON


@dataclass(frozen=True, slots=True)
class Ticked:
    timed_out: int
    advanced: int
    alerts: int


@dataclass(frozen=True, slots=True)
class TokenMade:
    """`secret` is the token itself, shown this once and kept nowhere."""

    token: TokenView
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NameTaken:
    """A token that is not revoked has that name."""

    name: str


@dataclass(frozen=True, slots=True)
class NotPossible:
    """It cannot be as things stand; nothing was changed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """That field cannot be so; nothing was changed."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Invited:
    """`token` is one use of joining a channel, shown this once and kept nowhere."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That driver's personal data is erased; `repeated` when it already was before."""

    agent_id: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows held personal data whose time was over."""

    jobs: int
    inbox: int
    outbox: int


StartOutcome = Started | NobodyLeft | OthersAsked | Scheduled | GivenToReserve | Refused | NotFound
DecisionOutcome = Done | Refused | VersionChanged | NotFound
