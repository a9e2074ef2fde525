"""Open this for how a request's parameters are read: JSON, form or query, all alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat_server.refusals import bad_request


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one request names. Forms give text, in which lists and objects are JSON."""

    given: Mapping[str, Any]

    def __contains__(self, name: str) -> bool:
        return self.given.get(name) is not None

    def text(self, name: str) -> str:
        """Return text, empty when there is none."""
        value = self.given.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a number; what is none counts as the default."""
        try:
            return int(self.given.get(name, default))
        except (TypeError, ValueError):
            return default

    def truth(self, name: str) -> bool:
        """Return whether it says yes."""
        return str(self.given.get(name, "")).lower() in ("true", "1", "yes", "y")

    def structure(self, name: str) -> Any:
        """Return a list or an object, None when there is none."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """Return an object, None when there is none."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def names(self, name: str) -> list[str] | None:
        """Return a list of text, None when there is none."""
        value = self.structure(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise bad_request(f"can't parse {name} as an array of strings")
        return value
