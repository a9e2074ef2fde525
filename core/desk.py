"""What a coordinator looks at all day: jobs under way, who is asked until when, open alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain import FINAL_JOB_STATUSES, InboxState, JobStatus, OfferStatus
from core.models import Agent, Alert, InboxEntry, Job, Offer
from core.runner import Unit
from core.showing import alert_view, job_view
from core.views import AlertView, JobView

MOST = 200  # jobs, and alerts
FIRST = ("uncovered", "needs_approval", "offering", "approved", "assigned")  # what needs a person


@dataclass(frozen=True, slots=True)
class Asked:
    """A driver with an open offer."""

    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class JobUnderWay:
    job: JobView
    nonce: str  # of its approve link
    asked: tuple[Asked, ...]
    driver: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """One snapshot; `more` when there are more jobs than are shown."""

    jobs: tuple[JobUnderWay, ...]
    alerts: tuple[AlertView, ...]
    references: Mapping[int, str]  # of the jobs that alerts are about
    drivers: Mapping[int, str]
    unread: int  # inbox entries that wait for a person
    more: bool


async def desk(unit: Unit) -> Desk:
    """Read the desk as it now is, what needs a person first."""
    live = [status.value for status in JobStatus if status not in FINAL_JOB_STATUSES]
    found: list[Job] = []
    for status in FIRST:
        if status in live and len(found) <= MOST:
            rows = Job.filter(status=status).order_by("pickup_at", "id")
            found += await rows.limit(MOST + 1 - len(found))
    jobs = found[:MOST]
    alerts = await Alert.filter(resolved_at=None).order_by("-id").limit(MOST)
    open_offers = Offer.filter(job_id__in=[j.id for j in jobs], status=OfferStatus.SENT.value)
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in await open_offers.order_by("expires_at", "id"):
        offers[offer.job_id].append(offer)
    names = await _names(jobs, offers, alerts)
    return Desk(
        jobs=tuple(_under_way(job, offers[job.id], names) for job in jobs),
        alerts=tuple(map(alert_view, alerts)),
        references=await _references(jobs, alerts),
        drivers=names,
        unread=await InboxEntry.filter(state=InboxState.NEEDS_PERSON.value).count(),
        more=len(found) > MOST,
    )


def _under_way(job: Job, offers: list[Offer], names: Mapping[int, str]) -> JobUnderWay:
    asked = tuple(Asked(names.get(o.agent_id, "?"), o.expires_at) for o in offers)
    driver = names.get(job.assigned_agent_id) if job.assigned_agent_id else None
    return JobUnderWay(job_view(job), job.approval_nonce, asked, driver)


async def _names(
    jobs: list[Job], offers: Mapping[int, list[Offer]], alerts: list[Alert]
) -> Mapping[int, str]:
    wanted = {j.assigned_agent_id for j in jobs} | {a.agent_id for a in alerts}
    wanted |= {o.agent_id for some in offers.values() for o in some}
    rows = await Agent.filter(id__in=[i for i in wanted if i is not None])
    return {row.id: row.name for row in rows}


async def _references(jobs: list[Job], alerts: list[Alert]) -> Mapping[int, str]:
    known = {job.id: job.sheet_job_id for job in jobs}
    others = {a.job_id for a in alerts if a.job_id is not None} - known.keys()
    rows = await Job.filter(id__in=list(others)) if others else []
    return known | {row.id: row.sheet_job_id for row in rows}
