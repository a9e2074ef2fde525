"""Open this for how what the worker found crosses to the service: as JSON, checked on arrival."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from core.channel import DeliveryReport, Ignored, Incoming, NeedsPerson, NewJobs, Reply

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LENGTH_BYTES = 4  # before each message between the two
_KINDS = {kind.__name__: kind for kind in (DeliveryReport, Ignored, NeedsPerson, NewJobs, Reply)}


def to_plain(meaning: Sequence[Incoming]) -> bytes:
    """Return the values as JSON."""
    kinds = [{"kind": type(one).__name__, "value": asdict(one)} for one in meaning]
    return json.dumps(kinds, default=str).encode()


def from_plain(plain: bytes) -> tuple[Incoming, ...]:
    """Return the values; ValueError for anything that `to_plain` does not write."""
    return tuple(_value(one["kind"], one["value"]) for one in json.loads(plain))


def _value(kind: str, written: object) -> Incoming:
    value: Incoming = _adapter(kind).validate_python(written)
    return replace(value, readings=tuple(value.readings)) if isinstance(value, NewJobs) else value


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(_KINDS[kind])
