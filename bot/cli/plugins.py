"""Open this for `dispatch plugins list`."""

from __future__ import annotations

import typer

from bot.cli.showing import AsJson, show_json, show_rows

app = typer.Typer(help="What plugins.toml loads.", no_args_is_help=True)


@app.callback()
def plugins() -> None:
    """Have typer keep `list` a command of its own, although it is the only one."""


@app.command("list")
def list_plugins(*, as_json: AsJson = False) -> None:
    """Show the channels of plugins.toml, enabled or not, and whether their plugins load."""
    from bot.checking import load_unstarted
    from bot.configuration import read_configuration

    configuration = read_configuration()
    broken = load_unstarted(configuration).broken
    rows = [
        {"name": e.name, "plugin": e.plugin, "enabled": True, "problem": broken.get(e.name)}
        for e in configuration.plugins.entries
    ] + [
        {"name": name, "plugin": plugin, "enabled": False, "problem": None}
        for name, plugin in configuration.plugins.disabled.items()
    ]
    if as_json:
        show_json(rows)
    else:
        show_rows(("name", "plugin", "enabled", "problem"), (list(row.values()) for row in rows))
