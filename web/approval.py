"""The approval page: a coordinator's decision by the link in a mail, with or without scripts."""

from __future__ import annotations

from urllib.parse import urlencode

from quart import Blueprint, Response

from core.domain import Actor, JobStatus
from core.job_warnings import doubts
from core.outcomes import DecisionOutcome, Done, NotFound, Refused, VersionChanged
from core.views import JobView
from web import answers
from web.config import Scope
from web.errors import FieldProblem, InvalidFields, Problem
from web.forms import ApprovalForm
from web.operation import operation
from web.queries import LinkOrFormQuery, LinkQuery
from web.render import HTML, answer, page, wants_json
from web.responses import refusal, version_changed
from web.service import the_router
from web.story import pickup_text, story_of
from web.warnings import time_warnings

blueprint = Blueprint("approval", __name__)

REFUSED = "Nothing was changed: the job is no longer waiting for this decision."
CHANGED = "This job was changed while you were looking. These are the facts as they are now."


@blueprint.get("/approve")
@operation(
    Scope.OPEN, {200: None}, query=LinkQuery, media=HTML, problems=(400, 404), for_people=True
)
async def show_approval(query: LinkQuery) -> Response:
    """Show a job to its coordinator; changes nothing, whoever opens it."""
    token = _token(query.token)
    return await _page(await _linked_job(token), token)


@blueprint.post("/approve")
@operation(
    Scope.OPEN,
    {200: answers.Decided, 303: None},
    query=LinkOrFormQuery,
    body=ApprovalForm,
    problems=(400, 404, 409),
    for_people=True,
)
async def decide(query: LinkOrFormQuery, form: ApprovalForm) -> Response:
    """Take a coordinator's decision: back to the page, or JSON when that is asked for."""
    if form.model_fields_set and "action" not in form.model_fields_set:
        raise InvalidFields(FieldProblem("action", "choose approve, approve_and_offer or reject"))
    token = _token(query.token or form.token)
    job = await _linked_job(token)
    outcome = await _decide(job, form)
    return _as_json(outcome) if wants_json() else await _as_page(outcome, token)


async def _decide(job: JobView, form: ApprovalForm) -> DecisionOutcome:
    router = the_router()
    by = Actor("coordinator", _name(job))
    if form.action == "reject":
        return await router.reject(job.id, by, reason=form.reason, version=form.version)
    start = form.action == "approve_and_offer"
    return await router.approve(job.id, by, version=form.version, start=start)


def _as_json(outcome: DecisionOutcome) -> Response:
    match outcome:
        case Done(job=job, repeated=repeated):
            decision = "rejected" if job.approved_at is None else "approved"
            message = f"already_{decision}" if repeated else decision
            return answer({"ok": True, "message": message, "detail": _story(job), "job": job})
        case Refused():
            raise refusal(outcome)
        case VersionChanged(job=job):
            raise version_changed(job)
        case NotFound():
            raise _invalid_link()


async def _as_page(outcome: DecisionOutcome, token: str) -> Response:
    match outcome:
        case Done():
            back = f"/approve?{urlencode({'token': token})}"
            return Response(status=303, headers={"Location": back})
        case Refused(job=job):
            return await _page(job, token, 409, REFUSED)
        case VersionChanged(job=job):
            return await _page(job, token, 409, CHANGED)
        case NotFound():
            raise _invalid_link()


async def _page(job: JobView, token: str, status: int = 200, notice: str = "") -> Response:
    router = the_router()
    undecided = job.status == JobStatus.NEEDS_APPROVAL
    warnings = doubts(job) + time_warnings(job, router.site, router.clock.now())
    return await page(
        "approve.html",
        status,
        job=job,
        token=token,
        notice=notice,
        undecided=undecided,
        story=_story(job),
        pickup=pickup_text(job, router.site.zone),
        warnings=warnings if undecided else [],
    )


def _story(job: JobView) -> str:
    return story_of(job, the_router().site.zone)


def _name(job: JobView) -> str:
    return job.coordinator_email or the_router().site.default_coordinator_email or "approve link"


def _token(given: str | None) -> str:
    if not given:
        raise Problem(400, "missing_token", "Missing token: open the whole link from your mail")
    return given


async def _linked_job(token: str) -> JobView:
    job = await the_router().read_link(token)
    if job is None:
        raise _invalid_link()
    return job


def _invalid_link() -> Problem:
    return Problem(404, "invalid_link", "Invalid or expired link: ask for a new one")
