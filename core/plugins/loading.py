"""Open this for how plugins come in: import, register, and isolate what fails."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from pluggy import PluginManager

from core import hookspecs
from core.channel import Channel, ChannelContext
from core.errors import ConfigurationError
from core.plugins.checks import check_channel, enrol, implemented, nearest
from core.plugins.isolation import PluginFault, call_in_thread, reason_of
from core.plugins.observers import Observer
from core.plugins.running import Plugins
from core.views import EventView

log = logging.getLogger(__name__)

ENTRY_POINTS = "dispatch.plugins"
LOAD_SECONDS = 10.0
OBSERVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PluginEntry:
    """One enabled table `[channels.<name>]`.

    `plugin` is a dotted module (`channels.console`), or `entry:<name>` for what an installed
    package offers under the entry point group `dispatch.plugins`.
    """

    name: str
    plugin: str
    options: Mapping[str, Any]


def load_plugins(
    entries: Iterable[PluginEntry],
    context_for: Callable[[str], ChannelContext],
    *,
    file: str = "plugins.toml",
    seconds: float = LOAD_SECONDS,
    observe_seconds: float = OBSERVE_SECONDS,
) -> Plugins:
    """Return the plugins, failed ones isolated; ConfigurationError for an option that is wrong.

    It blocks, at most for `seconds` at each import and each hook: call it while nothing runs.
    """
    loader = _Loader(seconds)
    broken: dict[str, str] = {}
    for entry in entries:
        context = context_for(entry.name)
        try:
            loader.load(entry, context)
        except ConfigurationError as fault:
            raise ConfigurationError(f"{file}: [channels.{entry.name}] {fault}") from fault
        except (Exception, SystemExit) as fault:
            broken[entry.name] = reason_of(fault)
            log.warning("plugin.broken name=%s reason=%s", entry.name, broken[entry.name])
            log.debug("plugin.traceback name=%s", entry.name, exc_info=fault)
    return Plugins(loader.channels, broken, loader.observers(observe_seconds))


class _Loader:
    """One loading: the plugin manager, and the channels so far."""

    def __init__(self, seconds: float) -> None:
        self.channels: dict[str, Channel] = {}
        self._seconds = seconds
        self._manager = PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def load(self, entry: PluginEntry, context: ChannelContext) -> None:
        """Bring in one table; raises what went wrong, and leaves nothing of it behind then."""
        plugin = call_in_thread(partial(_find, entry.plugin), "its import", self._seconds)
        is_new = not self._manager.is_registered(plugin)  # two tables may share a plugin
        try:
            if is_new:
                enrol(self._manager, plugin, entry.name)
            if "register_channels" in implemented(self._manager, plugin):
                self.channels.update(self._register(plugin, entry, context))
        except (Exception, SystemExit):
            if is_new and self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            raise

    def observers(self, seconds: float) -> list[Observer]:
        """Return one observer per plugin that implements `observe`."""
        return [
            Observer(name, partial(_observe, self._only("observe", plugin)), seconds)
            for name, plugin in self._manager.list_name_plugin()
            if plugin is not None and "observe" in implemented(self._manager, plugin)
        ]

    def _register(
        self, plugin: object, entry: PluginEntry, context: ChannelContext
    ) -> Mapping[str, Channel]:
        call = partial(_register, self._only("register_channels", plugin), entry.options, context)
        channels: dict[str, Channel] = {}
        for candidate in call_in_thread(call, "register_channels", self._seconds):
            channel = check_channel(candidate, entry.name, {*self.channels, *channels})
            channels[channel.name] = channel
        if not channels:
            raise PluginFault("register_channels returned no channel")
        return channels

    def _only(self, hook: str, plugin: object) -> Callable[..., Any]:
        """Return a caller of that hook that reaches this one plugin."""
        others = [other for other in self._manager.get_plugins() if other is not plugin]
        return self._manager.subset_hook_caller(hook, others)


def _find(plugin: str) -> object:
    if not plugin.startswith("entry:"):
        return importlib.import_module(plugin)
    wanted = plugin.removeprefix("entry:")
    offered = entry_points(group=ENTRY_POINTS)
    for entry_point in offered.select(name=wanted):
        return entry_point.load()
    hint = nearest(wanted, offered.names)
    raise PluginFault(f"no installed package offers {wanted!r} under {ENTRY_POINTS}{hint}")


def _register(
    hook: Callable[..., Any], options: Mapping[str, Any], context: ChannelContext
) -> list[object]:
    """Call the hook and exhaust what it returns, which may be a generator."""
    found: list[object] = []
    for returned in hook(options=MappingProxyType(dict(options)), context=context):
        if not isinstance(returned, Iterable):
            kind = type(returned).__name__
            raise PluginFault(f"register_channels must return a list of channels, not one {kind}")
        found.extend(returned)
    return found


def _observe(hook: Callable[..., Any], event: EventView) -> None:
    hook(event=event)
