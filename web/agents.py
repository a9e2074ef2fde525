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
from web.forms import AgentRow, AgentsForm, AgentsQuery, DutyForm
from web.operation import operation
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


def _draft(row: AgentRow) -> AgentDraft:
    values = row.model_dump()
    skills = values.pop("skills")
    return AgentDraft(**values, skills=None if skills is None else tuple(skills))
