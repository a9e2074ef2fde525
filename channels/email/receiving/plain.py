"""Open this for how what the worker found crosses to the service: as JSON, checked on arrival."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
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
    written = json.loads(plain)
    return tuple(_adapter(one["kind"]).validate_python(one["value"]) for one in written)


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(_KINDS[kind])
