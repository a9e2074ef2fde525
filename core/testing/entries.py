"""Open this to store what a channel read: Incoming values as the bytes of an entry, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.channel import (
    Decision,
    DeliveryReport,
    Done,
    Ignored,
    Incoming,
    Link,
    NeedsPerson,
    NewJobs,
    OwnPhone,
    Reachable,
    Reply,
)

_KINDS: dict[str, type[Incoming]] = {
    kind.__name__: kind
    for kind in (
        Decision,
        DeliveryReport,
        Done,
        Ignored,
        Link,
        NeedsPerson,
        NewJobs,
        OwnPhone,
        Reachable,
        Reply,
    )
}


def entry_of(*meaning: Incoming) -> bytes:
    """Return an inbox entry that a FakeChannel reads as just this."""
    told = [{"kind": type(one).__name__, **asdict(one)} for one in meaning]
    return json.dumps({"meaning": told}, default=datetime.isoformat).encode()


def meaning_of(raw: bytes) -> tuple[Incoming, ...]:
    """Return what `entry_of` was given."""
    return tuple(_value(one) for one in json.loads(raw)["meaning"])


def _value(told: dict[str, Any]) -> Incoming:
    from pydantic import TypeAdapter

    kind = _KINDS[told.pop("kind")]
    return TypeAdapter(kind).validate_python(told)
