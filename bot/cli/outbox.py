"""Open this for `dispatch outbox …`: what was promised to be said, and what of it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import CommandFailed, all_rows, with_core
from bot.cli.showing import AsJson, show_json, show_rows
from core.domain import OutboxState

if TYPE_CHECKING:
    from bot.composition import Core
    from core.views import OutboxView

COLUMNS = (
    *("id", "created_at", "kind", "channel", "handle", "state"),
    *("attempts", "job_id", "reason"),
)
app = typer.Typer(help="What is to be said.", no_args_is_help=True)


@app.command("list")
def list_messages(
    *,
    state: Annotated[OutboxState | None, typer.Option(help="Only messages in this state.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what was promised to be said, newest last."""
    messages = with_core(lambda core: _messages(core, state))
    if as_json:
        show_json(messages)
        return
    show_rows(COLUMNS, ([getattr(message, column) for column in COLUMNS] for message in messages))


@app.command("retry")
def retry_messages(
    message_ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID…]", min=1, help="None: every failed one.")
    ] = None,
) -> None:
    """Put failed messages back into the queue; what is no longer true by then is dropped."""
    from core.outcomes import NotFound, NotPossible

    async def retry(core: Core) -> list[str]:
        failed = message_ids or [m.id for m in await _messages(core, OutboxState.FAILED)]
        problems = []
        for message_id in failed:
            match await core.router.retry_message(message_id):
                case NotFound():
                    problems.append(f"there is no outbox message {message_id}")
                case NotPossible(reason) if message_ids:
                    problems.append(reason)
        typer.echo(f"{len(failed) - len(problems)} messages are queued again")
        return problems

    if problems := with_core(retry):
        raise CommandFailed("; ".join(problems))


async def _messages(core: Core, state: OutboxState | None) -> list[OutboxView]:
    return await all_rows(
        lambda cursor: core.router.records.outbox(state=state, limit=500, cursor=cursor)
    )
