"""Open this for how the bytes after DATA are taken: whole chunks, and never more than allowed."""

from __future__ import annotations

import asyncio
from asyncio import Semaphore, StreamReader
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

END = b"\r\n.\r\n"
HELD_BACK = len(END) - 1
CHUNK = 2**20
SMALL = 65_536  # more than most mails; what is larger waits its turn
LARGE_AT_ONCE = 2
OVERRUN = 32_000_000  # read past the limit, to give the right answer, before hanging up
IDLE_SECONDS = 30.0


@dataclass(slots=True)
class BodyRoom:
    """The memory that mails on their way in may take together, on all connections."""

    max_bytes: int
    large: Semaphore = field(default_factory=lambda: Semaphore(LARGE_AT_ONCE))

    @asynccontextmanager
    async def receive(self, reader: StreamReader) -> AsyncIterator[Sequence[bytes] | None]:
        """Yield the mail with a line end before it, dots as sent; None when it is too large.

        Its room is held until the block ends. Raises TimeoutError for a sender that falls silent,
        and ConnectionError for one that is gone or never ends.
        """
        chunks: list[bytes] = []
        try:
            async with AsyncExitStack() as held:
                is_whole = await self._receive(reader, chunks, held)
                yield chunks if is_whole else None
        finally:  # a connection that broke off keeps its frames until they are collected
            chunks.clear()

    async def _receive(
        self, reader: StreamReader, chunks: list[bytes], held: AsyncExitStack
    ) -> bool:
        """Fill `chunks`; False when the mail ended beyond the limit."""
        size, last, is_large = 0, b"\r\n", False
        while True:
            window = last + await _next_chunk(reader)
            end = window.find(END)
            whole = window[:-HELD_BACK] if end < 0 else window[: end + 2]
            size += len(whole)
            if size <= self.max_bytes + 2:
                chunks.append(whole)
            else:
                chunks.clear()
            if end >= 0:
                if rest := window[end + len(END) :]:
                    reader.feed_data(rest)
                return bool(chunks)
            if size > self.max_bytes + OVERRUN:
                raise EndlessMail
            if size > SMALL and not is_large and chunks:
                is_large = True
                await held.enter_async_context(self.large)
            last = window[-HELD_BACK:]


class EndlessMail(ConnectionError):
    """A mail that went on far past the limit."""


async def _next_chunk(reader: StreamReader) -> bytes:
    async with asyncio.timeout(IDLE_SECONDS):
        chunk = await reader.read(CHUNK)
    if not chunk:
        raise ConnectionResetError
    return chunk
