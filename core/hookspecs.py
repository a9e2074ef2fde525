"""Open this to write a plugin: its hooks, and all it needs besides `core.channel`.

Hooks are synchronous: they return objects, and what is asynchronous lives on those objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pluggy

from core.channel import Channel, ChannelContext
from core.errors import (
    ConfigurationError,
    DatabaseBusy,
    PermanentSendError,
    SendError,
    StorageFault,
    TemporarySendError,
)
from core.options import read_options
from core.views import EventView

__all__ = [
    "PROJECT",
    "ConfigurationError",
    "DatabaseBusy",
    "EventView",
    "PermanentSendError",
    "SendError",
    "StorageFault",
    "TemporarySendError",
    "hookimpl",
    "hookspec",
    "observe",
    "read_options",
    "register_channels",
]

PROJECT = "dispatch"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_channels(options: Mapping[str, Any], context: ChannelContext) -> Iterable[Channel]:
    """Return the channels of one `[channels.<name>]` table; open nothing before their `start`.

    Called once per enabled table, in a thread of its own. `options` is the table without
    `plugin` and `enabled`, secrets already filled in: give it to `read_options`. Raise
    ConfigurationError for what the reader of plugins.toml must mend: it ends start-up.
    """
    raise NotImplementedError


@hookspec
def observe(event: EventView) -> None:
    """See one Event after its commit, in a thread that belongs to this plugin.

    Events come in order, each once at most: none are kept for an observer that hangs or that a
    crash cut off, so nothing may depend on having seen them all.
    """
    raise NotImplementedError
