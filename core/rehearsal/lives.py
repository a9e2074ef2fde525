"""What became of each job, in a form in which two accounts of it can be compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from core.domain import EventKind, JobStatus, OfferStatus
from core.models import Offer
from core.rehearsal.past import Past

_TAKEN = (JobStatus.ASSIGNED.value, JobStatus.COMPLETED.value)


@dataclass(frozen=True, slots=True)
class Asked:
    """One offer of a life."""

    agent_id: int
    version: int
    round: int
    status: OfferStatus
    sent_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Life:
    """One job: who was asked when, and how it ended."""

    reference: str
    status: JobStatus
    agent_id: int | None
    by_hand: bool
    started_at: datetime | None  # when offering first began
    covered_at: datetime | None  # when the driver who has it got it
    ran_out: bool  # at some time nobody was left, or no time
    offers: tuple[Asked, ...]

    @property
    def covered(self) -> bool:
        """Whether a driver said YES and has or had the job to its end."""
        return self.status.value in _TAKEN and not self.by_hand


def lives_of(past: Past) -> dict[str, Life]:
    """Return the life of each job by its reference."""
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in past.offers:
        offers[offer.job_id].append(offer)
    lives = {}
    for job in past.jobs:
        events = past.events.get(job.id, ())
        started = [e.at for e in events if e.kind == EventKind.OFFERING_STARTED]
        taken = [e.at for e in events if e.kind == EventKind.ASSIGNED]
        lives[job.sheet_job_id] = Life(
            reference=job.sheet_job_id,
            status=JobStatus(job.status),
            agent_id=job.assigned_agent_id,
            by_hand=job.assigned_by_hand,
            started_at=min(started, default=None),
            covered_at=max(taken) if taken and job.status in _TAKEN else None,
            ran_out=any(e.kind == EventKind.UNCOVERED for e in events),
            offers=tuple(_asked(offer) for offer in offers[job.id]),
        )
    return lives


def _asked(offer: Offer) -> Asked:
    return Asked(
        agent_id=offer.agent_id,
        version=offer.version,
        round=offer.round,
        status=OfferStatus(offer.status),
        sent_at=offer.sent_at,
        expires_at=offer.expires_at,
        ended_at=offer.closed_at or offer.responded_at,
    )
