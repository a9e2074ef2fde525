"""Open this for what a stored entry may mean: the frozen values that `Channel.read` returns.

`handle` is always the sender's. `context` is a channel's own note of plain JSON values (a message
to answer below, a button's press to answer): it comes back as the fact `context` of whatever the
service answers to that entry. Who a handle belongs to is for the service to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.drafts import JobReading


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody's words, a driver's or a coordinator's. `offer_id` when a button named the offer.

    A button says `yes`, `decline` or `drop`, which mean the same in every language; `no` does not.
    `reply_token` is the `Outgoing.reply_token` of the message that this answers, where the channel
    knows it: it names job or offer, and the sender must be whom that message went to.
    """

    handle: str
    text: str
    offer_id: int | None = None
    reply_token: str | None = None
    name: str | None = None  # as the transport names the sender; shown when they are a stranger
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewJobs:
    """Jobs that somebody brings, each as far as it could be read; believed to come from them."""

    handle: str
    readings: Sequence[JobReading]
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A coordinator's button.

    On a job: approve, approve_and_offer, reject, cancel, status. On an alert: acknowledge,
    ask_again, choose_driver (answers with who could be asked), assign with `agent_id`.
    """

    handle: str
    action: str
    job_id: int | None = None
    alert_id: int | None = None
    agent_id: int | None = None
    reason: str | None = None
    version: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """Somebody used an invitation: its one-use token names who they are."""

    handle: str
    token: str
    name: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """Somebody proved that this phone number is theirs; it links the driver of that number."""

    handle: str
    phone: str
    name: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """A driver says that a job they hold is delivered; `proof` names a photo, as plain JSON."""

    handle: str
    offer_id: int | None = None
    proof: Mapping[str, Any] | None = None
    text: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reachable:
    """The other side says that a handle can be reached again, or no more (a blocked bot)."""

    handle: str
    reachable: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """A later word on a message of ours, named by its token or by its reply token."""

    token: str
    delivered: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    reason: str


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Nothing is done until a person has looked; with `answer_to`, that handle is told so."""

    reason: str
    answer_to: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


Incoming = (
    Reply
    | NewJobs
    | Decision
    | Link
    | OwnPhone
    | Done
    | Reachable
    | DeliveryReport
    | Ignored
    | NeedsPerson
)
