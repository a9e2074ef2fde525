"""Open this for what `dispatch check` looks at, and when it calls something wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.configuration import Configuration, read_configuration
from bot.database import is_served
from bot.exposure import refuse_exposure
from bot.listening import PortTaken, bind
from bot.settings import Settings, is_loopback
from core.auditor import audit
from core.channel import ChannelContext, State
from core.clock import SystemClock
from core.errors import ConfigurationError, DispatchError
from core.plugins import Plugins, load_plugins
from core.runner import open_runner, pending_migrations


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


async def check_everything() -> list[Check]:
    """Look at configuration, database, auditor, port and channels; changes nothing."""
    try:
        configuration = read_configuration()
        plugins = load_unstarted(configuration)
        await refuse_exposure(configuration.settings, insecure=False)
    except ConfigurationError as error:
        return [Check("configuration", ok=False, detail=str(error))]
    except DispatchError as error:
        return [Check("database", ok=False, detail=str(error))]
    warnings = "; ".join(configuration.warnings)
    return [
        Check("configuration", ok=True, detail=warnings or "well-formed"),
        *await _check_database(configuration),
        await asyncio.to_thread(_check_port, configuration.settings),
        *_check_channels(configuration, plugins),
    ]


def load_unstarted(
    configuration: Configuration, state_for: Callable[[str], State] | None = None
) -> Plugins:
    """Load the plugins as `serve` would, to see whether they load; nothing is started.

    `state_for` gives them what they keep, for those that are asked something.
    """

    def context_for(name: str) -> ChannelContext:
        settings = configuration.settings
        nothing: Any = None  # inbox and leases, and mostly state, are there from `start` on
        return ChannelContext(
            inbox=nothing,
            clock=SystemClock(),
            zone=settings.zone,
            base_url=settings.url,
            state=state_for(name) if state_for is not None else nothing,
            leases=nothing,
        )

    entries = configuration.plugins.entries
    return load_plugins(entries, context_for, file=str(configuration.settings.plugins_file))


async def _check_database(configuration: Configuration) -> list[Check]:
    settings = configuration.settings
    url = settings.database_url.get_secret_value()
    if settings.database.dialect == "sqlite" and not settings.database.path.exists():
        return [_check_place(settings.database.path.absolute().parent)]
    try:
        pending = await pending_migrations(url)
        if pending:
            wait = f"{len(pending)} pending: run `dispatch db migrate`"
            return [
                Check("database", ok=True, detail="reachable"),
                Check("migrations", ok=False, detail=wait),
            ]
        findings = await _audited(url)
    except DispatchError as error:
        return [Check("database", ok=False, detail=str(error))]
    return [
        Check("database", ok=True, detail="reachable"),
        Check("migrations", ok=True, detail="all applied"),
        Check("auditor", ok=not findings, detail="; ".join(findings) or "every invariant holds"),
    ]


def _check_place(folder: Path) -> Check:
    if not os.access(folder, os.W_OK):
        return Check("database", ok=False, detail=f"{folder} is no folder that can be written to")
    return Check("database", ok=True, detail="not there yet: `dispatch serve` creates it")


async def _audited(url: str) -> tuple[str, ...]:
    runner = await open_runner(url)
    try:
        return await audit(runner, SystemClock().now())
    finally:
        await runner.close()


def _check_port(settings: Settings) -> Check:
    try:
        for sock in bind(settings.host, settings.port):
            sock.close()
    except PortTaken as error:
        return _check_served(settings) or Check("port", ok=False, detail=str(error))
    served = " although a service runs on this database" if is_served(settings) else ""
    return Check(
        "port", ok=not served, detail=f"{settings.port} on {settings.host} is free{served}"
    )


def _check_served(settings: Settings) -> Check | None:
    """Ask the service behind the port whether it is ready; None when it is none of ours."""
    host = settings.host if is_loopback(settings.host) else "127.0.0.1"
    connection = http.client.HTTPConnection(host, settings.port, timeout=3)
    try:
        connection.request("GET", "/ready")
        said = json.loads(connection.getresponse().read(100_000))
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    match said:
        case {"status": "ready"}:
            return Check("service", ok=True, detail=f"runs on port {settings.port} and is ready")
        case {"error": "not_ready", "detail": str(detail)}:
            return Check("service", ok=False, detail=detail)
        case _:
            return None


def _check_channels(configuration: Configuration, plugins: Plugins) -> list[Check]:
    return [
        Check(
            f"channel {entry.name}",
            ok=entry.name not in plugins.broken,
            detail=plugins.broken.get(entry.name, f"{entry.plugin} loads"),
        )
        for entry in configuration.plugins.entries
    ]
