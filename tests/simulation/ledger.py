"""Open this for what history alone says: jobs, offers and drivers rebuilt from its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.domain import JobStatus, OfferStatus, may_move
from core.views import EventView

JOB_STATUSES = frozenset(s.value for s in JobStatus)


@dataclass(slots=True)
class TrackedOffer:
    """One offer as history tells it."""

    id: int
    agent: int
    round: int
    slot: int
    opened_at: datetime
    expires_at: datetime
    version: int = 1
    status: str = "sent"
    closed_at: datetime | None = None


@dataclass(slots=True)
class TrackedJob:
    """One job as history tells it."""

    id: int
    status: str = ""
    holder: int | None = None
    order: list[int] = field(default_factory=list)
    policy: str = "default"
    cutoff: datetime | None = None
    offers: dict[int, TrackedOffer] = field(default_factory=dict)
    dropped_by: set[int] = field(default_factory=set)
    assigned_to: list[int] = field(default_factory=list)
    called_off: set[int] = field(default_factory=set)
    version: int = 1
    paused: bool = False
    asked_anew_at: datetime | None = None  # refusals before are overruled
    taken_back: bool = False  # just now; what is asked then overrules nothing
    edits: int = 0
    lost_in_silence: set[int] = field(default_factory=set)  # by drivers who had said STOP

    def open_offers(self) -> list[TrackedOffer]:
        """Return the offers that wait for an answer."""
        return [o for o in self.offers.values() if o.status == "sent"]


@dataclass(slots=True)
class Duty:
    """Whether one driver may be disturbed, as history tells it."""

    on_duty: bool = True
    off_until: datetime | None = None
    opted_out: bool = False
    last_asked_at: datetime | None = None

    def works_at(self, now: datetime) -> bool:
        """Tell whether the driver is on duty then."""
        return self.on_duty or (self.off_until is not None and self.off_until <= now)


class Ledger:
    """Takes history line by line; a step that the transition tables do not allow is a fault."""

    def __init__(self) -> None:
        self.jobs: dict[int, TrackedJob] = {}
        self.duties: dict[int, Duty] = defaultdict(Duty)
        self.faults: list[str] = []

    def take(self, e: EventView) -> None:
        """Enter one line."""
        if e.agent_id is not None:
            self._enter_duty(self.duties[e.agent_id], e)
        if e.job_id is None:
            return
        job = self.jobs.setdefault(e.job_id, TrackedJob(e.job_id))
        self._steer(job, e)
        if e.target in JOB_STATUSES:
            self._move_job(job, e)
        elif e.target is not None:
            self._move_offer(job, e)
        facts: Mapping[str, Any] = e.facts or {}
        if "expires_at" in facts and e.offer_id in job.offers:
            job.offers[e.offer_id].expires_at = datetime.fromisoformat(facts["expires_at"])
        if "cutoff" in facts:
            job.cutoff = datetime.fromisoformat(facts["cutoff"]) if facts["cutoff"] else None

    def _steer(self, job: TrackedJob, e: EventView) -> None:
        """Enter what a coordinator did to the job."""
        facts: Mapping[str, Any] = e.facts or {}
        match e.kind:
            case "paused" | "resumed":
                job.paused = e.kind == "paused"
            case "uncovered":
                job.paused = False
            case "taken_back":
                job.called_off.add(e.agent_id or 0)
                job.taken_back = True
            case "asked_again":
                job.order, job.policy = facts["order"], facts["policy"]
                job.asked_anew_at = job.asked_anew_at if job.taken_back else e.at
                job.taken_back = False
            case "offering_started":
                job.taken_back = False
            case "edited":
                job.edits += 1
                if job.version != facts["version"]:
                    job.version, job.asked_anew_at = facts["version"], None
            case "cutoff_set":
                cutoff = datetime.fromisoformat(facts["cutoff"])
                for offer in job.open_offers():
                    offer.expires_at = min(offer.expires_at, cutoff)
            case _:
                return

    def _move_job(self, job: TrackedJob, e: EventView) -> None:
        assert e.target is not None
        known = job.status or None
        if e.source != known:
            self.faults.append(f"event {e.id}: job {job.id} was {known}, not {e.source}")
        elif known and known != e.target and not may_move(JobStatus(known), JobStatus(e.target)):
            self.faults.append(f"event {e.id}: job {job.id} went from {known} to {e.target}")
        if e.kind == "reopened" and job.holder is not None:
            job.dropped_by.add(job.holder)
        if job.holder is not None and self.duties[job.holder].opted_out:
            job.lost_in_silence.add(job.holder)
        job.status = e.target
        if e.target == "assigned":
            job.holder = e.agent_id
            job.assigned_to.append(e.agent_id or 0)
        elif e.target != "completed":
            job.holder = None
        if e.kind == "offering_started":
            job.order, job.policy = (e.facts or {})["order"], (e.facts or {})["policy"]

    def _move_offer(self, job: TrackedJob, e: EventView) -> None:
        assert e.target is not None
        assert e.offer_id is not None
        if e.kind == "offered":
            self._open(job, e)
            return
        offer = job.offers[e.offer_id]
        if e.source != offer.status or e.agent_id != offer.agent:
            self.faults.append(f"event {e.id}: offer {offer.id} was {offer.status}: {e}")
        elif not may_move(OfferStatus(offer.status), OfferStatus(e.target)):
            self.faults.append(f"event {e.id}: offer {offer.id} went {e.source} to {e.target}")
        offer.status, offer.closed_at = e.target, e.at

    def _open(self, job: TrackedJob, e: EventView) -> None:
        facts: Mapping[str, Any] = e.facts or {}
        ends = datetime.fromisoformat(facts["expires_at"])
        agent, offer_id = e.agent_id or 0, e.offer_id or 0
        job.offers[offer_id] = TrackedOffer(
            offer_id, agent, facts["round"], facts["slot"], e.at, ends, facts["version"]
        )
        self.duties[agent].last_asked_at = e.at

    def _enter_duty(self, duty: Duty, e: EventView) -> None:
        match e.kind:
            case "on_duty" | "off_duty":
                duty.on_duty = e.kind == "on_duty"
                until = (e.facts or {}).get("until")
                duty.off_until = datetime.fromisoformat(until) if until else None
            case "opted_out" | "opted_in":
                duty.opted_out = e.kind == "opted_out"
            case _:
                return
