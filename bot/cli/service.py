"""Open this for the other commands at the top: serve, tick, seed, openapi, version."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import CommandFailed, with_core
from bot.cli.showing import show_json

if TYPE_CHECKING:
    from bot.composition import Core


def add_to(app: typer.Typer) -> None:
    """Add these commands to the top."""
    for command in (serve, tick, seed, openapi, version):
        app.command()(command)


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Instead of HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of PORT; 0: any free one.")] = None,
    plugins: Annotated[Path | None, typer.Option(help="Instead of PLUGINS_FILE.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Sample drivers and jobs; nothing is kept.")
    ] = False,
    chat: Annotated[
        bool, typer.Option("--chat", help="With --demo: play driver and coordinator on a page.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Without a token, even if others can reach it.")
    ] = False,
) -> None:
    """Run the service until SIGTERM or Ctrl-C. Creates and migrates the database when needed."""
    import uvloop

    from bot.configuration import read_configuration
    from bot.exposure import refuse_exposure
    from bot.logs import configure_logs
    from bot.serving import serve as serve_until_stopped

    flags = {"HOST": host, "PORT": port, "PLUGINS_FILE": plugins}
    if chat and not demo:
        raise typer.BadParameter("goes with --demo only", param_hint="--chat")
    if chat:
        from bot.chat_demo import serve_chat_demo

        serve_chat_demo(flags, typer.echo, insecure=insecure)
        return
    if demo:
        from bot.demo import serve_demo

        serve_demo(flags, typer.echo, insecure=insecure)
        return
    configuration = replace(read_configuration(flags), insecure=insecure)
    asyncio.run(refuse_exposure(configuration.settings, insecure=insecure))
    configure_logs(configuration.settings, configuration.plugins.secrets)
    uvloop.run(serve_until_stopped(configuration, typer.echo))


def tick() -> None:
    """Settle all that is due, once. A running `serve` sends what this promises."""

    async def settle(core: Core) -> None:
        from bot.database import is_served

        done = await core.router.tick()
        typer.echo(f"{done.timed_out} timed out, {done.advanced} offered, {done.alerts} alerts")
        waiting = (await core.router.backlog())["outbox_queued"]
        if waiting and not is_served(core.configuration.settings):
            typer.echo(f"{waiting} messages wait for `dispatch serve`, which sends them")

    with_core(settle)


def seed() -> None:
    """Add the three sample drivers; again changes nothing."""
    from bot.samples import SAMPLE_DRIVERS
    from core.domain import OPERATOR
    from core.outcomes import AddressTaken

    outcome = with_core(lambda core: core.router.sync_agents(SAMPLE_DRIVERS, OPERATOR))
    if isinstance(outcome, AddressTaken):
        raise CommandFailed(f"nothing added: {outcome.reason}")
    typer.echo(f"{outcome.inserted} drivers added, {outcome.updated} were there already")


def openapi() -> None:
    """Print the OpenAPI document of the JSON API."""
    from bot.composition import describe

    show_json(describe())


def version() -> None:
    """Print the version."""
    from importlib.metadata import version as version_of

    from bot import DISTRIBUTION

    typer.echo(version_of(DISTRIBUTION))
