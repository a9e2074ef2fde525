"""Plugins load, and one that is wrong in any way harms nobody else."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.channel import Capabilities, Channel, SendOnly
from core.errors import ConfigurationError
from core.hookspecs import hookimpl
from core.plugins import PluginEntry, load_plugins
from core.testing import FakeChannel, make_context
from tests.core.plugins.samples import Install, load, registering


def test_the_console_is_a_plugin_like_any_other() -> None:
    plugins = load(("console", "channels.console"))
    assert list(plugins.channels) == ["console"]
    assert plugins.broken == {}


def test_channels_keep_the_order_of_the_file(install: Install) -> None:
    tables = [
        (name, install(f"plugin_{name}", register_channels=registering(FakeChannel(name))))
        for name in ("zulu", "alpha", "mike")
    ]
    assert list(load(*tables).channels) == ["zulu", "alpha", "mike"]


def test_a_plugin_gets_its_options_and_the_context_of_its_table(install: Install) -> None:
    seen: list[Any] = []

    @hookimpl
    def register_channels(options: Any, context: Any) -> Iterator[Channel]:
        seen.append((dict(options), context))
        yield FakeChannel()

    context = make_context()
    entry = PluginEntry("fake", install("given", register_channels=register_channels), {"a": 1})
    plugins = load_plugins([entry], lambda name: {"fake": context}[name])
    assert seen == [({"a": 1}, context)]
    assert list(plugins.channels) == ["fake"], "a generator of channels will do"


def test_two_tables_may_share_a_plugin(install: Install) -> None:
    @hookimpl
    def register_channels(context: Any) -> list[Channel]:
        return [FakeChannel(context.base_url)]

    install("shared", register_channels=register_channels)
    entries = [PluginEntry(name, "shared", {}) for name in ("one", "two")]
    plugins = load_plugins(entries, lambda name: make_context(base_url=name))
    assert (list(plugins.channels), plugins.broken) == (["one", "two"], {})


class NotAsked(FakeChannel):
    pass


class Halfway:
    name = "half"
    capabilities = Capabilities()


@hookimpl
async def an_async_hook() -> list[Channel]:
    return []


@hookimpl
async def an_async_generator() -> AsyncIterator[Channel]:
    yield FakeChannel()


@hookimpl
def a_raising_hook() -> list[Channel]:
    raise RuntimeError("no\nluck")


@hookimpl
def an_exiting_hook() -> list[Channel]:
    sys.exit(1)


@hookimpl
def a_hook_of_nothing() -> None:
    return None


@hookimpl
def a_hook_of_one_channel() -> Channel:
    return FakeChannel()


@hookimpl
def a_hook_with_another_argument(weather: str) -> list[Channel]:
    raise AssertionError(weather)


def an_unmarked_hook() -> list[Channel]:
    raise AssertionError


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"register_channels": a_raising_hook}, "RuntimeError: no luck"),
        ({"register_channels": an_exiting_hook}, "SystemExit: 1"),
        ({"register_channels": an_async_hook}, "register_channels is async"),
        ({"register_channels": an_async_generator}, "register_channels is async"),
        ({"register_channels": a_hook_of_nothing}, "returned no channel"),
        ({"register_channels": registering()}, "returned no channel"),
        ({"register_channels": a_hook_of_one_channel}, "a list of channels, not one FakeChannel"),
        ({"register_channels": a_hook_with_another_argument}, "weather"),
        ({"register_channels": an_unmarked_hook}, "(without @hookimpl?)"),
        ({"register_chanels": registering()}, "did you mean 'register_channels'?"),
        ({}, "implements neither register_channels nor observe"),
        ({"register_channels": registering("fake")}, "str is not a Channel: it lacks name"),
        ({"register_channels": registering(Halfway())}, "it lacks start, stop, send, edit"),
        ({"register_channels": registering(NotAsked)}, "NotAsked is a class"),
        ({"register_channels": registering(FakeChannel("No Name"))}, "is no channel name"),
        ({"register_channels": registering(FakeChannel("other"))}, "must be [channels.other]"),
        ({"register_channels": registering(FakeChannel("good"))}, "is registered already"),
        ({"register_channels": registering(FakeChannel("bad"), 1)}, "int is not a Channel"),
    ],
)
def test_a_plugin_that_is_wrong_is_isolated_with_a_reason(
    install: Install, members: dict[str, object], reason: str
) -> None:
    good = install("good_plugin", register_channels=registering(FakeChannel("good")))
    late = install("late_plugin", register_channels=registering(FakeChannel("late")))
    plugins = load(("good", good), ("bad", install("bad_plugin", **members)), ("late", late))
    assert list(plugins.channels) == ["good", "late"]
    assert list(plugins.broken) == ["bad"]
    assert reason in plugins.broken["bad"]
    assert "\n" not in plugins.broken["bad"]


@pytest.mark.parametrize(
    ("plugin", "reason"),
    [
        ("no.such.module", "ModuleNotFoundError: No module named 'no'"),
        ("", "ValueError"),
        (".relative", "TypeError"),
        ("entry:nothing", "no installed package offers 'nothing' under dispatch.plugins"),
    ],
)
def test_a_plugin_that_cannot_be_found_is_isolated(plugin: str, reason: str) -> None:
    plugins = load(("bad", plugin), ("console", "channels.console"))
    assert reason in plugins.broken["bad"]
    assert list(plugins.channels) == ["console"]


def test_a_plugin_may_come_from_an_entry_point(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import EntryPoint, EntryPoints

    install("offered", register_channels=registering(FakeChannel()))
    offered = EntryPoints([EntryPoint("fake-one", "offered", "dispatch.plugins")])
    monkeypatch.setattr("core.plugins.loading.entry_points", offered.select)
    assert list(load(("fake", "entry:fake-one")).channels) == ["fake"]
    assert "did you mean 'fake-one'?" in load(("fake", "entry:fake")).broken["fake"]


def test_a_plugin_that_hangs_while_it_registers_is_isolated(install: Install) -> None:
    release = threading.Event()

    @hookimpl
    def register_channels() -> list[Channel]:
        release.wait()
        return []

    hanging = install("hanging", register_channels=register_channels)
    plugins = load(("bad", hanging), ("console", "channels.console"), seconds=0.2)
    release.set()
    assert plugins.broken == {"bad": "register_channels did not return within 0.2 s"}
    assert list(plugins.channels) == ["console"]


def test_a_wrong_option_ends_start_up_and_names_file_table_and_key() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(("console", "channels.console"), anwsers=True)
    assert str(caught.value) == (
        "plugins.toml: [channels.console] unknown key 'anwsers': did you mean 'answers'?"
    )


def test_a_broken_plugin_is_one_line_in_the_log_with_its_traceback_at_debug(
    install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    load(("bad", install("logged", register_channels=a_raising_hook)))
    warning, debug = caplog.records
    assert (warning.levelname, warning.exc_info) == ("WARNING", None)
    assert warning.getMessage() == "plugin.broken name=bad reason=RuntimeError: no luck"
    assert (debug.levelname, bool(debug.exc_info)) == ("DEBUG", True)


def test_plugins_share_no_manager_with_another_loading(install: Install) -> None:
    first = load(("fake", install("again", register_channels=registering(FakeChannel()))))
    second = load(("fake", "again"))
    assert (first.broken, second.broken) == ({}, {})


def test_a_send_only_channel_may_stand_beside_the_one_of_its_table(install: Install) -> None:
    class Pager(SendOnly):
        name = "pager"

        async def send(self, message: object) -> None:
            """Never called."""

    both = registering(FakeChannel("sms"), Pager())
    assert list(load(("sms", install("pair", register_channels=both))).channels) == ["sms", "pager"]
