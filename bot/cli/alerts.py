"""Open this for `dispatch alerts …`: what a coordinator must act on."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.running import CommandFailed, all_rows, with_core
from bot.cli.showing import AsJson, show_json, show_rows

COLUMNS = (
    *("id", "cause", "job_id", "agent_id", "raised_at"),
    *("times_said", "acknowledged_by", "reason"),
)
app = typer.Typer(help="What a coordinator must act on.", no_args_is_help=True)


@app.command("list")
def list_alerts(
    *,
    every: Annotated[bool, typer.Option("--all", help="Settled ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the alerts that are open."""
    alerts = with_core(
        lambda core: all_rows(
            lambda cursor: core.router.records.alerts(
                state="all" if every else "open", limit=500, cursor=cursor
            )
        )
    )
    if as_json:
        show_json(alerts)
        return
    show_rows(COLUMNS, ([getattr(alert, column) for column in COLUMNS] for alert in alerts))


@app.command("ack")
def acknowledge(alert_id: Annotated[int, typer.Argument(metavar="ID", min=1)]) -> None:
    """Take an alert on: it is not said again."""
    from core.domain import OPERATOR
    from core.outcomes import NotFound

    outcome = with_core(lambda core: core.router.acknowledge(alert_id, OPERATOR))
    if isinstance(outcome, NotFound):
        raise CommandFailed(f"there is no alert {alert_id}")
    typer.echo(f"alert {outcome.id} ({outcome.cause}) is acknowledged")
