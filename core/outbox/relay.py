"""Sends what the outbox promised: claim, send outside any transaction, settle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.channel import Channel, Outgoing, Receipt
from core.domain import MessageKind
from core.errors import DispatchError, PermanentSendError, TemporarySendError
from core.outbox.claims import Claimed, claim
from core.outbox.leasing import LEASE
from core.outbox.settling import fail, handed_over, try_later
from core.router import Router
from core.runner import Unit, as_utc
from core.texts import render
from core.waiting import happens

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0  # how soon what another process wrote is noticed
# A burst of commits is one look at the outbox, not two for each job taken in (0.4, one after
# another; 2,200 µs of the processor for each job instead of 2,900, in turns). Who was idle looks
# at once, and who finds plenty goes on.
BREATH = 0.01


class Relay:
    """One relay per process; several on one database share the work by leases."""

    def __init__(
        self,
        router: Router,
        channels: Mapping[str, Channel],
        *,
        send_timeout: float = 10.0,
        at_once: int = 32,
    ) -> None:
        if send_timeout >= LEASE.total_seconds():
            raise ValueError("send_timeout must be shorter than a lease")
        self._router = router
        self._channels = channels
        self._send_timeout = send_timeout
        self._at_once = at_once
        self._wake = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        router.on_commit(lambda _: self._wake.set())

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; what is in hand then is finished first."""
        monotonic = asyncio.get_running_loop().time
        try:
            while not stop.is_set():
                rested_at = monotonic() + BREATH
                self._wake.clear()
                looked_at = self._router.clock.now()
                room = self._at_once - len(self._sending)
                claimed = await self._claim(room) if room else []
                for message in claimed:
                    task = asyncio.create_task(self._settle(message))
                    self._sending.add(task)
                    task.add_done_callback(self._one_less)
                if not claimed:
                    await self._rest(stop, looked_at)
                if len(claimed) < room:
                    await asyncio.sleep(rested_at - monotonic())
        finally:
            if self._sending:
                await asyncio.wait(self._sending)

    async def drain(self) -> int:
        """Send everything that is due now; return how many messages were tried."""
        tried = 0
        while claimed := await self._claim(self._at_once):
            await asyncio.gather(*(self._settle(message) for message in claimed))
            tried += len(claimed)
        return tried

    async def _claim(self, limit: int) -> list[Claimed]:
        return await self._router.do(claim, limit)

    def _one_less(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._wake.set()

    async def _rest(self, stop: asyncio.Event, looked_at: datetime) -> None:
        """Wait for a commit, for the next retry, or for one in hand to be done."""
        pause = IDLE_SECONDS
        due_at = None if self._sending else await self._router.runner.read(_next_due, looked_at)
        if due_at is not None:
            pause = min(pause, max(0.02, (due_at - self._router.clock.now()).total_seconds()))
        await happens(stop, self._wake, within=pause)

    async def _settle(self, message: Claimed) -> None:
        try:
            await self._send(message)
        except DispatchError as problem:  # the lease lapses and the message is tried again
            log.warning("outbox.not_settled", extra={"outbox_id": message.id, "why": str(problem)})
        except Exception:
            log.exception("outbox.failed", extra={"outbox_id": message.id})

    async def _send(self, message: Claimed) -> None:
        channel = self._channels.get(message.channel)
        if channel is None:
            reason = f"the channel {message.channel} is not running"
            await self._router.do(try_later, message, reason)
            return
        try:
            async with asyncio.timeout(self._send_timeout):
                receipt = await _tell(channel, message, self._outgoing(message))
        except TemporarySendError as problem:
            await self._router.do(try_later, message, problem.reason, problem.retry_after)
        except PermanentSendError as problem:
            await self._router.do(fail, message.id, problem.reason, address_is_dead=True)
        except TimeoutError:
            reason = "the channel did not answer in time"
            await self._router.do(try_later, message, reason, unsure=True)
        except Exception as problem:
            log.exception("channel.send_failed", extra={"channel": message.channel})
            reason = f"{type(problem).__name__} in the channel"
            await self._router.do(try_later, message, reason, unsure=True)
        else:
            await self._router.do(handed_over, message, receipt)

    def _outgoing(self, message: Claimed) -> Outgoing:
        facts: Mapping[str, Any] = message.facts
        language = str(facts.get("language") or "en")
        repeat = message.repeat and message.receipt is None  # an edit twice shows once
        subject, text = render(
            message.kind,
            facts,
            language=language,
            zone=self._router.site.zone,
            repeat=repeat,
        )
        return Outgoing(
            token=message.token,
            kind=MessageKind(message.kind),
            handle=message.handle,
            name=str(facts.get("name") or message.handle),
            subject=subject,
            text=text,
            facts=facts,
            language=language,
            repeat=repeat,
            reply_token=self._router.links.reply_token(message.token),
        )


async def _tell(channel: Channel, message: Claimed, outgoing: Outgoing) -> Receipt:
    """Send it, or edit the earlier message that it is an update of."""
    if message.receipt is None:
        return await channel.send(outgoing)
    await channel.edit(Receipt(message.receipt, editable=True), outgoing)
    return Receipt()


async def _next_due(unit: Unit, after: datetime) -> datetime | None:
    """Return when the next message falls due; one due by `after` waits for another to be sent."""
    due = "CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END"
    rows = await unit.rows(
        f"SELECT MIN({due}) AS at FROM outbox WHERE state = 'queued' AND {due} > $1", after
    )
    return as_utc(rows[0]["at"])
