"""Open this for the command line; what a command needs is imported inside it (fast --help)."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from bot.cli import service

SERVE = "serve"


def command_line(words: Sequence[str]) -> typer.Typer:
    """Return the commands that `words` may mean.

    To serve, the others are left out: they were 1 MB of an idle service and 60 ms of its start.
    """
    app = typer.Typer(
        help="Offers transport jobs to drivers one after another until one says yes.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    service.add_to(app)
    if words[:1] != [SERVE]:
        from bot.cli import others

        others.add_to(app)
    return app
