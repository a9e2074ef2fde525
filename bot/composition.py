"""Open this for how the process is put together: the one composition root."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from bot import DISTRIBUTION
from bot.access import Access
from bot.configuration import Configuration
from bot.database import prepare_database
from bot.health import Health, readiness
from bot.secret_key import secret_key
from bot.settings import Settings
from core.channel import Channel, ChannelContext, Clock
from core.clock import SystemClock
from core.inbox import InboxReader
from core.links import ApprovalLinks
from core.memory import PluginMemory
from core.outbox.relay import Relay
from core.plugins import Plugins, load_plugins
from core.router import Router
from core.runner import Runner, open_runner
from core.site import CONSOLE, Site
from core.tokens import TokenBook

if TYPE_CHECKING:
    from quart import Quart

LoadPlugins = Callable[..., Plugins]  # as core.plugins.load_plugins
SYSTEM_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Core:
    """The record and the use cases; enough for a one-shot command."""

    configuration: Configuration
    runner: Runner
    router: Router
    site: Site


@dataclass(frozen=True, slots=True)
class Service:
    """A whole running service, not yet started."""

    core: Core
    plugins: Plugins
    relay: Relay
    inbox: InboxReader
    health: Health
    access: Access
    app: Quart


@asynccontextmanager
async def open_core(
    configuration: Configuration, *, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[Core]:
    """Make the database ready, open it, and close it at the end."""
    settings = configuration.settings
    await prepare_database(settings)
    runner = await open_runner(settings.database_url.get_secret_value())
    try:
        site = site_of(configuration)
        links = ApprovalLinks(await secret_key(settings, runner), settings.url)
        yield Core(configuration, runner, Router(runner, clock, site, links), site)
    finally:
        await runner.close()


@asynccontextmanager
async def compose(
    configuration: Configuration,
    *,
    clock: Clock = SYSTEM_CLOCK,
    load: LoadPlugins = load_plugins,
) -> AsyncIterator[Service]:
    """Put a service together; tests inject a clock and a `load` of their own channels."""
    from web import WebConfig, create_app

    settings = configuration.settings
    async with open_core(configuration, clock=clock) as core:
        health = Health()
        access = Access(configuration, TokenBook(core.runner, clock))
        channels: dict[str, Channel] = {}
        inbox = InboxReader(core.router, channels)
        memory = PluginMemory(core.runner, clock, _name_of_this_process())

        def context_for(name: str) -> ChannelContext:
            return ChannelContext(
                inbox=inbox.store_for(name),
                clock=clock,
                zone=settings.zone,
                base_url=settings.url,
                state=memory.state_for(name),
                leases=memory.leases_for(name),
                ladder=core.site.ladder,
            )

        plugins = load(configuration.plugins.entries, context_for, file=str(settings.plugins_file))
        channels.update(plugins.channels)
        edits = any(channel.capabilities.edits for channel in channels.values())
        core.router.site = replace(core.site, edits=edits)
        core.router.on_commit(plugins.observe_all)
        web = WebConfig(
            base_url=settings.url,
            host=settings.host,
            zone=settings.zone,
            version=version(DISTRIBUTION),
            api_token=settings.api_token.get_secret_value() or None,
            find_scope=access.scope,
            is_open=access.is_open,
            channels=plugins.channels,
            session_key=await secret_key(settings, core.runner),
            ready=lambda: readiness(core.runner, plugins, health),
        )
        app = create_app(core.router, web)
        relay = Relay(core.router, plugins.channels)
        yield Service(core, plugins, relay, inbox, health, access, app)


def _name_of_this_process() -> str:
    """Return what no other replica is called: in containers host name and pid may be the same."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def site_of(configuration: Configuration) -> Site:
    """Return what the rules must know of this installation."""
    settings, plugins = configuration.settings, configuration.plugins
    return Site(
        zone=settings.zone,
        base_url=settings.url,
        policies=plugins.policies,
        ladder=plugins.ladder,
        channels=tuple(entry.name for entry in plugins.entries),
        default_coordinator_email=settings.coordinator_email_default or None,
        edits=any(entry.name != CONSOLE for entry in plugins.entries),
    )


def describe() -> dict[str, Any]:
    """Return the OpenAPI document of the JSON API, without opening anything."""
    from web import WebConfig, create_app
    from web.openapi import description_of

    settings = Settings()
    config = WebConfig(settings.url, settings.host, settings.zone, version(DISTRIBUTION))
    unused = cast(Router, None)  # routes are described, never called
    return description_of(create_app(unused, config), config.version)
