"""Open this to learn the states: every status, and both transition tables as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar


class JobStatus(StrEnum):
    NEEDS_APPROVAL = "needs_approval"
    APPROVED = "approved"
    OFFERING = "offering"
    UNCOVERED = "uncovered"
    ASSIGNED = "assigned"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class OfferStatus(StrEnum):
    SENT = "sent"  # open: the word of the service that this one succeeds
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    RESCINDED = "rescinded"
    UNDELIVERABLE = "undeliverable"
    WITHDRAWN = "withdrawn"


StatusT = TypeVar("StatusT", JobStatus, OfferStatus)


@dataclass(frozen=True, slots=True)
class Move(Generic[StatusT]):
    """One allowed step between two statuses, and what brings it about."""

    source: StatusT
    target: StatusT
    by: str


_J = JobStatus
_O = OfferStatus

JOB_MOVES: tuple[Move[JobStatus], ...] = (
    Move(_J.NEEDS_APPROVAL, _J.APPROVED, "approve"),
    Move(_J.NEEDS_APPROVAL, _J.REJECTED, "reject"),
    Move(_J.NEEDS_APPROVAL, _J.ASSIGNED, "assign by hand"),
    Move(_J.APPROVED, _J.OFFERING, "start offers"),
    Move(_J.APPROVED, _J.ASSIGNED, "assign by hand"),
    Move(_J.APPROVED, _J.UNCOVERED, "nobody, or no time left"),
    Move(_J.OFFERING, _J.ASSIGNED, "YES, assign by hand"),
    Move(_J.OFFERING, _J.UNCOVERED, "nobody left, or no time left"),
    Move(_J.UNCOVERED, _J.OFFERING, "ask again"),
    Move(_J.UNCOVERED, _J.ASSIGNED, "assign by hand, award, late YES"),
    Move(_J.ASSIGNED, _J.COMPLETED, "complete"),
    Move(_J.ASSIGNED, _J.OFFERING, "dropped, taken back"),
    Move(_J.ASSIGNED, _J.UNCOVERED, "dropped, nobody left"),
    Move(_J.NEEDS_APPROVAL, _J.CANCELLED, "cancel, expired"),
    Move(_J.APPROVED, _J.CANCELLED, "cancel"),
    Move(_J.OFFERING, _J.CANCELLED, "cancel"),
    Move(_J.UNCOVERED, _J.CANCELLED, "cancel, expired"),
    Move(_J.ASSIGNED, _J.CANCELLED, "cancel"),
)

OFFER_MOVES: tuple[Move[OfferStatus], ...] = (
    Move(_O.SENT, _O.ACCEPTED, "YES in time"),
    Move(_O.SENT, _O.DECLINED, "NO in time"),
    Move(_O.SENT, _O.TIMED_OUT, "silence"),
    Move(_O.SENT, _O.RESCINDED, "cancelled, edited, filled, skipped"),
    Move(_O.SENT, _O.UNDELIVERABLE, "not delivered"),
    Move(_O.TIMED_OUT, _O.ACCEPTED, "late YES, reserve, award"),
    Move(_O.DECLINED, _O.ACCEPTED, "YES after own NO, award"),
    Move(_O.ACCEPTED, _O.WITHDRAWN, "dropped, taken back, cancelled"),
)

FINAL_JOB_STATUSES: frozenset[JobStatus] = frozenset(JobStatus) - {m.source for m in JOB_MOVES}
LIVE_OFFER_STATUSES: frozenset[OfferStatus] = frozenset({_O.SENT, _O.ACCEPTED})


def may_move(source: StatusT, target: StatusT) -> bool:
    """Tell whether the transition tables allow the step."""
    if isinstance(source, JobStatus):
        return any(m.source == source and m.target == target for m in JOB_MOVES)
    return any(m.source == source and m.target == target for m in OFFER_MOVES)


def sources_of(target: JobStatus) -> tuple[JobStatus, ...]:
    """Return the statuses from which a job may come to `target`: a compare-and-set's condition."""
    return tuple(m.source for m in JOB_MOVES if m.target == target)


def state_diagram() -> str:
    """Return both tables as one Mermaid text, as README prints it."""
    lines: list[str] = []
    for title, steps in (
        ("Job", [(str(m.source), str(m.target), m.by) for m in JOB_MOVES]),
        ("Offer", [(str(m.source), str(m.target), m.by) for m in OFFER_MOVES]),
    ):
        lines += ["```mermaid", "---", f"title: {title}", "---", "stateDiagram-v2"]
        lines.append(f"    [*] --> {steps[0][0]}")
        lines += [f"    {source} --> {target}: {by}" for source, target, by in steps]
        finals = {target for _, target, _ in steps} - {source for source, _, _ in steps}
        lines += [f"    {status} --> [*]" for status in sorted(finals)]
        lines += ["```", ""]
    return "\n".join(lines)
