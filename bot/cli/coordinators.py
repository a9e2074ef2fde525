"""Open this for `dispatch coordinators …`: who approves and is alerted."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.joining import OnChannel, show_invitation, tell_unlinked
from bot.cli.running import all_rows, with_core
from bot.cli.showing import AsJson, show_json, show_rows

app = typer.Typer(help="Coordinators.", no_args_is_help=True)

Id = Annotated[int, typer.Argument(metavar="ID", min=1)]


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
    language: Annotated[str | None, typer.Option(help="That they are told in.")] = None,
) -> None:
    """Add a coordinator, or rename the one of that mail address."""
    from bot.rows import coordinator_form

    form = coordinator_form({"name": name, "email": email, "language": language})
    named = with_core(
        lambda core: core.router.add_coordinator(
            form.name, form.email, is_default=default, language=form.language
        )
    )
    added = named.coordinator
    of_jobs = ", asked about jobs that name nobody" if added.is_default else ""
    typer.echo(f"coordinator {added.id} is {added.name} <{added.email}>{of_jobs}")


@app.command("link")
def link(coordinator_id: Id, *, channel: OnChannel = "telegram") -> None:
    """Print a one-use link by which a coordinator joins a chat, and its QR code."""
    show_invitation(
        channel,
        f"coordinator {coordinator_id}",
        lambda router: router.invite_coordinator(coordinator_id, channel),
    )


@app.command("unlink")
def unlink(coordinator_id: Id, channel: str) -> None:
    """Take a coordinator off a channel."""
    from core.domain import OPERATOR

    outcome = with_core(
        lambda core: core.router.unlink_coordinator(coordinator_id, channel, OPERATOR)
    )
    tell_unlinked(outcome, channel, f"coordinator {coordinator_id}")
