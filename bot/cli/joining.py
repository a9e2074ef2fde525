"""Open this for how commands invite people to a channel, and take them off it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import CommandFailed, with_core

if TYPE_CHECKING:
    from bot.composition import Core
    from core.channel import Channel
    from core.inviting import Invitation
    from core.router import Router

OnChannel = Annotated[str, typer.Option("--channel", help="The channel to join.")]


def show_invitation(name: str, who: str, invite: Callable[[Router], Awaitable[object]]) -> None:
    """Print a fresh link, its QR code and its end; CommandFailed when there can be none."""
    invitation = with_core(lambda core: _invitation(core, name, who, invite))
    typer.echo(invitation.on_terminal())
    typer.echo(invitation.url)
    typer.echo(f"one use, until {invitation.expires_at.isoformat(sep=' ', timespec='minutes')}")


def tell_unlinked(outcome: object, name: str, who: str) -> None:
    """Print that somebody is off a channel; CommandFailed when they were not on it."""
    from core.outcomes import NotFound, NotPossible

    match outcome:
        case NotPossible(reason):
            raise CommandFailed(reason)
        case NotFound("link"):
            raise CommandFailed(f"{who} is not on {name}")
        case NotFound():
            raise CommandFailed(f"there is no {who}")
        case _:
            typer.echo(f"{who} is no longer on {name}")


async def _invitation(
    core: Core, name: str, who: str, invite: Callable[[Router], Awaitable[object]]
) -> Invitation:
    from core.inviting import invitation_of
    from core.outcomes import Invited

    channel = _channel(core, name)
    invited = await invite(core.router)
    if not isinstance(invited, Invited):
        raise CommandFailed(f"there is no {who}")
    return await invitation_of(channel, invited)


def _channel(core: Core, name: str) -> Channel:
    """Return the channel, loaded but not started; its state tells what it needs to know."""
    from bot.checking import load_unstarted
    from core.clock import SystemClock
    from core.inviting import why_not_joinable
    from core.memory import PluginMemory

    memory = PluginMemory(core.runner, SystemClock(), "command line")
    plugins = load_unstarted(core.configuration, memory.state_for)
    if name in plugins.broken:
        raise CommandFailed(f"the channel {name} does not load: {plugins.broken[name]}")
    if (why := why_not_joinable(plugins.channels, name)) is not None:
        raise CommandFailed(why)
    return plugins.channels[name]
