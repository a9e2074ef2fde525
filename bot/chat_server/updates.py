"""Open this for the queue of updates: which are waiting, confirmed, repeated, and who polls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.chat_server.refusals import OTHER_POLL, RefusedError, conflict

MOST_AT_ONCE = 100
FORESEEN = 10  # an offset further ahead than this is not believed
LEFT_OUT = {"chat_member", "message_reaction", "message_reaction_count"}  # unless asked for

Update = Mapping[str, Any]


@dataclass(slots=True)
class UpdateQueue:
    """Updates in the order they came; `take` is what getUpdates does."""

    next_id: int = 700_000_001
    waiting: list[Update] = field(default_factory=list)
    confirmed: list[Update] = field(default_factory=list)
    strays: list[Update] = field(default_factory=list)  # repeated, whatever the offset says
    allowed: Sequence[str] = ()
    webhook: str = ""
    _poll: asyncio.Future[None] | None = None
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def add(self, kind: str, payload: Mapping[str, Any]) -> int | None:
        """Queue one update; None when nobody asked for its kind."""
        if self.allowed and kind not in self.allowed:
            return None
        if not self.allowed and kind in LEFT_OUT:
            return None
        update_id = self.next_id
        self.next_id += 1
        self.waiting.append({"update_id": update_id, kind: payload})
        self._wake()
        return update_id

    def repeat(self, updates: Iterable[Update]) -> None:
        """Deliver these once more, before all others and in this order."""
        self.strays.extend(updates)
        self._wake()

    def on_new(self, listener: Callable[[], None]) -> None:
        """Have `listener` called whenever something waits."""
        self._listeners.append(listener)

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Remember which kinds are wanted from now on; None leaves that as it is."""
        if kinds is not None:
            self.allowed = tuple(kinds)

    def confirm(self, offset: int) -> None:
        """Forget all before `offset`; a negative one counts from the end."""
        if offset < 0:
            offset = self.waiting[offset]["update_id"] if len(self.waiting) >= -offset else 0
        elif offset > self.next_id + FORESEEN:
            offset = 0
        self.confirmed += [u for u in self.waiting if u["update_id"] < offset]
        self.waiting = [u for u in self.waiting if u["update_id"] >= offset]

    def take(self, limit: int = MOST_AT_ONCE) -> list[Update]:
        """Return what waits, without confirming it; a repetition is gone once it was taken."""
        again, self.strays = self.strays[:limit], self.strays[limit:]
        return [*again, *self.waiting[: limit - len(again)]]

    @property
    def unheard(self) -> int:
        """Return how many updates nobody has confirmed yet."""
        return len(self.waiting) + len(self.strays)

    @property
    def is_polled(self) -> bool:
        """Tell whether somebody waits for news."""
        return self._poll is not None

    def end_poll(self, refusal: RefusedError) -> None:
        """Answer the poll that waits, if any, with a refusal."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(refusal)

    async def wait(self, seconds: float) -> None:
        """Wait until something is there; a later poll ends this one with 409."""
        self.end_poll(conflict(OTHER_POLL))
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        for listener in self._listeners:
            listener()
