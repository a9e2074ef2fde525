"""Open this for how fast may be sent: so many a second in all, and in one chat one a second.

A chat that was told to wait waits alone. Nothing here is needed after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.hookspecs import TemporarySendError

LONGEST_WAIT = 4.0  # seconds within one send; what would take longer is tried again later
KEPT = 10_000  # chats


class Pace:
    """When each chat may be written to next; by the loop's own clock unless told otherwise."""

    def __init__(
        self, overall: float = 1 / 30, per_chat: float = 1.0, now: Callable[[], float] | None = None
    ) -> None:
        self._overall = overall
        self._per_chat = per_chat
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._next = 0.0
        self._next_in: dict[int, float] = {}

    async def wait_for(self, chat: int) -> None:
        """Return when a message may go there; TemporarySendError when that is too far off."""
        await asyncio.sleep(self.book_chat(chat))
        await asyncio.sleep(self.book_turn())
        self._next_in[chat] = max(self._next_in.get(chat, 0.0), self._now() + self._per_chat)

    def hold(self, chat: int, seconds: float) -> None:
        """Send nothing to that chat for so long."""
        self._next_in[chat] = max(self._next_in.get(chat, 0.0), self._now() + seconds)

    def book_chat(self, chat: int) -> float:
        """Take that chat's next turn and return how far off it is."""
        now = self._now()
        at = max(now, self._next_in.get(chat, 0.0))
        wait = max(at, self._next) - now
        if wait > LONGEST_WAIT:
            raise TemporarySendError("this chat must wait its turn", retry_after=wait)
        self._forget_the_idle(now)
        self._next_in[chat] = at + self._per_chat
        return at - now

    def book_turn(self) -> float:
        """Take the next turn of all and return how far off it is."""
        now = self._now()
        at = max(now, self._next)
        self._next = at + self._overall
        return at - now

    def _forget_the_idle(self, now: float) -> None:
        if len(self._next_in) >= KEPT:
            self._next_in = {chat: at for chat, at in self._next_in.items() if at > now}
