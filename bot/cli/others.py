"""Open this for which commands there are besides those of the service itself."""

from __future__ import annotations

import typer

from bot.cli import (
    agents,
    alerts,
    checks,
    coordinators,
    database,
    inbox,
    job_files,
    job_showing,
    jobs,
    keeping,
    outbox,
    plugins,
    simulate,
    steering,
    tokens,
)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the top, most of them in groups."""
    checks.add_to(app)
    keeping.add_to(app)
    simulate.add_to(app)
    job_showing.add_to(jobs.app)
    steering.add_to(jobs.app)
    job_files.add_to(jobs.app)
    app.add_typer(database.app, name="db")
    app.add_typer(agents.app, name="agents")
    app.add_typer(jobs.app, name="jobs")
    app.add_typer(coordinators.app, name="coordinators")
    app.add_typer(inbox.app, name="inbox")
    app.add_typer(outbox.app, name="outbox")
    app.add_typer(alerts.app, name="alerts")
    app.add_typer(tokens.app, name="token")
    app.add_typer(plugins.app, name="plugins")
