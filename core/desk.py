"""What a coordinator looks at all day: jobs under way, who is asked until when, open alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.columns import among
from core.domain import InboxState, JobStatus, OfferStatus
from core.models import Alert, InboxEntry, Job, Offer
from core.rows import AGENTS, ALERTS, JOBS, OFFERS
from core.runner import Unit
from core.showing import alert_view, job_view
from core.views import AlertView, JobView

MOST = 200  # jobs, and alerts
FIRST = (  # what needs a person
    JobStatus.UNCOVERED,
    JobStatus.NEEDS_APPROVAL,
    JobStatus.OFFERING,
    JobStatus.APPROVED,
    JobStatus.ASSIGNED,
)


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
    """Read the desk as it now is, what needs a person first.

    By statements made once: every open desk reads it at each step of any job, and 200 jobs took
    36 ms of processor by the ORM's queries, 9 so.
    """
    found: list[Job] = []
    for status in FIRST:
        if len(found) <= MOST:
            left = MOST + 1 - len(found)
            where = f"status = $1 ORDER BY pickup_at, id LIMIT {left}"
            found += await JOBS.all(unit, where, status.value)
    jobs = found[:MOST]
    alerts = await ALERTS.all(unit, f"resolved_at IS NULL ORDER BY id DESC LIMIT {MOST}")
    offers: dict[int, list[Offer]] = defaultdict(list)
    for offer in await _open_offers(unit, jobs):
        offers[offer.job_id].append(offer)
    names = await _names(unit, jobs, offers, alerts)
    return Desk(
        jobs=tuple(_under_way(job, offers[job.id], names) for job in jobs),
        alerts=tuple(map(alert_view, alerts)),
        references=await _references(unit, jobs, alerts),
        drivers=names,
        unread=await InboxEntry.filter(state=InboxState.NEEDS_PERSON.value).count(),
        more=len(found) > MOST,
    )


def _under_way(job: Job, offers: list[Offer], names: Mapping[int, str]) -> JobUnderWay:
    asked = tuple(Asked(names.get(o.agent_id, "?"), o.expires_at) for o in offers)
    driver = names.get(job.assigned_agent_id) if job.assigned_agent_id else None
    return JobUnderWay(job_view(job), job.approval_nonce, asked, driver)


async def _open_offers(unit: Unit, jobs: list[Job]) -> list[Offer]:
    if not jobs:
        return []
    of_these = among("job_id", len(jobs), first=2)
    where = f"status = $1 AND {of_these} ORDER BY expires_at, id"
    return await OFFERS.all(unit, where, OfferStatus.SENT.value, *(job.id for job in jobs))


async def _names(
    unit: Unit, jobs: list[Job], offers: Mapping[int, list[Offer]], alerts: list[Alert]
) -> Mapping[int, str]:
    wanted = {j.assigned_agent_id for j in jobs} | {a.agent_id for a in alerts}
    wanted |= {o.agent_id for some in offers.values() for o in some}
    ids = [i for i in wanted if i is not None]
    rows = await AGENTS.all(unit, among("id", len(ids)), *ids) if ids else []
    return {row.id: row.name for row in rows}


async def _references(unit: Unit, jobs: list[Job], alerts: list[Alert]) -> Mapping[int, str]:
    known = {job.id: job.sheet_job_id for job in jobs}
    others = {a.job_id for a in alerts if a.job_id is not None} - known.keys()
    rows = await JOBS.all(unit, among("id", len(others)), *others) if others else []
    return known | {row.id: row.sheet_job_id for row in rows}
