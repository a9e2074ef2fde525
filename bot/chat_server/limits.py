"""Open this for how fast a bot may send: about 30 a second in all, about one a second per chat."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

OVERALL = None  # the key of the limit that counts every chat


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second, and how many may come at once after a pause."""

    overall: float = 30
    overall_burst: float = 30
    per_chat: float = 1
    chat_burst: float = 3


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float
    closed_until: float = 0


@dataclass(slots=True)
class FloodGate:
    """Counts messages; `limits` None lets everything pass."""

    now: Callable[[], float]
    limits: Limits | None = None
    _buckets: dict[int | None, _Bucket] = field(default_factory=dict)

    def admit(self, chat_id: int) -> int | None:
        """Count one message to a chat; return the seconds to wait instead when it is too soon."""
        if self.limits is None:
            return None
        rates = {
            chat_id: (self.limits.per_chat, self.limits.chat_burst),
            OVERALL: (self.limits.overall, self.limits.overall_burst),
        }
        now = self.now()
        waits = [self._wait(key, now, rate, burst) for key, (rate, burst) in rates.items()]
        if any(waits):
            return math.ceil(max(waits))
        for key in rates:
            self._buckets[key].level -= 1
        return None

    def _wait(self, key: int | None, now: float, rate: float, burst: float) -> float:
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.level = min(burst, bucket.level + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.closed_until > now:
            return bucket.closed_until - now
        if bucket.level >= 1:
            return 0
        wait = max(1, math.ceil((1 - bucket.level) / rate))
        bucket.closed_until = now + wait
        return wait
