"""What the tests of plugins share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.hookspecs import hookimpl
from core.plugins import PluginEntry, Plugins, load_plugins
from core.testing import make_context

Install = Callable[..., str]


def registering(*channels: object) -> Callable[..., Any]:
    @hookimpl
    def register_channels() -> list[object]:
        return list(channels)

    return register_channels


def load(
    *tables: tuple[str, str], seconds: float = 5.0, observe_seconds: float = 5.0, **options: object
) -> Plugins:
    return load_plugins(
        [PluginEntry(name, plugin, options) for name, plugin in tables],
        lambda _: make_context(),
        seconds=seconds,
        observe_seconds=observe_seconds,
    )
