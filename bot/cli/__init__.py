"""Open this for which commands there are; what one needs is imported inside it (fast --help)."""

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
    service,
    simulate,
    steering,
    tokens,
)

app = typer.Typer(
    help="Offers transport jobs to drivers one after another until one says yes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
service.add_to(app)
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
