"""Open this for how a mailbox is looked at again and again, by one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from imaplib import IMAP4

from imap_tools import ImapToolsError

from channels.email.receiving.frame import Arrival, framed
from channels.email.receiving.headers import LONGEST_HEADER, Header, external_id, read_header
from channels.email.receiving.mailbox import (
    Fetched,
    MailboxFault,
    fetch,
    mark_seen,
    opened,
    unseen,
)
from core.channel import ChannelContext
from core.hookspecs import DatabaseBusy, StorageFault

log = logging.getLogger(__name__)

LEASE = "imap"
LEASE_SECONDS = 120.0
POLL_SECONDS = 20.0
LOOK_SECONDS = 90.0  # for one look into the mailbox; less than the lease
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


class Poller:
    """Between `start` and `stop`, brings every unseen mail of the mailbox to the inbox."""

    def __init__(
        self, url: str, max_bytes: int, context: ChannelContext, seconds: float = POLL_SECONDS
    ) -> None:
        self._url = url
        self._max_bytes = max_bytes
        self._context = context
        self._seconds = seconds
        self._running: asyncio.Task[None] | None = None
        self._stopping = threading.Event()

    async def start(self) -> None:
        """Begin to poll."""
        if self._running is None:
            self._stopping.clear()
            self._running = asyncio.create_task(self._poll(), name="imap poller")

    async def stop(self) -> None:
        """Poll no more; a mail in hand is left unseen and comes again."""
        running, self._running = self._running, None
        if running is None:
            return
        self._stopping.set()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await self._context.leases.release(LEASE)

    async def _poll(self) -> None:
        while True:
            try:
                if await self._context.leases.hold(LEASE, LEASE_SECONDS):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self.look()
            except (OSError, IMAP4.error, ImapToolsError, MailboxFault, TimeoutError) as fault:
                log.warning("email.mailbox_fault kind=%s", type(fault).__name__)
                log.debug("email.mailbox_answer", exc_info=fault)
            except (DatabaseBusy, StorageFault) as fault:
                log.warning("email.not_stored reason=%s", fault)
            await asyncio.sleep(self._seconds)

    async def look(self) -> None:
        """Store every unseen mail, then mark it."""
        loop = asyncio.get_running_loop()

        def keep(mail: Fetched) -> None:
            asyncio.run_coroutine_threadsafe(self._keep(mail), loop).result(LOOK_SECONDS)

        await _in_a_thread(lambda: self._look(keep))

    def _look(self, keep: Callable[[Fetched], None]) -> None:
        with opened(self._url) as box:
            for uid in unseen(box):
                if self._stopping.is_set():
                    return
                mail = fetch(box, uid, self._max_bytes)
                if mail is not None:
                    keep(mail)
                    mark_seen(box, uid)

    async def _keep(self, fetched: Fetched) -> None:
        header = read_header(fetched.mail)
        mail = fetched.mail if header is not None else fetched.mail[: 2 * LONGEST_HEADER]
        known = header or Header(())
        arrival = _arrival(known, self._context.clock.now(), cut=fetched.cut)
        handle = None if known.sender is None else known.sender[1]
        await self._context.inbox.store(
            external_id(mail, known), framed(arrival, (mail,)), handle=handle
        )


def _arrival(header: Header, now: datetime, *, cut: bool) -> Arrival:
    """Return the envelope as far as the mail server wrote it into the header."""
    sender = next(header.all("return-path"), "<unknown>").strip().strip("<>")
    recipients = [
        part.strip().rpartition("<")[2].rstrip("> ")
        for name in _RECIPIENTS
        for value in header.all(name)
        for part in value.split(",")
    ]
    return Arrival("imap", "", sender, tuple(recipients[:100]), now, cut)


async def _in_a_thread(call: Callable[[], None]) -> None:
    """Run what blocks; a thread that hangs on a dead server holds up no shutdown."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(fault: Exception | None) -> None:
        if done.done():
            return
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(fault)

    def run() -> None:
        fault: Exception | None = None
        try:
            call()
        except Exception as caught:  # noqa: BLE001 whoever awaits it is told
            fault = caught
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, fault)

    threading.Thread(target=run, name="imap", daemon=True).start()
    await done
