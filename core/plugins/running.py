"""Open this for what the service does with its plugins once they are loaded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

from core.channel import Channel
from core.plugins.isolation import fault_of, reason_of
from core.plugins.observers import Observer
from core.views import EventView

log = logging.getLogger(__name__)

START_SECONDS = 10.0
STOP_SECONDS = 3.0


class Plugins:
    """The channels in the order of plugins.toml, and what is wrong with the plugins that failed.

    `channels` is a live, read-only view: a channel that breaks at its start leaves it.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        broken: Mapping[str, str],
        observers: Iterable[Observer] = (),
    ) -> None:
        self._loaded = dict(channels)
        self._usable = dict(channels)
        self._broken = dict(broken)
        self._observers = tuple(observers)
        self.channels: Mapping[str, Channel] = MappingProxyType(self._usable)

    @property
    def broken(self) -> Mapping[str, str]:
        """Return name → reason in one line, of what does not work at this moment."""
        hanging = {o.name: "observe hangs" for o in self._observers if o.hangs}
        return {**hanging, **self._broken}

    async def start(self, seconds: float = START_SECONDS) -> None:
        """Start all channels at once; one that raises or hangs becomes broken."""
        await self._each(self._usable, "start", lambda channel: channel.start, seconds)

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop all channels at once, those too that broke at their start, then the observers."""
        await self._each(self._loaded, "stop", lambda channel: channel.stop, seconds)
        await asyncio.gather(*(observer.close(seconds) for observer in self._observers))

    def observe(self, event: EventView) -> None:
        """Tell every observer; returns at once, raises nothing."""
        for observer in self._observers:
            observer.put(event)

    def observe_all(self, events: Iterable[EventView]) -> None:
        """Tell every observer of several Events, in their order; fits `Router.on_commit`."""
        for event in events:
            self.observe(event)

    async def _each(
        self,
        channels: Mapping[str, Channel],
        step: str,
        method: Callable[[Channel], Callable[[], Awaitable[None]]],
        seconds: float,
    ) -> None:
        names = tuple(channels)
        faults = await asyncio.gather(
            *(fault_of(method(channels[name]), seconds) for name in names)
        )
        for name, fault in zip(names, faults, strict=True):
            if fault is not None:
                self._break(name, step, fault)

    def _break(self, name: str, step: str, fault: BaseException) -> None:
        self._usable.pop(name, None)
        self._broken[name] = f"{step}: {reason_of(fault)}"
        log.warning("plugin.broken name=%s reason=%s", name, self._broken[name])
        log.debug("plugin.traceback name=%s", name, exc_info=fault)
