"""Open this for where values come from: the environment, then .env, then a KEY_FILE."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from core.errors import ConfigurationError

ENVIRONMENT = "environment"
DOTENV = ".env"
LONGEST_SECRET = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and where it came from."""

    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the process was given: its environment and the lines of .env. Empty is not given."""

    environment: Mapping[str, str]
    dotenv: Mapping[str, str]

    def lookup(self, key: str) -> Found | None:
        """Return the value of `key`: environment, then .env, then the file that KEY_FILE names."""
        return self._plain(key) or self.lookup_file(key)

    def lookup_file(self, key: str) -> Found | None:
        """Return what stands in the file that KEY_FILE names, if that is given."""
        named = self._plain(f"{key}_FILE")
        if named is None:
            return None
        return Found(read_secret(f"{key}_FILE", Path(named.value)), f"file {named.value}")

    def _plain(self, key: str) -> Found | None:
        for origin, values in ((ENVIRONMENT, self.environment), (DOTENV, self.dotenv)):
            value = values.get(key)
            if value:
                return Found(value, origin)
        return None


def read_surroundings() -> Surroundings:
    """Return what this process was given; ConfigurationError when .env is no text."""
    path = Path(DOTENV)
    try:
        lines = dotenv_values(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{DOTENV} cannot be read: it must be UTF-8 text") from error
    return Surroundings(_given(os.environ), _given(lines))


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def read_secret(key: str, path: Path) -> str:
    """Return the text of a secret's file without the line end; `key` names it in the error."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigurationError(f"{key}: cannot read {path}: {reason}") from error
    if not text or len(text) > LONGEST_SECRET:
        raise ConfigurationError(f"{key}: {path} must hold one secret and nothing else")
    return text
