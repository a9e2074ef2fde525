"""Open this for what `serve` does now and then: personal data goes, uses of tokens are noted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from core.domain import CLOCK
from core.router import Router
from core.tokens import TokenBook
from core.waiting import happens

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
PURGE_AFTER, PURGE_EVERY = 60.0, 86_400.0  # seconds from the start, then from one to the next


class Housekeeper:
    """Purges once a day what has been kept for `keep_days`; 0 keeps everything."""

    def __init__(
        self,
        router: Router,
        tokens: TokenBook,
        keep_days: float,
        *,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._router = router
        self._tokens = tokens
        self._keep = timedelta(days=keep_days) if keep_days else None
        self._monotonic = monotonic
        self._purge_at = monotonic() + PURGE_AFTER

    async def run(self, stop: asyncio.Event) -> None:
        """Look every minute until stop."""
        while not await happens(stop, within=LOOK_EVERY):
            await self.look()

    async def look(self) -> None:
        """Do what is due."""
        await self._router.note_token_uses(self._tokens.take_used())
        if self._keep is None or self._monotonic() < self._purge_at:
            return
        done = await self._router.purge(self._router.clock.now() - self._keep, CLOCK)
        self._purge_at = self._monotonic() + PURGE_EVERY
        log.info(
            "purge.done", extra={"jobs": done.jobs, "inbox": done.inbox, "outbox": done.outbox}
        )
