"""Open this for how updates are kept before Telegram is told that we have them."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from channels.telegram.updates import Update, chat_of, is_id, read_json
from core.channel import Inbox, WebhookAnswer, WebhookRequest
from core.hookspecs import DatabaseBusy, StorageFault

log = logging.getLogger(__name__)

LONGEST_PRESS_ID = 100
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 the name of a header


class Receiver:
    """Stores updates under the bot they came to, and shows new ones to `seen`."""

    def __init__(self, inbox: Inbox, bot_id: str, seen: Callable[[Update], None]) -> None:
        self._inbox = inbox
        self._bot_id = bot_id
        self._seen = seen

    async def store(self, update: Update, raw: bytes) -> None:
        """Keep one update; nothing happens for one that was kept before."""
        handle = chat_of(update)
        external_id = f"{self._bot_id}.{_identity_of(update)}"
        if await self._inbox.store(external_id, raw, handle=handle):
            self._seen(update)

    async def store_all(self, updates: Sequence[dict[str, Any]]) -> int | None:
        """Keep a batch and return the offset that confirms what was kept; None for nothing.

        Those of one chat are stored in their order, and chats side by side, in one commit.
        """
        known = [update for update in updates if is_id(update.get("update_id"))]
        chats: dict[str | None, list[dict[str, Any]]] = {}
        for update in known:
            chats.setdefault(chat_of(update), []).append(update)
        unkept = await asyncio.gather(*map(self._store_chat, chats.values()))
        first_unkept = min((number for number in unkept if number is not None), default=None)
        if first_unkept is not None:
            return first_unkept
        return max((update["update_id"] + 1 for update in known), default=None)

    async def _store_chat(self, updates: Sequence[dict[str, Any]]) -> int | None:
        """Return the number of the first update that could not be kept."""
        for update in updates:
            try:
                await self.store(update, json.dumps(update).encode())
            except (DatabaseBusy, StorageFault) as fault:
                log.warning("telegram.not_stored reason=%s", fault)
                return int(update["update_id"])
        return None


def _identity_of(update: Update) -> str:
    """Return what names the update for good; a press in two updates is still one press."""
    press = update.get("callback_query")
    name = press.get("id") if isinstance(press, dict) else None
    if isinstance(name, str) and 0 < len(name) <= LONGEST_PRESS_ID and name.isascii():
        return f"press.{name}"
    return str(update["update_id"])


async def by_webhook(
    request: WebhookRequest, secret: str | None, receiver: Receiver
) -> WebhookAnswer:
    """Take what Telegram posts, if it is Telegram; 200 only once it is stored."""
    if secret is None:
        return WebhookAnswer(404, b"updates are polled here")
    given = request.headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
        return WebhookAnswer(401, b"wrong secret")
    if request.method != "POST":
        return WebhookAnswer(405, b"POST an update")
    update = read_json(request.body)
    if update is None:
        return WebhookAnswer(400, b"no update")
    try:
        await receiver.store(update, request.body)
    except (DatabaseBusy, StorageFault) as fault:
        log.warning("telegram.not_stored reason=%s", fault)
        return WebhookAnswer(503, b"try again")
    return WebhookAnswer()
