"""By what a recorded job was decided: its policy at each moment, and what it asked for then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.domain import EventKind, Policy
from core.drafts import JobDraft
from core.models import Job
from core.policy_forms import policy_from_json
from core.site import Site
from core.views import EventView

K = EventKind
_FREEZES = (K.OFFERING_STARTED, K.ASKED_AGAIN)


def policies_of(
    job: Job, events: Sequence[EventView], site: Site
) -> tuple[dict[str, Policy], dict[int, str]]:
    """Return the job's policies by names of their own, and those names by the lines they came with.

    A policy that was chosen and never frozen is known by its name only: it is the site's of today.
    """
    named: dict[str, Policy] = {}
    chosen: dict[int, str] = {}
    ahead: Policy | None = (
        policy_from_json(job.policy) if job.policy else site.policy(job.policy_name)
    )
    begun_at = None
    for event in reversed(events):
        facts = event.facts or {}
        if event.kind in _FREEZES:
            ahead = policy_from_json(facts["rules"]) if "rules" in facts else ahead
            begun_at = event.at if event.kind == K.OFFERING_STARTED else begun_at
        renamed = event.kind == K.EDITED and "policy" in facts["fields"]
        begins = event.kind == K.EDITED and event.at == begun_at
        if renamed or begins or event.kind in (K.CREATED, K.ASKED_AGAIN):
            name = chosen[event.id] = f"{job.id}/{event.id}"
            named[name] = replace(ahead or site.policy(facts.get("policy")), name=name)
        if renamed:
            ahead = None
    return named, chosen


def draft_of(job: Job, created: EventView, policy: str | None, zone: ZoneInfo) -> JobDraft:
    """Return the job as it arrived, as far as what is decided by goes."""
    told = created.facts or {}
    day, clock = job.pickup_date, job.pickup_time
    if job.version > 1:  # they may be of an edit
        day, clock = _pickup(job, told, zone)
    return JobDraft(
        job.sheet_job_id,
        pickup_date=day,
        pickup_time=clock,
        pickup_at=_moment(told.get("pickup_at")),
        pickup_date_only=told.get("pickup_date_only", job.pickup_date_only),
        origin=job.origin,
        destination=job.destination,
        vehicle_type=told.get("vehicle_type", job.vehicle_type),
        skills=tuple(told.get("skills", job.skills) or ()),
        policy=policy,
    )


def changes_of(
    job: Job, edited: EventView, policy: str | None, *, material: bool, zone: ZoneInfo
) -> Mapping[str, Any]:
    """Return changes that make an edit felt as it was; of texts only that they changed is known."""
    told = edited.facts or {}
    changes: dict[str, Any] = {"pay" if material else "notes": f"edit {edited.id}"}
    if {"pickup_date", "pickup_time"} & set(told["fields"]):
        changes["pickup_date"], changes["pickup_time"] = _pickup(job, told, zone)
    for name in ("vehicle_type", "skills"):
        if name in told["fields"] and name in told:
            changes[name] = told[name]
    if policy is not None:
        changes["policy"] = policy
    return changes


def _pickup(job: Job, told: Mapping[str, Any], zone: ZoneInfo) -> tuple[str | None, str | None]:
    """Return the day and time of a recorded pickup in a form that is read to the same moment."""
    if "pickup_at" not in told:
        return job.pickup_date, job.pickup_time
    at = _moment(told["pickup_at"])
    if at is not None and told.get("pickup_date_only", job.pickup_date_only):
        return f"{at.astimezone(zone):%Y-%m-%d}", None
    return told["pickup_at"], None


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told is not None else None
