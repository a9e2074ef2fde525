"""Open this for `dispatch inbox …`: what came in, and what of it waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import CommandFailed, all_rows, with_core
from bot.cli.showing import AsJson, as_plain, show_facts, show_json, show_rows
from core.domain import InboxState

if TYPE_CHECKING:
    from core.outcomes import NotFound, NotPossible
    from core.views import InboxView

COLUMNS = (
    *("id", "received_at", "channel", "handle", "state", "verdict", "agent_id", "job_id"),
    "reason",
)
app = typer.Typer(help="What came in.", no_args_is_help=True)

EntryId = Annotated[int, typer.Argument(metavar="ID", min=1)]


@app.command("list")
def list_entries(
    *,
    state: Annotated[InboxState | None, typer.Option(help="Only entries in this state.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what came in, newest last; `--state needs_person` shows what waits for one."""
    entries = with_core(
        lambda core: all_rows(
            lambda cursor: core.router.records.inbox(state=state, limit=500, cursor=cursor)
        )
    )
    if as_json:
        show_json(entries)
        return
    show_rows(COLUMNS, ([getattr(entry, column) for column in COLUMNS] for entry in entries))


@app.command("show")
def show_entry(entry_id: EntryId, *, as_json: AsJson = False) -> None:
    """Show one entry with what it says."""
    found = with_core(lambda core: core.router.entry(entry_id))
    if found is None:
        raise CommandFailed(f"there is no inbox entry {entry_id}")
    entry, raw = found
    facts = {**as_plain(entry), "says": raw.decode(errors="replace")}
    if as_json:
        show_json(facts)
    else:
        show_facts(facts)


@app.command("retry")
def retry_entry(entry_id: EntryId) -> None:
    """Have an entry read again, once what kept it from being understood is mended."""
    _tell(with_core(lambda core: core.router.retry_entry(entry_id)), entry_id)


@app.command("resolve")
def resolve_entry(
    entry_id: EntryId,
    *,
    reason: Annotated[str | None, typer.Option(help="What was done about it.")] = None,
) -> None:
    """Say that a person has dealt with an entry."""
    _tell(with_core(lambda core: core.router.resolve_entry(entry_id, reason=reason)), entry_id)


def _tell(outcome: InboxView | NotPossible | NotFound, entry_id: int) -> None:
    from core.outcomes import NotFound, NotPossible

    match outcome:
        case NotFound():
            raise CommandFailed(f"there is no inbox entry {entry_id}")
        case NotPossible(reason):
            raise CommandFailed(reason)
        case entry:
            typer.echo(f"entry {entry.id} is now {entry.state}")
