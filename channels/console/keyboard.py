"""Open this for how typed lines are read without ever holding up a shutdown."""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from threading import Thread
from typing import Any

log = logging.getLogger(__name__)

LONGEST_LINE = 65_536
BACKGROUND_SECONDS = 1.0
CLOSE_SECONDS = 1.0


class Keyboard:
    """Hands each line of a file descriptor to `heard`, in the loop that started it.

    A thread waits for input and for the end of a pipe alike, so it ends when told to. It reads
    the descriptor, not `sys.stdin`: a thread in `readline` holds a lock that exiting needs.
    """

    def __init__(self, fd: int, heard: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        self._fd = fd
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._until_closed, self._open_end = os.pipe()
        self._thread = Thread(target=self._run, name="console keyboard", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """End the thread; a line that is being handed over goes through first."""
        os.close(self._open_end)
        await asyncio.to_thread(self._thread.join, CLOSE_SECONDS)

    def _run(self) -> None:
        # The kernel stops a background process that reads its terminal (`serve &`), unless the
        # reading thread blocks that signal: then the read fails, and is tried again later.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTIN})
        try:
            self._hand_over_lines()
        except (OSError, ValueError, RuntimeError, CancelledError) as fault:
            log.warning("console.stopped_listening reason=%s", str(fault) or "the loop ended")
        finally:
            os.close(self._until_closed)

    def _hand_over_lines(self) -> None:
        pending = b""
        while self._has_input():
            try:
                read = os.read(self._fd, LONGEST_LINE)
            except OSError:
                select.select([self._until_closed], [], [], BACKGROUND_SECONDS)
                continue
            *lines, pending = (pending + (read or b"\n")).split(b"\n")
            for line in lines:
                asyncio.run_coroutine_threadsafe(
                    self._heard(line.decode("utf-8", "replace")), self._loop
                ).result()
            if not read:
                return
            pending = pending[:LONGEST_LINE]

    def _has_input(self) -> bool:
        """Wait for input; False once closed."""
        ready, _, _ = select.select([self._fd, self._until_closed], [], [])
        return self._until_closed not in ready
