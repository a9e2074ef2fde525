"""Which tokens count, as of a second ago at most: what the web asks on every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.channel import Clock
from core.domain import TokenScope
from core.models import Token
from core.runner import Runner, Unit

CACHED_SECONDS = 0.9  # with the reading itself, less than a second
NOTED_EVERY = timedelta(hours=1)


@dataclass(slots=True)
class _Known:
    id: int
    scope: TokenScope
    last_used_at: datetime | None


@dataclass(slots=True)
class TokenBook:
    """The tokens that are not revoked; one made or revoked by another process counts in a second.

    A database that cannot be read raises: nobody comes in on what was known before.
    """

    runner: Runner
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    _known: Mapping[str, _Known] = field(default_factory=dict)
    _read_at: float | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _used: dict[int, datetime] = field(default_factory=dict)

    async def scope(self, token_hash: str) -> TokenScope | None:
        """Return what the token with that SHA-256 allows; None when it is unknown or revoked."""
        found = (await self._fresh()).get(token_hash)
        if found is None:
            return None
        now = self.clock.now()
        if found.last_used_at is None or now - found.last_used_at >= NOTED_EVERY:
            self._used[found.id] = found.last_used_at = now
        return found.scope

    async def is_empty(self) -> bool:
        """Tell whether there is no token at all."""
        return not await self._fresh()

    def take_used(self) -> Mapping[int, datetime]:
        """Return which tokens were used and not yet noted as such, once."""
        used, self._used = self._used, {}
        return used

    async def _fresh(self) -> Mapping[str, _Known]:
        if not self._is_fresh():
            async with self._reading:
                if not self._is_fresh():
                    began = self.monotonic()
                    self._known = await self.runner.read(_live_tokens)
                    self._read_at = began
        return self._known

    def _is_fresh(self) -> bool:
        read_at = self._read_at
        return read_at is not None and self.monotonic() - read_at < CACHED_SECONDS


async def _live_tokens(unit: Unit) -> Mapping[str, _Known]:
    return {
        token.token_hash: _Known(token.id, TokenScope(token.scope), token.last_used_at)
        for token in await Token.filter(revoked_at=None)
    }
