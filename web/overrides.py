"""A coordinator steps in: pause, skip, extend, ask again, award, take back, and the like."""

from __future__ import annotations

import re

from quart import Blueprint, Response, request

from core.domain import API, Verdict
from core.outcomes import UnreadablePickup, VersionChanged
from core.router.overrides import Overrides
from core.views import JobView
from web.body import Fields
from web.config import Scope
from web.errors import FieldProblem, InvalidFields, Problem
from web.fields import load
from web.forms import (
    AnswerForm,
    AwardForm,
    CutoffForm,
    EditForm,
    ExtendForm,
    Nothing,
    OfferNextForm,
    ReasonForm,
    ReofferForm,
    SkipForm,
    VersionHeaders,
)
from web.operation import operation
from web.policies import known_policy
from web.responses import decided
from web.service import the_router

blueprint = Blueprint("overrides", __name__, url_prefix="/jobs/<id:job_id>")


def steer() -> Overrides:
    """Return the use cases of this room."""
    return the_router().overrides


@blueprint.post("/pause")
@operation(Scope.FULL, {200: JobView}, body=Nothing, problems=(409,))
async def pause_job(job_id: int) -> Response:
    """Ask nobody further until resumed; open offers run on."""
    return decided(await steer().pause(job_id, API))


@blueprint.post("/resume")
@operation(Scope.FULL, {200: JobView}, body=Nothing, problems=(409,))
async def resume_job(job_id: int) -> Response:
    """Go on asking where the pause began."""
    return decided(await steer().resume(job_id, API))


@blueprint.post("/skip")
@operation(Scope.FULL, {200: JobView}, body=SkipForm, problems=(409,))
async def skip_driver(job_id: int, form: SkipForm) -> Response:
    """Close what is open now and ask the next in line."""
    return decided(await steer().skip(job_id, API, offer_id=form.offer_id))


@blueprint.post("/extend")
@operation(Scope.FULL, {200: JobView}, body=ExtendForm, problems=(409,))
async def extend_offers(job_id: int, form: ExtendForm) -> Response:
    """Give the drivers who are being asked more time, within the cutoff."""
    return decided(await steer().extend(job_id, form.minutes, API))


@blueprint.post("/cutoff")
@operation(Scope.FULL, {200: JobView}, body=CutoffForm, problems=(409,))
async def set_cutoff(job_id: int, form: CutoffForm) -> Response:
    """Settle the job by another moment, which must lie ahead."""
    return decided(await steer().set_cutoff(job_id, form.at, API))


@blueprint.post("/reoffer")
@operation(Scope.FULL, {200: JobView}, body=ReofferForm, problems=(409,))
async def reoffer_job(job_id: int, form: ReofferForm) -> Response:
    """Ask everybody anew about an uncovered job, also who declined."""
    policy = known_policy(form.policy)
    return decided(await steer().reoffer(job_id, API, policy=policy))


@blueprint.post("/offer_next")
@operation(Scope.FULL, {200: JobView}, body=OfferNextForm, problems=(409,))
async def offer_next(job_id: int, form: OfferNextForm) -> Response:
    """Put one driver at the head of the line."""
    return decided(await steer().offer_next(job_id, form.agent_id, API))


@blueprint.post("/award")
@operation(Scope.FULL, {200: JobView}, body=AwardForm, problems=(409,))
async def award_job(job_id: int, form: AwardForm) -> Response:
    """Give a free job to the driver of an offer that ran out or was declined."""
    return decided(await steer().award(job_id, form.offer_id, API))


@blueprint.post("/answer")
@operation(Scope.FULL, {200: JobView}, body=AnswerForm, problems=(409,))
async def answer_for_driver(job_id: int, form: AnswerForm) -> Response:
    """Answer an offer for its driver, who said it in some other way."""
    verdict = Verdict(form.verdict)
    outcome = await steer().answer(job_id, form.offer_id, verdict, API, reason=form.reason)
    return decided(outcome)


@blueprint.post("/take_back")
@operation(Scope.FULL, {200: JobView}, body=ReasonForm, problems=(409,))
async def take_back(job_id: int, form: ReasonForm) -> Response:
    """Take an assigned job back from its driver and ask the others."""
    return decided(await steer().take_back(job_id, API, reason=form.reason))


@blueprint.patch("")
@operation(Scope.FULL, {200: JobView}, body=EditForm, headers=VersionHeaders, problems=(409, 412))
async def edit_job(job_id: int, form: EditForm) -> Response:
    """Edit a job; what a driver decides by makes a new version, which is asked anew."""
    changes = form.model_dump(include=form.model_fields_set)
    if "skills" in changes:
        changes["skills"] = changes["skills"] or []
    known_policy(changes.get("policy"))
    outcome = await steer().edit(job_id, changes, API, version=_version_seen())
    match outcome:
        case UnreadablePickup(reason=reason):
            raise InvalidFields(FieldProblem("pickup_date", reason))
        case VersionChanged(job=job):
            raise Problem(412, "version_changed", "the job was changed meanwhile", job=job)
        case _:
            return decided(outcome)


def _version_seen() -> int | None:
    """Return the version that If-Match names, None without one or for `*`."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    seen = load(VersionHeaders, Fields({"If-Match": given.strip()})).if_match
    digits = re.sub(r"[^0-9]", "", seen or "")
    return int(digits) if digits else None
