"""What is done to one job: decide, start, override. Each answers with the job as it now is."""

from __future__ import annotations

from dataclasses import asdict

from quart import Blueprint, Response

from core.domain import API
from core.outcomes import Created, NotFound, Refused
from core.views import JobView
from web import answers
from web.config import Scope
from web.errors import not_found
from web.forms import AssignForm, Nothing, ReasonForm
from web.operation import operation
from web.render import answer
from web.responses import decided, refusal, started
from web.service import the_router

blueprint = Blueprint("decisions", __name__, url_prefix="/jobs/<id:job_id>")


@blueprint.post("/approve")
@operation(Scope.FULL, {200: JobView}, body=Nothing, problems=(409,))
async def approve_job(job_id: int) -> Response:
    """Approve a job; a repeat changes nothing."""
    return decided(await the_router().approve(job_id, API))


@blueprint.post("/reject")
@operation(Scope.FULL, {200: JobView}, body=ReasonForm, problems=(409,))
async def reject_job(job_id: int, form: ReasonForm) -> Response:
    """Reject a job that still needs approval."""
    return decided(await the_router().reject(job_id, API, reason=form.reason))


@blueprint.post("/cancel")
@operation(Scope.FULL, {200: JobView}, body=ReasonForm, problems=(409,))
async def cancel_job(job_id: int, form: ReasonForm) -> Response:
    """Call a job off, with its open offers; each driver concerned is told once."""
    return decided(await the_router().cancel(job_id, API, reason=form.reason))


@blueprint.post("/assign")
@operation(Scope.FULL, {200: JobView}, body=AssignForm, problems=(409,))
async def assign_job(job_id: int, form: AssignForm) -> Response:
    """Give a job to one agent by hand; open offers to others are rescinded."""
    outcome = await the_router().assign(job_id, form.agent_id, API, reason=form.reason)
    return decided(outcome)


@blueprint.post("/complete")
@operation(Scope.FULL, {200: JobView}, body=Nothing, problems=(409,))
async def complete_job(job_id: int) -> Response:
    """Close an assigned job as done."""
    return decided(await the_router().complete(job_id, API))


@blueprint.post("/start_offers")
@operation(Scope.FULL, {200: answers.Start}, body=Nothing, problems=(400, 409))
async def start_offers(job_id: int) -> Response:
    """Begin to ask drivers about an approved job."""
    return started(await the_router().start_offers(job_id, API))


@blueprint.post("/approval_link")
@operation(Scope.FULL, {200: answers.RenewedLink}, body=Nothing, problems=(409,))
async def renew_link(job_id: int) -> Response:
    """Make a new approve link; earlier ones of this job end."""
    match await the_router().renew_link(job_id, API):
        case Created(job=job, approve_url=url):
            return answer(asdict(job) | {"approve_url": url})
        case Refused() as refused:
            raise refusal(refused)
        case NotFound(what=what):
            raise not_found(what)
