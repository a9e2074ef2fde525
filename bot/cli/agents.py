"""Open this for `dispatch agents …`: list, bring in, take out, link to a chat, on and off duty."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.joining import OnChannel, show_invitation, tell_unlinked
from bot.cli.progress import progress
from bot.cli.running import CommandFailed, all_rows, nothing_imported, with_core
from bot.cli.showing import AsJson, show_json, show_rows

if TYPE_CHECKING:
    from bot.composition import Core
    from core.views import AgentView

app = typer.Typer(help="Drivers.", no_args_is_help=True)

Id = Annotated[int, typer.Argument(metavar="ID", min=1)]


class OnOff(StrEnum):
    ON = "on"
    OFF = "off"


@app.command("list")
def list_agents(*, as_json: AsJson = False) -> None:
    """Show every driver."""
    agents = with_core(_all_agents)
    if as_json:
        show_json(agents)
        return
    columns = ("id", "name", "phone", "priority", "active", "duty", "vehicle", "reached by")
    show_rows(columns, (_row(agent) for agent in agents))


@app.command("import")
def import_agents(
    file: Annotated[Path, typer.Argument(help="CSV or JSON.", exists=True, dir_okay=False)],
) -> None:
    """Add or update drivers from a file, matched by phone number: all rows or none."""
    from bot.agent_files import read_agents
    from bot.tables import BadRows
    from core.domain import OPERATOR
    from core.outcomes import AddressTaken

    try:
        drafts = read_agents(file)
    except BadRows as bad:
        raise nothing_imported(file, bad.rows) from None
    with progress("bringing drivers in"):
        outcome = with_core(lambda core: core.router.sync_agents(drafts, OPERATOR))
    if isinstance(outcome, AddressTaken):
        raise CommandFailed(f"nothing imported: row {outcome.row + 1}: {outcome.reason}")
    typer.echo(f"{outcome.inserted} added, {outcome.updated} updated, {outcome.total} in all")


@app.command("export")
def export_agents(*, as_json: AsJson = False) -> None:
    """Print every driver as CSV (or JSON) that `agents import` reads."""
    from bot.agent_files import COLUMNS, as_rows
    from bot.tables import write_csv

    rows = as_rows(with_core(_all_agents))
    if as_json:
        show_json({"agents": rows})
    else:
        write_csv(COLUMNS, rows, sys.stdout)


@app.command("duty")
def set_duty(agent_id: Id, state: OnOff) -> None:
    """Send a driver on or off duty."""
    from core.domain import OPERATOR
    from core.outcomes import NotFound

    on = state is OnOff.ON
    outcome = with_core(lambda core: core.router.set_duty(agent_id, on, OPERATOR))
    if isinstance(outcome, NotFound):
        raise CommandFailed(f"there is no agent {agent_id}")
    typer.echo(f"{outcome.name} is {'on' if outcome.on_duty else 'off'} duty")


@app.command("link")
def link(agent_id: Id, *, channel: OnChannel = "telegram") -> None:
    """Print a one-use link by which a driver joins a chat, as an address and as a QR code."""
    show_invitation(
        channel, f"agent {agent_id}", lambda router: router.invite_agent(agent_id, channel)
    )


@app.command("unlink")
def unlink(agent_id: Id, channel: str) -> None:
    """Take a driver off a channel; open offers there go on elsewhere."""
    from core.domain import OPERATOR

    outcome = with_core(lambda core: core.router.unlink_agent(agent_id, channel, OPERATOR))
    tell_unlinked(outcome, channel, f"agent {agent_id}")


@app.command("data")
def show_data(agent_id: Id) -> None:
    """Print everything that is kept about one driver, as JSON."""
    data = with_core(lambda core: core.router.agent_data(agent_id))
    if data is None:
        raise CommandFailed(f"there is no agent {agent_id}")
    show_json(data)


@app.command("forget")
def forget(agent_id: Id) -> None:
    """Erase one driver for good: who they are and what they said. History keeps the id."""
    from core.domain import OPERATOR
    from core.outcomes import Forgotten, NotFound, NotPossible

    match with_core(lambda core: core.router.forget_agent(agent_id, OPERATOR)):
        case Forgotten(_, repeated):
            typer.echo(f"agent {agent_id} {'was already' if repeated else 'is'} forgotten")
        case NotPossible(reason):
            raise CommandFailed(f"nothing erased: {reason}")
        case NotFound():
            raise CommandFailed(f"there is no agent {agent_id}")


async def _all_agents(core: Core) -> list[AgentView]:
    return await all_rows(lambda cursor: core.router.records.agents(limit=500, cursor=cursor))


def _row(agent: AgentView) -> tuple[object, ...]:
    reached = tuple(address.channel for address in agent.addresses if address.state == "usable")
    duty = "on" if agent.on_duty else "off"
    person = (agent.id, agent.name, agent.phone_e164, agent.priority, agent.active, duty)
    return (*person, agent.vehicle_type, reached)
