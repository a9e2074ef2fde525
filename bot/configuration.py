"""Open this for the order flags > environment > .env > defaults, and for what is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from bot.plugins_file import PluginsFile, read_plugins_file
from bot.settings import SECRETS, Settings
from bot.surroundings import DOTENV, ENVIRONMENT, Surroundings, read_surroundings
from core.errors import ConfigurationError

KEYS = tuple(name.upper() for name in Settings.model_fields)
FLAG = "flag"
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the process was told: settings, where each came from, plugins.toml."""

    settings: Settings
    origins: Mapping[str, str]  # of every KEY: flag, environment, .env, file …, default
    plugins: PluginsFile
    warnings: tuple[str, ...] = ()
    insecure: bool = False  # whether the service may do without a token although others reach it


def read_configuration(flags: Mapping[str, object] | None = None) -> Configuration:
    """Read flags, environment, .env and plugins.toml; ConfigurationError in one line."""
    settings, origins, surroundings = read_settings(flags or {})
    plugins = read_plugins_file(
        settings.plugins_file,
        surroundings,
        default_timeout=settings.offer_timeout,
        required=origins["PLUGINS_FILE"] != DEFAULT,
    )
    warnings = unknown_keys(surroundings.dotenv, plugins.named)
    return Configuration(settings, origins, plugins, tuple(warnings))


def read_settings(
    flags: Mapping[str, object],
) -> tuple[Settings, Mapping[str, str], Surroundings]:
    """Return the settings, the origin of each and the surroundings that `{ env = … }` reads."""
    surroundings = read_surroundings()
    given = {key: value for key, value in flags.items() if value is not None}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    sources = (FLAG, given), (ENVIRONMENT, surroundings.environment), (DOTENV, surroundings.dotenv)
    for origin, found in sources:
        for key in found.keys() & set(KEYS) - values.keys():
            values[key], origins[key] = found[key], origin
    for key in set(SECRETS) - values.keys():
        twin = surroundings.lookup_file(key)
        if twin is not None:
            values[key], origins[key] = twin.value, twin.origin
    return _checked(values), {key: origins.get(key, DEFAULT) for key in KEYS}, surroundings


def unknown_keys(dotenv: Collection[str], named: Collection[str]) -> list[str]:
    """Return one warning per key of .env that neither a setting nor plugins.toml knows."""
    known = {*KEYS, *named, *(f"{key}_FILE" for key in (*SECRETS, *named))}
    return [
        f"{DOTENV}: unknown key {key}; the nearest known key is "
        f"{get_close_matches(key.upper(), sorted(known), n=1, cutoff=0)[0]}"
        for key in dotenv
        if key not in known
    ]


def _checked(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        complaints = (_complaint(str(fault["loc"][0]), values) for fault in error.errors())
        raise ConfigurationError("; ".join(complaints)) from None


def _complaint(key: str, values: Mapping[str, Any]) -> str:
    fix = Settings.model_fields[key.lower()].description
    shown = "" if key in SECRETS else f" is {str(values[key])[:60]!r} but"
    return f"{key}{shown} must be {fix}"
