"""The desk: jobs under way and alerts on one page, which renews itself where scripts run."""

from __future__ import annotations

from quart import Blueprint, Response, request

from core.desk import JobUnderWay, desk
from core.domain import API, AlertCause, JobStatus
from core.outcomes import NotFound
from web.config import Scope
from web.errors import not_found
from web.forms import Nothing
from web.guard import who
from web.operation import operation
from web.render import HTML, page
from web.service import the_router
from web.sessions import COOKIE
from web.story import local, pickup_text

blueprint = Blueprint("desk_page", __name__, url_prefix="/desk")

SAID = {
    AlertCause.UNCOVERED: "Nobody covers it",
    AlertCause.UNAPPROVED: "It waits for approval",
    AlertCause.NEVER_STARTED: "It was approved but never offered",
    AlertCause.AT_RISK: "It is at risk: nobody has it yet",
    AlertCause.DROPPED: "The driver dropped out",
    AlertCause.UNDELIVERABLE: "The driver cannot be reached",
    AlertCause.OPTED_OUT: "The driver opted out but holds it",
    AlertCause.UNCLEAR_REPLY: "The driver sent an unclear answer",
    AlertCause.MESSAGE_FAILED: "A message could not be sent",
    AlertCause.CHANGE_PROPOSED: "A change is proposed",
    AlertCause.CANCEL_PROPOSED: "Cancelling it is proposed",
    AlertCause.CLOCK_STOPPED: "Nothing is done in time: the clock of the service stands still",
}
STANDING = {
    JobStatus.NEEDS_APPROVAL: "waits for approval",
    JobStatus.APPROVED: "approved, not offered yet",
    JobStatus.OFFERING: "being offered",
    JobStatus.UNCOVERED: "nobody found",
    JobStatus.ASSIGNED: "booked",
}


@blueprint.get("")
@operation(Scope.READ, {200: None}, media=HTML, for_people=True)
async def show_desk() -> Response:
    """Show the jobs under way, who is asked until when, and what needs a coordinator."""
    router = the_router()
    found = await router.runner.read(desk)
    zone = router.site.zone
    return await page(
        "desk.html",
        desk=found,
        said={cause.value: words for cause, words in SAID.items()},
        standing={status.value: words for status, words in STANDING.items()},
        pickup=lambda job: pickup_text(job, zone),
        local=lambda moment: local(moment, zone),
        may_act=who() is Scope.FULL,
        decide_at=_approve_path,
        signed_in=COOKIE in request.cookies,
        now=local(router.clock.now(), zone),
    )


@blueprint.post("/alerts/<id:alert_id>/ack")
@operation(Scope.FULL, {303: None}, body=Nothing, media=HTML, for_people=True)
async def take_on(alert_id: int) -> Response:
    """Acknowledge an alert from the desk, and go back to it."""
    if isinstance(await the_router().acknowledge(alert_id, API), NotFound):
        raise not_found("alert")
    return Response(status=303, headers={"Location": "/desk"})


def _approve_path(under_way: JobUnderWay) -> str:
    """Return the path of the approve page, on whatever name this page was opened by."""
    router = the_router()
    url = router.links.url(under_way.job.id, under_way.nonce, router.clock.now())
    return url[url.index("/approve?") :]
