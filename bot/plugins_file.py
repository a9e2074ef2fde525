"""Open this for plugins.toml: which channels load and with what, the policies, the vehicles."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from bot.surroundings import Surroundings, read_secret
from core.domain import Policy
from core.errors import ConfigurationError
from core.plugins import PluginEntry
from core.policy import policy_from_table

TABLES = ("channels", "policies", "vehicles")
CHANNEL_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
BUILT_IN = """
[channels.console]
plugin = "channels.console"

[policies.default]
min_window = "3m"
min_lead = "0m"
order = "priority"
width = 1
rounds = 1
late_yes = "standby"

[vehicles]
ladder = ["Bike", "Car", "Small van", "Van", "Long van", "Luton", "7.5t", "18t"]
"""


@dataclass(frozen=True, slots=True)
class PluginsFile:
    """What plugins.toml says, checked, with its secrets filled in."""

    entries: tuple[PluginEntry, ...]  # enabled channels, in the order of the file
    disabled: Mapping[str, str]  # name -> plugin
    policies: Mapping[str, Policy]
    ladder: tuple[str, ...]
    secrets: frozenset[str]  # what { env = … } and { file = … } were replaced by
    named: frozenset[str]  # every KEY that some { env = "KEY" } names


def read_plugins_file(
    path: Path, surroundings: Surroundings, *, default_timeout: timedelta, required: bool
) -> PluginsFile:
    """Read `path`, or the built-in default when it is missing and not `required`.

    Raises ConfigurationError: one line that names file, table, key and the fix.
    """
    return _Reader(str(path), surroundings).read(_tables(path, required=required), default_timeout)


def built_in(default_timeout: timedelta) -> PluginsFile:
    """Return what holds without a plugins.toml: the console, one policy, the usual vehicles."""
    reader = _Reader("the built-in plugins.toml", Surroundings({}, {}))
    return reader.read(tomllib.loads(BUILT_IN), default_timeout)


def _tables(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required:
            raise ConfigurationError(f"PLUGINS_FILE: {path} does not exist") from None
        return tomllib.loads(BUILT_IN)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    surroundings: Surroundings

    def read(self, tables: Mapping[str, Any], default_timeout: timedelta) -> PluginsFile:
        for name in tables.keys() - set(TABLES):
            self._fail(f"[{name}]", f"unknown table; did you mean [{_nearest(name, TABLES)}]?")
        channels = self._subtables(tables, "channels")
        enabled = {name: table for name, table in channels.items() if self._enabled(name, table)}
        entries = tuple(self._entry(name, table) for name, table in enabled.items())
        return PluginsFile(
            entries=entries,
            disabled={n: table["plugin"] for n, table in channels.items() if n not in enabled},
            policies=self._policies(tables, default_timeout),
            ladder=self._ladder(tables),
            secrets=frozenset(
                value
                for entry in entries
                for key, value in entry.options.items()
                if value is not enabled[entry.name][key]
            ),
            named=frozenset(_named(channels)),
        )

    def _enabled(self, name: str, table: Mapping[str, Any]) -> bool:
        place = f"[channels.{name}]"
        if not CHANNEL_NAME.fullmatch(name):
            self._fail(place, "a channel's name is small letters, digits, - and _")
        plugin = table.get("plugin")
        if plugin is None:
            near = get_close_matches("plugin", table, n=1)
            hint = f"; did you write {near[0]!r} for it?" if near else ""
            self._fail(f"{place} plugin", f'is missing: plugin = "channels.{name}"{hint}')
        if not isinstance(plugin, str):
            self._fail(f"{place} plugin", f'must be text such as "channels.{name}"')
        enabled = table.get("enabled", True)
        if not isinstance(enabled, bool):
            self._fail(f"{place} enabled", "must be true or false, without quotes")
        return enabled

    def _entry(self, name: str, table: Mapping[str, Any]) -> PluginEntry:
        options = {
            key: self._resolved(f"[channels.{name}] {key}", value)
            for key, value in table.items()
            if key not in ("plugin", "enabled")
        }
        return PluginEntry(name=name, plugin=table["plugin"], options=options)

    def _resolved(self, place: str, value: object) -> object:
        """Return a value with `{ env = … }` and `{ file = … }` replaced by what they name."""
        if not isinstance(value, dict) or not value.keys() & {"env", "file"}:
            return value
        if len(value) != 1 or not all(isinstance(name, str) and name for name in value.values()):
            self._fail(place, 'must be { env = "KEY" } or { file = "path" }')
        if "file" in value:
            return read_secret(f"{self.file}: {place}", Path(value["file"]))
        found = self.surroundings.lookup(value["env"])
        if found is None:
            key = value["env"]
            self._fail(place, f"{key} is not set: give {key} or {key}_FILE, or enabled = false")
        return found.value

    def _policies(
        self, tables: Mapping[str, Any], default_timeout: timedelta
    ) -> Mapping[str, Policy]:
        written = {"default": {}, **self._subtables(tables, "policies")}
        try:
            return {
                name: policy_from_table(name, table, default_timeout=default_timeout)
                for name, table in written.items()
            }
        except ValueError as error:
            raise ConfigurationError(f"{self.file}: {error}") from error

    def _ladder(self, tables: Mapping[str, Any]) -> tuple[str, ...]:
        vehicles = self._table(tables, "vehicles")
        for key in vehicles.keys() - {"ladder"}:
            self._fail(f"[vehicles] {key}", "unknown key; did you mean 'ladder'?")
        ladder = vehicles.get("ladder", [])
        if not isinstance(ladder, list) or not all(isinstance(v, str) and v for v in ladder):
            self._fail("[vehicles] ladder", 'must be a list such as ["Car", "Van", "Luton"]')
        if len({vehicle.casefold() for vehicle in ladder}) < len(ladder):
            self._fail("[vehicles] ladder", "names a vehicle twice")
        return tuple(ladder)

    def _subtables(self, tables: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
        outer = self._table(tables, name)
        for inner, table in outer.items():
            if not isinstance(table, dict):
                self._fail(f"[{name}] {inner}", f"must be a table: [{name}.{inner}]")
        return outer

    def _table(self, tables: Mapping[str, Any], name: str) -> dict[str, Any]:
        table = tables.get(name, {})
        if not isinstance(table, dict):
            self._fail(name, f"must be a table: [{name}]")
        return table

    def _fail(self, place: str, problem: str) -> NoReturn:
        raise ConfigurationError(f"{self.file}: {place}: {problem}")


def _named(channels: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the KEYs that `{ env = "KEY" }` names, those of disabled channels too."""
    for table in channels.values():
        for value in table.values():
            if isinstance(value, dict) and isinstance(value.get("env"), str):
                yield value["env"]


def _nearest(word: str, known: tuple[str, ...]) -> str:
    return get_close_matches(word, known, n=1, cutoff=0)[0]
