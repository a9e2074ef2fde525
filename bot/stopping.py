"""Open this for how `serve` hears that it is to stop, even while something blocks its loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
import time

log = logging.getLogger(__name__)

ASKED_BY = (signal.SIGTERM, signal.SIGINT)
FORCED_AFTER = 4.3  # what hangs even then is left behind: everything acknowledged is on disk


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` on SIGTERM and SIGINT, and end the process 4.3 s later whatever still runs.

    A thread of its own hears of them by the wakeup socket. Python's handlers run between two
    steps of the main thread, and a signal that comes just before that thread blocks waits with it.
    """
    loop = asyncio.get_running_loop()
    told, tells = socket.socketpair()
    tells.setblocking(False)
    signal.set_wakeup_fd(tells.detach(), warn_on_full_buffer=False)
    for number in ASKED_BY:
        signal.signal(number, lambda _number, _frame: None)

    def wait_to_be_told() -> None:
        with told:
            while told.recv(1)[0] not in ASKED_BY:  # other signals that a plugin listens for
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)
        time.sleep(FORCED_AFTER)
        _leave_behind_what_hangs()

    threading.Thread(target=wait_to_be_told, name="stopping", daemon=True).start()


def _leave_behind_what_hangs() -> None:
    """End the process now, even if nobody reads its log any more."""
    end = threading.Timer(0.1, os._exit, (0,))
    end.daemon = True
    end.start()
    log.warning("serve.forced_end")
