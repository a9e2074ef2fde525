"""Open this for how fast may be sent: so many a second in all, and in one chat one a second.

A chat that was told to wait waits alone. Nothing here is needed after a crash.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field

from core.hookspecs import TemporarySendError

LONGEST_WAIT = 4.0  # seconds within one send; what would take longer is tried again later
KEPT = 10_000  # chats


@dataclass(slots=True)
class _Chat:
    """One chat's turns: one message at a time, in the order in which they came."""

    free_at: float = 0.0
    waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """When each chat may be written to next; by the loop's own clock unless told otherwise."""

    def __init__(
        self, overall: float = 1 / 30, per_chat: float = 1.0, now: Callable[[], float] | None = None
    ) -> None:
        self._overall = overall
        self._per_chat = per_chat
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._free_at = 0.0
        self._chats: dict[int, _Chat] = {}

    @asynccontextmanager
    async def turn_in(self, chat_id: int) -> AsyncIterator[None]:
        """Send within this, once its turn has come; TemporarySendError when that is too far off.

        The next turn counts from the end of this one: a slow start must not bring two together.
        """
        wait = self.wait_in(chat_id)
        if wait > LONGEST_WAIT:
            raise TemporarySendError("this chat must wait its turn", retry_after=wait)
        chat = self._chat(chat_id)
        chat.waiting += 1
        try:
            async with chat.turn if self._per_chat else nullcontext():
                await asyncio.sleep(max(0.0, chat.free_at - self._now()))
                await asyncio.sleep(self.take_turn())
                try:
                    yield
                finally:
                    chat.free_at = max(chat.free_at, self._now() + self._per_chat)
        finally:
            chat.waiting -= 1

    def hold(self, chat_id: int, seconds: float) -> None:
        """Send nothing to that chat for so long."""
        chat = self._chat(chat_id)
        chat.free_at = max(chat.free_at, self._now() + seconds)

    def wait_in(self, chat_id: int) -> float:
        """Return how far off the next turn in that chat is, about."""
        chat, now = self._chat(chat_id), self._now()
        own = max(0.0, chat.free_at - now) + chat.waiting * self._per_chat
        return max(own, self._free_at - now)

    def take_turn(self) -> float:
        """Take the next turn of all and return how far off it is."""
        now = self._now()
        at = max(now, self._free_at)
        self._free_at = at + self._overall
        return at - now

    def _chat(self, chat_id: int) -> _Chat:
        if chat_id not in self._chats and len(self._chats) >= KEPT:
            now = self._now()
            busy = {i: c for i, c in self._chats.items() if c.waiting or c.free_at > now}
            self._chats = busy
        return self._chats.setdefault(chat_id, _Chat())
