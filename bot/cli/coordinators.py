"""Open this for `dispatch coordinators …`: who approves and is alerted."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.running import all_rows, with_core
from bot.cli.showing import AsJson, show_json, show_rows

app = typer.Typer(help="Coordinators.", no_args_is_help=True)


@app.command("list")
def list_coordinators(*, as_json: AsJson = False) -> None:
    """Show every coordinator."""
    coordinators = with_core(
        lambda core: all_rows(
            lambda cursor: core.router.records.coordinators(limit=500, cursor=cursor)
        )
    )
    if as_json:
        show_json(coordinators)
        return
    show_rows(
        ("id", "name", "email", "active", "default", "reached by"),
        (
            (c.id, c.name, c.email, c.active, c.is_default, tuple(a.channel for a in c.addresses))
            for c in coordinators
        ),
    )


@app.command("add")
def add_coordinator(
    name: str,
    email: str,
    *,
    default: Annotated[
        bool | None, typer.Option("--default/--no-default", help="Of jobs that name nobody.")
    ] = None,
) -> None:
    """Add a coordinator, or rename the one of that mail address."""
    from bot.rows import coordinator_facts

    name, email = coordinator_facts(name, email)
    added = with_core(lambda core: core.router.add_coordinator(name, email, is_default=default))
    of_jobs = ", asked about jobs that name nobody" if added.is_default else ""
    typer.echo(f"coordinator {added.id} is {added.name} <{added.email}>{of_jobs}")
