"""Open this for what is asked of a plugin and its channels, and how its author is told."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from difflib import get_close_matches

from pluggy import PluginManager, PluginValidationError

from core.channel import Capabilities, Channel
from core.plugins.isolation import PluginFault

HOOKS = ("register_channels", "observe")
_MEMBERS = ("name", "capabilities", "start", "stop", "send", "edit", "read", "webhook")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def enrol(manager: PluginManager, plugin: object, name: str) -> None:
    """Register the plugin; PluginFault when pluggy would misuse or never call its hooks."""
    _refuse_async(manager, plugin)
    try:
        manager.register(plugin, name=name)
        manager.check_pending()
    except PluginValidationError as fault:
        raise PluginFault(_put_shortly(fault)) from fault
    if not implemented(manager, plugin):
        hint = " (without @hookimpl?)" if any(hasattr(plugin, hook) for hook in HOOKS) else ""
        raise PluginFault(f"implements neither {' nor '.join(HOOKS)}{hint}")


def implemented(manager: PluginManager, plugin: object) -> Collection[str]:
    """Return the names of the hooks that the registered plugin implements."""
    return {caller.name for caller in manager.get_hookcallers(plugin) or ()}


def check_channel(candidate: object, table: str, taken: Collection[str]) -> Channel:
    """Return the candidate when it can serve as a channel of that table, or raise PluginFault."""
    if isinstance(candidate, type):
        raise PluginFault(f"{candidate.__name__} is a class: register an instance of it")
    if not isinstance(candidate, Channel):
        missing = ", ".join(name for name in _MEMBERS if not hasattr(candidate, name))
        raise PluginFault(f"{type(candidate).__name__} is not a Channel: it lacks {missing}")
    name = candidate.name
    if not _NAME.fullmatch(str(name)):
        raise PluginFault(f"{name!r:.50} is no channel name: small letters, digits, - and _")
    if not isinstance(candidate.capabilities, Capabilities):
        raise PluginFault(f"channel {name!r}: its capabilities must be Capabilities(…)")
    if name in taken:
        raise PluginFault(f"a channel named {name!r} is registered already")
    if candidate.capabilities.receives and name != table:
        # What it stores is filed under the table's name, and would never come back to it.
        raise PluginFault(f"channel {name!r} receives, so its table must be [channels.{name}]")
    return candidate


def nearest(word: str, known: Collection[str]) -> str:
    """Return `: did you mean …?` with the nearest known word, or nothing when none is known."""
    near = get_close_matches(word, known, n=1, cutoff=0)
    return f": did you mean {near[0]!r}?" if near else ""


def _refuse_async(manager: PluginManager, plugin: object) -> None:
    """Refuse what pluggy would call and never await."""
    for name in dir(plugin):
        if manager.parse_hookimpl_opts(plugin, name) is None:
            continue
        hook = getattr(plugin, name)
        if inspect.iscoroutinefunction(hook) or inspect.isasyncgenfunction(hook):
            raise PluginFault(f"{name} is async: hooks are synchronous, channels have async start")


def _put_shortly(fault: PluginValidationError) -> str:
    """Return pluggy's complaint in one line, with the nearest hook for a misspelt one."""
    said = " ".join(str(fault).split())
    misspelt = re.match(r"unknown hook '(\w+)'", said)
    return f"{misspelt[0]}{nearest(misspelt[1], HOOKS)}" if misspelt else said
