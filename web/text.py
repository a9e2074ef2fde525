"""Text that is refused at the edge: what no database, log or screen shows as it was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_REFUSED = re.compile("[\x00\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def faults(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, why) for each refused text inside a parsed body, names of fields too."""
    if isinstance(value, str):
        if why := _what_is_wrong(value):
            yield place, why
    elif isinstance(value, dict):
        for name, inner in value.items():
            if why := _what_is_wrong(name):
                yield _join(place, ascii(name)), why
            else:
                yield from faults(inner, _join(place, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from faults(inner, _join(place, str(number)))


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _what_is_wrong(text: str) -> str | None:
    found = _REFUSED.search(text)
    if found is None:
        return None
    char = found[0]
    if char == "\x00":
        return "must not contain NUL characters"
    if "\ud800" <= char <= "\udfff":
        return "must not contain half of a surrogate pair"
    return f"must not contain invisible direction marks (U+{ord(char):04X})"
