"""A bounded store of token buckets: who may ask how often. Keys are ours, never a header."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

MAX_KEYS = 10_000


class Limit:
    """`amount` in `seconds`, refilled evenly, for each key; the least recent keys are forgotten."""

    def __init__(self, amount: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._amount = amount
        self._per_second = amount / seconds
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, at

    def take(self, key: str) -> int:
        """Count one; return 0 when it was within the limit, else the seconds to wait."""
        level = self._level(key)
        if level < 1:
            return self._wait(level)
        self._buckets[key] = (level - 1, self._monotonic())
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0

    def wait(self, key: str) -> int:
        """Return the seconds to wait, 0 for none, without counting."""
        level = self._level(key)
        return 0 if level >= 1 else self._wait(level)

    def _level(self, key: str) -> float:
        level, at = self._buckets.get(key, (float(self._amount), self._monotonic()))
        return min(self._amount, level + (self._monotonic() - at) * self._per_second)

    def _wait(self, level: float) -> int:
        return max(1, math.ceil((1 - level) / self._per_second))


@lru_cache(maxsize=MAX_KEYS)
def peer_key(peer: str | None) -> str | None:
    """Return the key of a peer's address, None for this machine; IPv6 counts by its /64."""
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:  # a unix socket, or a test client
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif not address.is_loopback:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return None if address.is_loopback else str(address)
