"""Reads stored entries with the channel they came by, and has each acted on once."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.channel import Channel
from core.errors import DispatchError
from core.inbox.acting import act_on_entry, not_readable
from core.inbox.claiming import claim_entries
from core.inbox.storing import Keeper, Received
from core.models import InboxEntry
from core.router import Router
from core.waiting import happens

log = logging.getLogger(__name__)

READ_TIMEOUT = 5.0
AT_ONCE = 50
IDLE_SECONDS = 1.0


class InboxReader:
    """One reader per process; several on one database share the work by leases."""

    def __init__(self, router: Router, channels: Mapping[str, Channel]) -> None:
        self._router = router
        self._channels = channels
        self._wakes: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._keeper = Keeper(router)

    def store_for(self, channel: str) -> ChannelInbox:
        """Return the `inbox` that a channel is given."""
        return ChannelInbox(self._keeper, channel, self._wakes[channel])

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set, each channel by itself: one that is slow delays no other."""
        try:
            async with asyncio.TaskGroup() as loops:
                for channel in (*self._channels, None):
                    loops.create_task(self._run(channel, stop))
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from faults

    async def drain(self) -> int:
        """Act on everything that can be read now; return how many entries were tried."""
        tried = 0
        while now := sum([await self._drain(channel) for channel in (*self._channels, None)]):
            tried += now
        return tried

    async def _run(self, channel: str | None, stop: asyncio.Event) -> None:
        """Read one channel, or what came by channels that do not run any more."""
        wake = self._wakes[channel] if channel is not None else asyncio.Event()
        while not stop.is_set():
            wake.clear()
            if not await self._drain(channel):
                await happens(stop, wake, within=IDLE_SECONDS)

    async def _drain(self, channel: str | None) -> int:
        tried = 0
        others = () if channel is not None else (*self._channels,)
        while entries := await self._router.do(claim_entries, AT_ONCE, channel, but_not=others):
            await self._read_all(entries)
            tried += len(entries)
        return tried

    async def _read_all(self, entries: Sequence[InboxEntry]) -> None:
        """Read those of different senders at once, so that they share commits; the rest in turn."""
        known = [self._read(entry) for entry in entries if entry.handle is not None]
        for ended in await asyncio.gather(*known, return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended
        for entry in entries:
            if entry.handle is None:
                await self._read(entry)

    async def _read(self, entry: InboxEntry) -> None:
        channel = self._channels.get(entry.channel)
        if channel is None:
            reason = f"the channel {entry.channel} is not running"
            await self._router.do(not_readable, entry.id, reason)
            return
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                meaning = await channel.read(entry.payload)
            await self._router.do(act_on_entry, entry.id, meaning, channel.capabilities)
        except DispatchError:
            raise
        except Exception as problem:
            log.exception("inbox.not_readable", extra={"entry": entry.id})
            reason = f"{type(problem).__name__} while reading"
            await self._router.do(not_readable, entry.id, reason)


class ChannelInbox:
    """Keeps what one channel receives."""

    def __init__(self, keeper: Keeper, channel: str, wake: asyncio.Event) -> None:
        self._keeper = keeper
        self._channel = channel
        self._wake = wake

    async def store(
        self,
        external_id: str | None,
        raw: bytes,
        received_at: datetime | None = None,
        *,
        handle: str | None = None,
    ) -> bool:
        """Return when `raw` is durable; False when that `external_id` was kept before."""
        stored = await self._keeper.keep(Received(self._channel, external_id, raw, handle))
        self._wake.set()
        return stored
