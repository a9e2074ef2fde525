"""Agents: the drivers, as an integrator lists them and as they are now."""

from __future__ import annotations

from quart import Blueprint, Response

from core.domain import API
from core.drafts import AgentDraft
from core.outcomes import AddressTaken
from core.views import AgentView
from web import answers
from web.config import Scope
from web.errors import FieldProblem, InvalidFields
from web.forms import Nothing
from web.operation import operation
from web.people import changed, joining
from web.people_forms import AgentChanges, AgentRow, AgentsForm, DutyForm, JoinForm
from web.queries import AgentsQuery
from web.render import answer
from web.responses import found, page_of
from web.service import the_router

blueprint = Blueprint("agents", __name__, url_prefix="/agents")


@blueprint.post("/sync")
@operation(Scope.FULL, {200: answers.Synced}, body=AgentsForm)
async def sync_agents(form: AgentsForm) -> Response:
    """Take over a list of agents, matched by phone number: all of it, or nothing."""
    synced = await the_router().sync_agents([_draft(row) for row in form.agents], API)
    if isinstance(synced, AddressTaken):
        place = f"agents.{synced.row}.{synced.channel}"
        raise InvalidFields(FieldProblem(place, synced.reason))
    return answer(
        {
            "ok": True,
            "inserted": synced.inserted,
            "updated": synced.updated,
            "total": synced.total,
        }
    )


@blueprint.get("")
@operation(Scope.READ, {200: answers.Agents}, query=AgentsQuery)
async def list_agents(query: AgentsQuery) -> Response:
    """List agents."""
    page = await the_router().records.agents(q=query.q, limit=query.limit, cursor=query.cursor)
    return page_of("agents", page)


@blueprint.post("")
@operation(Scope.FULL, {201: AgentView}, body=AgentRow)
async def add_agent(form: AgentRow) -> Response:
    """Add one agent whose number is new."""
    added = await the_router().add_agent(_draft(form), API)
    if isinstance(added, AgentView):
        return answer(added, 201, {"Location": f"/agents/{added.id}"})
    return changed(added, "agent")


@blueprint.get("/<id:agent_id>")
@operation(Scope.READ, {200: AgentView})
async def read_agent(agent_id: int) -> Response:
    """Show one agent."""
    return found(await the_router().records.agent(agent_id))


@blueprint.post("/<id:agent_id>/duty")
@operation(Scope.FULL, {200: AgentView}, body=DutyForm)
async def set_duty(agent_id: int, form: DutyForm) -> Response:
    """Put an agent on duty, or off duty until further notice or a moment."""
    return found(await the_router().set_duty(agent_id, form.on, API, until=form.until), "agent")


@blueprint.patch("/<id:agent_id>")
@operation(Scope.FULL, {200: AgentView}, body=AgentChanges)
async def change_agent(agent_id: int, form: AgentChanges) -> Response:
    """Change what is named of an agent; null takes a fact or an address away."""
    named = form.model_dump(include=form.model_fields_set)
    return changed(await the_router().change_agent(agent_id, named, API), "agent")


@blueprint.post("/<id:agent_id>/link")
@operation(Scope.FULL, {200: answers.Invitation}, body=JoinForm)
async def link_agent(agent_id: int, form: JoinForm) -> Response:
    """Make a one-use link, valid for a day, by which an agent joins a channel."""
    return await joining(
        form.channel, lambda channel: the_router().invite_agent(agent_id, channel), "agent"
    )


@blueprint.delete("/<id:agent_id>/link/<channel>")
@operation(Scope.FULL, {200: AgentView}, body=Nothing, problems=(409,))
async def unlink_agent(agent_id: int, channel: str) -> Response:
    """Take an agent off a channel; open offers there go on elsewhere."""
    return changed(await the_router().unlink_agent(agent_id, channel, API), "agent")


def _draft(row: AgentRow) -> AgentDraft:
    values = row.model_dump()
    skills = values.pop("skills")
    return AgentDraft(**values, skills=None if skills is None else tuple(skills))
