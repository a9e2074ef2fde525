"""Open this for `dispatch check` and `dispatch settings`: what is set, and what is wrong."""

from __future__ import annotations

import asyncio

import typer

from bot.cli.showing import AsJson, show_json, show_rows

FOUND_PROBLEMS = 4


def add_to(app: typer.Typer) -> None:
    """Add these commands to the top."""
    app.command()(check)
    app.command()(settings)


def check(*, as_json: AsJson = False) -> None:
    """Look for what is wrong. Exit code 4 when anything is: configuration, database, channels …"""
    from bot.checking import check_everything
    from bot.logs import configure_logs
    from bot.settings import Settings

    configure_logs(Settings(), quiet=True)
    checks = asyncio.run(check_everything())
    well = all(one.ok for one in checks)
    if as_json:
        show_json({"ok": well, "checks": checks})
    else:
        show_rows(
            ("check", "result", "detail"),
            ((one.name, "ok" if one.ok else "WRONG", one.detail) for one in checks),
        )
    raise typer.Exit(0 if well else FOUND_PROBLEMS)


def settings(*, as_json: AsJson = False) -> None:
    """Show every setting and where it came from. Secrets are masked."""
    from bot.configuration import read_configuration
    from bot.settings import shown_value

    configuration = read_configuration()
    rows = [
        (key, shown_value(configuration.settings, key), origin)
        for key, origin in configuration.origins.items()
    ]
    if as_json:
        show_json({key: {"value": value, "from": origin} for key, value, origin in rows})
    else:
        show_rows(("key", "value", "from"), rows)
    for warning in configuration.warnings:
        typer.echo(warning, err=True)
