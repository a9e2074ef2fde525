"""Open this for `dispatch token …`: who may use the API, and for what."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.running import CommandFailed, all_rows, with_core
from bot.cli.showing import AsJson, show_json, show_rows
from core.domain import TokenScope

COLUMNS = ("id", "name", "scope", "created_at", "last_used_at", "revoked_at")
LONGEST = 100
app = typer.Typer(help="Bearer tokens of the API.", no_args_is_help=True)


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > LONGEST:
        raise typer.BadParameter(f"a name has 1 to {LONGEST} printable characters")
    return text.strip()


Name = Annotated[str, typer.Argument(metavar="NAME", help="Who uses it.", callback=_name)]


@app.command("create")
def create_token(
    name: Name,
    *,
    scope: Annotated[TokenScope, typer.Option(help="What it allows.")] = TokenScope.FULL,
) -> None:
    """Make a token and print it, this once: only its hash is kept."""
    from core.outcomes import NameTaken

    outcome = with_core(lambda core: core.router.create_token(name, scope))
    if isinstance(outcome, NameTaken):
        raise CommandFailed(f"there is a token {name!r} already: revoke it, or choose another name")
    typer.echo(outcome.secret)
    typer.echo(
        f"token {name!r} of scope {scope.value}: copy it now, it is not shown again", err=True
    )


@app.command("list")
def list_tokens(*, as_json: AsJson = False) -> None:
    """Show every token, revoked ones too; never the token itself."""
    tokens = with_core(
        lambda core: all_rows(lambda cursor: core.router.records.tokens(limit=500, cursor=cursor))
    )
    if as_json:
        show_json(tokens)
        return
    show_rows(COLUMNS, ([getattr(token, column) for column in COLUMNS] for token in tokens))


@app.command("revoke")
def revoke_token(name: Name) -> None:
    """End a token; a running `serve` refuses it within a second."""
    from core.outcomes import NotFound

    outcome = with_core(lambda core: core.router.revoke_token(name))
    if isinstance(outcome, NotFound):
        raise CommandFailed(f"there is no token {name!r}")
    typer.echo(f"token {name!r} is revoked")
