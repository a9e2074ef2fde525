"""The page where a coordinator hands out links: pick somebody, show them the QR code."""

from __future__ import annotations

from collections.abc import Sequence

from quart import Blueprint, Response

from core.inviting import NoInvitation, invitation_of, why_not_joinable
from core.outcomes import NotFound
from core.views import AgentView, CoordinatorView
from web.config import Scope
from web.errors import Problem, not_found
from web.operation import operation
from web.people import joinable
from web.people_forms import HandOutForm
from web.queries import PeopleQuery
from web.render import HTML, page
from web.service import service, the_router

blueprint = Blueprint("join", __name__)

PICTURE_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)


@blueprint.get("/join")
@operation(Scope.READ, {200: None}, query=PeopleQuery, media=HTML)
async def show_people(query: PeopleQuery) -> Response:
    """Show who can be given a link to a chat."""
    records = the_router().records
    agents = await records.agents(q=query.q, limit=query.limit, cursor=query.cursor)
    return await page(
        "join.html",
        agents=agents.rows,
        coordinators=(await records.coordinators(limit=query.limit)).rows,
        channels=_channels(),
        q=query.q,
        next=agents.next,
        reached_by=_reached_by,
    )


@blueprint.post("/join")
@operation(Scope.FULL, {200: None}, body=HandOutForm, media=HTML, problems=(404,))
async def hand_out(form: HandOutForm) -> Response:
    """Make a one-use link, valid for a day, and show it; an earlier unused one ends."""
    channel, router = joinable(form.channel), the_router()
    if form.agent_id is not None:
        person: AgentView | CoordinatorView | None = await router.records.agent(form.agent_id)
        invited = await router.invite_agent(form.agent_id, form.channel)
    else:
        person = await router.records.coordinator(form.coordinator_id or 0)
        invited = await router.invite_coordinator(form.coordinator_id or 0, form.channel)
    if isinstance(invited, NotFound) or person is None:
        raise not_found("agent" if form.agent_id is not None else "coordinator")
    try:
        invitation = await invitation_of(channel, invited)
    except NoInvitation as problem:
        raise Problem(503, "no_invitation", str(problem)) from problem
    return await page(
        "link.html",
        headers={"Content-Security-Policy": PICTURE_POLICY},
        name=person.name,
        channel=form.channel,
        url=invitation.url,
        picture=invitation.picture(),
        expires_at=invitation.expires_at.astimezone(service().config.zone),
    )


def _channels() -> Sequence[str]:
    channels = service().config.channels
    return [name for name in channels if why_not_joinable(channels, name) is None]


def _reached_by(person: AgentView | CoordinatorView) -> str:
    return ", ".join(a.channel for a in person.addresses if a.state == "usable")
