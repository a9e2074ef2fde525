"""Open this for how a one-shot command reaches the database and what its outcome prints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from core.errors import DispatchError

if TYPE_CHECKING:
    from bot.composition import Core
    from core.domain import Actor
    from core.outcomes import DecisionOutcome
    from core.views import Page

T = TypeVar("T")
RowT = TypeVar("RowT")


class CommandFailed(DispatchError):
    """The command could not do what was asked; one line says why."""


def with_core(command: Callable[[Core], Awaitable[T]]) -> T:
    """Run `command` on the database of the settings, beside a running `serve` or without."""
    from bot.composition import open_core
    from bot.configuration import read_configuration
    from bot.logs import configure_logs

    configuration = read_configuration()
    configure_logs(configuration.settings, configuration.plugins.secrets, quiet=True)

    async def run() -> T:
        async with open_core(configuration) as core:
            return await command(core)

    return asyncio.run(run())


async def all_rows(fetch: Callable[[int | None], Awaitable[Page[RowT]]]) -> list[RowT]:
    """Return the rows of every page; `fetch` takes a cursor."""
    rows: list[RowT] = []
    cursor: int | None = None
    while True:
        page = await fetch(cursor)
        rows.extend(page.rows)
        if page.next is None:
            return rows
        cursor = page.next


def tell_decision(outcome: DecisionOutcome, job_id: int) -> None:
    """Print what became of the job, or raise CommandFailed with why nothing did."""
    from core.outcomes import Done, NotFound, Refused, VersionChanged

    match outcome:
        case Done(job, repeated):
            typer.echo(f"job {job.id} {'was already' if repeated else 'is now'} {job.status}")
        case Refused(_, reason, job):
            raise CommandFailed(f"job {job.id} is {job.status}: {reason}")
        case VersionChanged(job):
            raise CommandFailed(f"job {job.id} has changed: it is at version {job.version}")
        case NotFound(what):
            raise CommandFailed(f"there is no such {what}" if what != "job" else no_job(job_id))


def local_user() -> Actor:
    """Return who types the command, as history names them."""
    import getpass

    from core.domain import OPERATOR, Actor

    try:
        return Actor(OPERATOR.kind, getpass.getuser())
    except (OSError, KeyError):  # nobody whom the system knows by name
        return OPERATOR


def nothing_imported(file: Path, problems: Sequence[str]) -> CommandFailed:
    """Print what is wrong with a file, a line each; return the error that ends the command."""
    for line in problems:
        typer.echo(line, err=True)
    return CommandFailed(f"nothing imported: {len(problems)} problems in {file}")


def no_job(job_id: int) -> str:
    """Say that there is no such job."""
    return f"there is no job {job_id}"
