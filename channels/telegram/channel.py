"""Open this for Telegram as a channel: what it sends, edits, reads and is asked to do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram.error import InvalidToken, TelegramError

from channels.telegram.bringing import brought
from channels.telegram.calls import Client
from channels.telegram.faults import translated
from channels.telegram.greeting import USERNAME, keep_settling_in, learn_name
from channels.telegram.options import TelegramOptions
from channels.telegram.pacing import Pace
from channels.telegram.performing import perform
from channels.telegram.polling import Poller
from channels.telegram.reacting import reactions_to
from channels.telegram.reading import Described, read_update
from channels.telegram.receiving import Receiver, by_webhook
from channels.telegram.saying import change, hand_over
from channels.telegram.under_way import UnderWay
from channels.telegram.updates import Update
from core.channel import (
    Capabilities,
    ChannelContext,
    Incoming,
    Outgoing,
    Receipt,
    WebhookAnswer,
    WebhookRequest,
)
from core.hookspecs import (
    ConfigurationError,
    DatabaseBusy,
    PermanentSendError,
    StorageFault,
    TemporarySendError,
)

log = logging.getLogger(__name__)

FIRST_WORD_SECONDS = 5.0  # that a start waits for Telegram; it goes on without


class Telegram:
    """One bot. `client` and `pace` may be others in tests."""

    name = "telegram"
    capabilities = Capabilities(receives=True, edits=True, buttons=True, links=True)

    def __init__(
        self,
        options: TelegramOptions,
        context: ChannelContext,
        *,
        client: Callable[[], Client] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._options = options
        self._context = context
        self._connect = client or (lambda: Client(options.token, options.api_base))
        self._pace = pace or Pace()
        self._client: Client | None = None
        self._receiver = Receiver(context.inbox, options.bot_id, self._react)
        self._under_way = UnderWay()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to receive; a server that is away is waited for meanwhile.

        Raises ConfigurationError when Telegram does not know the token.
        """
        if self._client is not None:
            return
        client = self._client = self._connect()
        try:
            async with asyncio.timeout(FIRST_WORD_SECONDS):
                await learn_name(client, self._context)
        except InvalidToken:
            await self.stop()
            reason = f"token: {self._options.api_base} does not know it; ask @BotFather"
            raise ConfigurationError(reason) from None
        except (TelegramError, TimeoutError, DatabaseBusy, StorageFault):
            log.warning("telegram.not_reached_yet server=%s", self._options.api_base)
        self._spawn(keep_settling_in(client, self._context, self._options))
        if self._options.mode == "polling":
            self._spawn(Poller(client, self._receiver, self._context.leases).run())

    async def stop(self) -> None:
        """End what runs, a long poll too, and close all connections."""
        tasks, client = tuple(self._tasks), self._client
        self._client = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._under_way.end()
        if client is not None:
            await client.close_connections()

    async def send(self, message: Outgoing) -> Receipt:
        """Post the message, or answer the press that it answers."""
        chat = _chat_id(message.handle)
        async with self._calling(chat) as client:
            return await hand_over(client, self._pace, chat, message)

    async def edit(self, receipt: Receipt, message: Outgoing) -> None:
        """Show how things are now in place of the earlier text and buttons."""
        async with self._calling(_chat_id(message.handle)) as client:
            await change(client, self._pace, receipt, message)

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return what a stored update means."""
        meant = read_update(raw)
        if isinstance(meant, Described):
            return (brought(meant, self._context),)
        return (meant,)

    async def webhook(self, request: WebhookRequest) -> WebhookAnswer:
        """Store what Telegram posts, where that was chosen."""
        secret = self._options.webhook_secret if self._options.mode == "webhook" else None
        return await by_webhook(request, secret, self._receiver)

    async def invitation(self, token: str) -> str:
        """Return the link that opens the bot and brings the token back."""
        username = self._options.username or await self._context.state.get(USERNAME)
        if username is None:
            raise TemporarySendError("the bot's name is not known yet: Telegram was not reached")
        return f"https://t.me/{username}?start={token}"

    @asynccontextmanager
    async def _calling(self, chat: int) -> AsyncIterator[Client]:
        """Translate what fails; a chat that is to wait waits for all its messages."""
        if self._client is None:
            raise TemporarySendError("Telegram is not started")
        try:
            async with self._under_way.one(), translated():
                yield self._client
        except TemporarySendError as fault:
            if fault.retry_after:
                self._pace.hold(chat, fault.retry_after)
            raise

    def _react(self, update: Update) -> None:
        """Begin what a new update wants at once; it may take its time."""
        reactions = reactions_to(update)
        if reactions and self._client is not None:
            self._spawn(perform(self._client, reactions))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _chat_id(handle: str) -> int:
    try:
        return int(handle)
    except ValueError:
        raise PermanentSendError("this is no chat of Telegram's") from None
