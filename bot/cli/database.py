"""Open this for `dispatch db …`: the state of the schema."""

from __future__ import annotations

import asyncio

import typer

from bot.cli.progress import progress
from bot.cli.showing import AsJson, show_json

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command()
def migrate() -> None:
    """Create the database or apply what is pending, after a backup beside it."""
    from bot.configuration import read_configuration
    from bot.database import prepare_database
    from bot.logs import configure_logs

    configuration = read_configuration()
    configure_logs(configuration.settings)
    with progress("migrating"):
        applied = asyncio.run(prepare_database(configuration.settings))
    typer.echo(f"applied: {', '.join(applied)}" if applied else "nothing to apply")


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show which migrations are pending; changes nothing."""
    from bot.configuration import read_configuration
    from core.runner import pending_migrations

    settings = read_configuration().settings
    pending = asyncio.run(pending_migrations(settings.database_url.get_secret_value()))
    if as_json:
        show_json({"pending": pending})
    else:
        typer.echo(f"pending: {', '.join(pending)}" if pending else "all applied")
