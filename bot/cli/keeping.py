"""Open this for `dispatch backup` and `dispatch purge`: what is kept, and what no longer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.progress import progress
from bot.cli.running import CommandFailed, with_core

if TYPE_CHECKING:
    from bot.composition import Core
    from core.outcomes import Purged


def add_to(app: typer.Typer) -> None:
    """Add these commands to the top."""
    app.command()(backup)
    app.command()(purge)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; must not exist yet.")],
) -> None:
    """Copy the database to a new file, also while the service runs, and prove the copy sound."""
    from bot.backup import back_up
    from bot.configuration import read_configuration
    from bot.logs import configure_logs

    configuration = read_configuration()
    configure_logs(configuration.settings, quiet=True)
    with progress("copying the database"):
        told = back_up(configuration.settings, file)
    typer.echo(told)


def purge(
    *,
    days: Annotated[
        int | None, typer.Option(min=1, help="Since the job ended; else KEEP_DAYS.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Erase personal data of jobs that ended long ago; `serve` does so daily. History stays."""
    from datetime import timedelta

    from core.domain import OPERATOR

    async def erase(core: Core) -> Purged:
        kept = days or core.configuration.settings.keep_days
        if not kept:
            raise CommandFailed("KEEP_DAYS is 0, everything is kept: give --days")
        before = core.router.clock.now() - timedelta(days=kept)
        return await core.router.purge(before, OPERATOR, dry_run=dry_run)

    with progress("erasing"):
        done = with_core(erase)
    said = "would be erased" if dry_run else "are erased"
    typer.echo(
        f"personal data of {done.jobs} jobs, {done.inbox} inbox entries"
        f" and {done.outbox} messages {said}"
    )
