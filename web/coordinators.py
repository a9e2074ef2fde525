"""Coordinators: who approves and is alerted."""

from __future__ import annotations

from quart import Blueprint, Response

from core.domain import API
from core.views import CoordinatorView
from web import answers
from web.config import Scope
from web.forms import Nothing
from web.operation import operation
from web.people import changed, joining
from web.people_forms import CoordinatorChanges, CoordinatorForm, JoinForm
from web.queries import PageQuery
from web.render import answer
from web.responses import found, page_of
from web.service import the_router

blueprint = Blueprint("coordinators", __name__, url_prefix="/coordinators")


@blueprint.get("")
@operation(Scope.READ, {200: answers.Coordinators}, query=PageQuery)
async def list_coordinators(query: PageQuery) -> Response:
    """List coordinators."""
    page = await the_router().records.coordinators(limit=query.limit, cursor=query.cursor)
    return page_of("coordinators", page)


@blueprint.post("")
@operation(Scope.FULL, {201: CoordinatorView, 200: CoordinatorView}, body=CoordinatorForm)
async def add_coordinator(form: CoordinatorForm) -> Response:
    """Add a coordinator (201), or rename the one of that mail address."""
    added = await the_router().add_coordinator(
        form.name, form.email, is_default=form.is_default, language=form.language
    )
    if added.is_new:
        there = {"Location": f"/coordinators/{added.coordinator.id}"}
        return answer(added.coordinator, 201, there)
    return answer(added.coordinator)


@blueprint.get("/<id:coordinator_id>")
@operation(Scope.READ, {200: CoordinatorView})
async def read_coordinator(coordinator_id: int) -> Response:
    """Show one coordinator."""
    return found(await the_router().records.coordinator(coordinator_id))


@blueprint.patch("/<id:coordinator_id>")
@operation(Scope.FULL, {200: CoordinatorView}, body=CoordinatorChanges)
async def change_coordinator(coordinator_id: int, form: CoordinatorChanges) -> Response:
    """Change what is named of a coordinator."""
    named = form.model_dump(include=form.model_fields_set)
    return changed(await the_router().change_coordinator(coordinator_id, named, API), "coordinator")


@blueprint.post("/<id:coordinator_id>/link")
@operation(Scope.FULL, {200: answers.Invitation}, body=JoinForm)
async def link_coordinator(coordinator_id: int, form: JoinForm) -> Response:
    """Make a one-use link, valid for a day, by which a coordinator joins a channel."""
    return await joining(
        form.channel,
        lambda channel: the_router().invite_coordinator(coordinator_id, channel),
        "coordinator",
    )


@blueprint.delete("/<id:coordinator_id>/link/<channel>")
@operation(Scope.FULL, {200: CoordinatorView}, body=Nothing, problems=(409,))
async def unlink_coordinator(coordinator_id: int, channel: str) -> Response:
    """Take a coordinator off a channel."""
    return changed(
        await the_router().unlink_coordinator(coordinator_id, channel, API), "coordinator"
    )
