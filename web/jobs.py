"""Jobs: how they arrive, and how they are read."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from quart import Blueprint, Response, request

from core.domain import API
from core.drafts import JobDraft
from core.eligibility import sentence
from core.intake import DateProblem, Pickup, read_pickup
from core.job_warnings import missing_facts
from core.outcomes import AlreadyExists, Created, KeyReused
from core.views import JobView
from web import answers
from web.body import Fields
from web.config import Scope
from web.errors import FieldProblem, InvalidFields, Problem, not_found
from web.fields import load
from web.forms import CreationHeaders, JobForm
from web.operation import operation
from web.policies import known_policy
from web.queries import JobsQuery, PageQuery
from web.render import answer
from web.responses import found, page_of
from web.service import service, the_router
from web.warnings import unknown_fields

blueprint = Blueprint("jobs", __name__)

KNOWN = frozenset(JobForm.model_fields)
SETTLED = frozenset(JobView.__dataclass_fields__) - KNOWN


@blueprint.post("/jobs")
@operation(
    Scope.FULL,
    {201: answers.NewJob, 200: answers.KnownJob},
    body=JobForm,
    headers=CreationHeaders,
)
async def create_job(form: JobForm) -> Response:
    """Bring in a job; the same sheet_job_id again answers with the job as it is."""
    outcome = await the_router().create_job(_draft(form), API, idempotency=_idempotency(form))
    warnings = unknown_fields(list(form.model_extra or ()), KNOWN, SETTLED)
    match outcome:
        case Created(job=job, approve_url=url):
            warnings += missing_facts(job)
            body = {"id": job.id, "status": job.status, "approve_url": url, "warnings": warnings}
            return answer(body, 201, {"Location": f"/jobs/{job.id}"})
        case AlreadyExists(job=job, approve_url=url, changed=changed):
            return answer(_known(job, url, changed, warnings))
        case KeyReused():
            raise Problem(
                422,
                "idempotency_key_reused",
                "Idempotency-Key: was used before for another body; take a new one",
            )


@blueprint.get("/jobs")
@operation(Scope.READ, {200: answers.Jobs}, query=JobsQuery)
async def list_jobs(query: JobsQuery) -> Response:
    """List jobs, newest last, without their offers."""
    page = await the_router().records.jobs(
        status=query.status, q=query.q, limit=query.limit, cursor=query.cursor
    )
    return page_of("jobs", page)


@blueprint.get("/jobs/<id:job_id>")
@operation(Scope.READ, {200: JobView})
async def read_job(job_id: int) -> Response:
    """Show one job with its offers, oldest first."""
    return found(await the_router().records.job(job_id))


@blueprint.get("/jobs/<id:job_id>/events")
@operation(Scope.READ, {200: answers.Events}, query=PageQuery)
async def list_events(job_id: int, query: PageQuery) -> Response:
    """List a job's history."""
    page = await the_router().records.events(job_id, limit=query.limit, cursor=query.cursor)
    if page is None:
        raise not_found("job")
    return page_of("events", page)


@blueprint.get("/jobs/<id:job_id>/candidates")
@operation(Scope.READ, {200: answers.CandidateLists})
async def list_candidates(job_id: int) -> Response:
    """Show who would be asked now, best first, and why the others would not."""
    view = await the_router().records.candidates(job_id)
    if view is None:
        raise not_found("job")
    zone = service().config.zone
    candidates = [
        {"agent_id": agent_id, "rank": rank, "name": view.names.get(agent_id)}
        for rank, agent_id in enumerate(view.candidates, 1)
    ]
    excluded = [
        {
            "agent_id": one.agent_id,
            "reason": one.reason,
            "until": one.until,
            "name": view.names.get(one.agent_id),
            "why": sentence(one, view.names.get(one.agent_id, "This driver"), zone=zone),
        }
        for one in view.excluded
    ]
    return answer({"candidates": candidates, "excluded": excluded})


def _draft(form: JobForm) -> JobDraft:
    known_policy(form.policy)
    pickup = _pickup(form)
    values = form.model_dump(include=set(KNOWN))
    values["skills"] = tuple(values["skills"] or ())
    return JobDraft(**values, pickup_at=pickup.at, pickup_date_only=pickup.date_only)


def _pickup(form: JobForm) -> Pickup:
    """Read date and time; a time without a date is kept as it came, and warned of."""
    zone = service().config.zone
    try:
        if form.pickup_date is None and form.pickup_time is not None:
            read_pickup("2000-01-01", form.pickup_time, zone)
            return Pickup(None, date_only=False)
        return read_pickup(form.pickup_date, form.pickup_time, zone)
    except DateProblem as problem:
        raise InvalidFields(FieldProblem(_pickup_field(form), str(problem))) from None


def _pickup_field(form: JobForm) -> str:
    try:
        read_pickup(form.pickup_date, None, service().config.zone)
    except DateProblem:
        return "pickup_date"
    return "pickup_time"


def _idempotency(form: JobForm) -> tuple[str, str] | None:
    """Return the client's key with a fingerprint of what it sent."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    key = load(CreationHeaders, Fields({"Idempotency-Key": given})).idempotency_key
    sent = json.dumps(form.model_dump(), sort_keys=True)
    return (key, hashlib.sha256(sent.encode()).hexdigest()) if key else None


def _known(
    job: JobView, url: str | None, changed: tuple[str, ...], warnings: list[str]
) -> dict[str, Any]:
    body = {
        "id": job.id,
        "status": job.status,
        "message": "already_exists",
        "changed": changed,
        "warnings": warnings,
    }
    return body | {"approve_url": url} if url else body
