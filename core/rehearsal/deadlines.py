"""What the clock will have to settle about some jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain import OfferStatus
from core.models import Job, Offer
from core.runner import Unit


class DUE(StrEnum):
    """What kind of thing is due."""

    OFFER = "offer"
    CONFIRMATION = "confirmation"
    ACTION = "action"
    ALERT = "alert"  # an action that only says something


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that the clock does to a job."""

    what: DUE
    job_id: int
    at: datetime


async def deadlines_of(unit: Unit, job_ids: list[int]) -> list[Due]:
    """Return what is due about these jobs and when; reminders and repeated alerts are left out."""
    open_offers = Offer.filter(job_id__in=job_ids, status=OfferStatus.SENT.value)
    ends: dict[int, datetime] = {}
    for job_id, at in await open_offers.values_list("job_id", "expires_at"):
        ends[job_id] = min(at, ends.get(job_id, at))
    found = [Due(DUE.OFFER, job_id, at) for job_id, at in ends.items()]
    acting = Job.filter(id__in=job_ids, next_action_at__not_isnull=True)
    for job_id, action, at in await acting.values_list("id", "next_action", "next_action_at"):
        found.append(Due(DUE.ALERT if action == "alert" else DUE.ACTION, job_id, at))
    asked_back = Offer.filter(job_id__in=job_ids, reconfirm_by__not_isnull=True)
    for job_id, at in await asked_back.values_list("job_id", "reconfirm_by"):
        found.append(Due(DUE.CONFIRMATION, job_id, at))
    return found
