"""Open this for how updates are fetched: by one process, each batch stored before the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from telegram.error import Conflict, InvalidToken, TelegramError

from channels.telegram.calls import Client
from channels.telegram.faults import Flood, said
from channels.telegram.receiving import Receiver
from core.channel import Leases
from core.hookspecs import DatabaseBusy, StorageFault

log = logging.getLogger(__name__)

LEASE = "poll"
LEASE_SECONDS = 6.0  # a dead process is followed so soon; two at once would do no harm
POLL_SECONDS = 3  # of one request; each renews the lease
ELSEWHERE_SECONDS = 1.0  # until the lease is tried again
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)  # after the first, second … failure in a row


class Poller:
    """Runs until cancelled; what goes wrong is said once and tried again, ever more slowly."""

    def __init__(self, client: Client, receiver: Receiver, leases: Leases) -> None:
        self._client = client
        self._receiver = receiver
        self._leases = leases
        self._offset: int | None = None
        self._failures = 0
        self._complained = ""

    async def run(self) -> None:
        """Fetch for ever, while no other process does."""
        try:
            async for pause in self._steps():
                await asyncio.sleep(pause)
        finally:
            await self._give_lease_back()

    async def _steps(self) -> AsyncIterator[float]:
        while True:
            yield await self._step()

    async def _step(self) -> float:
        """Fetch once; return how long to wait before the next time."""
        try:
            if not await self._leases.hold(LEASE, LEASE_SECONDS):
                self._offset = None  # whoever holds it goes on confirming
                return ELSEWHERE_SECONDS
            await self._fetch()
        except Flood as fault:
            return max(fault.seconds, self._pause("Telegram asks the poller to wait"))
        except Conflict:
            return self._pause("another program polls this bot, or it has a webhook: only one can")
        except InvalidToken:
            return self._pause("Telegram does not know the bot's token")
        except TelegramError as fault:
            return self._pause(f"Telegram cannot be reached: {said(fault)}")
        except (DatabaseBusy, StorageFault) as fault:
            return self._pause(str(fault))
        except Exception:
            log.exception("telegram.poll_failed")
            return self._pause("polling failed")
        return self._well()

    async def _fetch(self) -> None:
        updates = await self._client.updates(self._offset, POLL_SECONDS)
        offset = await self._receiver.store_all(updates)
        if offset is not None:
            stuck = offset == updates[0].get("update_id")
            self._offset = offset
            if stuck:
                raise StorageFault("an update could not be stored; it is asked for again")

    def _pause(self, problem: str) -> float:
        if problem != self._complained:
            log.warning("telegram.not_receiving reason=%s", problem)
            self._complained = problem
        self._failures += 1
        return PAUSES[min(self._failures, len(PAUSES)) - 1]

    def _well(self) -> float:
        if self._complained:
            log.info("telegram.receiving_again")
        self._failures, self._complained = 0, ""
        return 0.0

    async def _give_lease_back(self) -> None:
        """Let another process go on at once; it lapses soon anyway."""
        try:
            await self._leases.release(LEASE)
        except Exception as fault:  # noqa: BLE001 the process is ending
            log.debug("telegram.lease_not_released reason=%s", fault)
