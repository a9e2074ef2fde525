"""Open this for the methods by which a bot hears: getUpdates and the webhook's settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.chat_server.parameters import Parameters
from bot.chat_server.refusals import WEBHOOK_SET, bad_request, conflict
from bot.chat_server.updates import MOST_AT_ONCE, Update
from bot.chat_server.webhook import Webhook
from bot.chat_server.world import World

LONGEST_POLL = 50
SOON = 0.5  # whoever asks for the same again so soon gets one update only
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(slots=True)
class Receiving:
    """How the bot hears, and when it asked last."""

    world: World
    webhook: Webhook
    asked: tuple[int, float] = field(default=(0, 0.0))

    async def get_updates(self, parameters: Parameters) -> list[Update]:
        """Confirm all before the offset; return what waits, or wait for something."""
        queue = self.world.updates
        if self.webhook.url:
            raise conflict(WEBHOOK_SET)
        queue.allow(parameters.names("allowed_updates"))
        offset, limit = parameters.integer("offset"), parameters.integer("limit", MOST_AT_ONCE)
        limit = min(max(limit, 1), MOST_AT_ONCE)
        seconds = min(max(parameters.integer("timeout"), 0), LONGEST_POLL)
        now = self.world.now()
        if offset == self.asked[0] and now < self.asked[1] + SOON:
            limit = 1
        self.asked = offset, now
        queue.confirm(offset)
        if not (found := queue.take(limit)) and seconds:
            await queue.wait(seconds)
            found = queue.take(limit)
        return found

    async def set_webhook(self, parameters: Parameters) -> bool:
        """Send updates to an address from now on; without one, go back to polling."""
        url, secret = parameters.text("url"), parameters.text("secret_token")
        if not url:
            return await self.delete_webhook(parameters)
        if secret and not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if not urlsplit(url).hostname:
            raise bad_request("invalid webhook URL specified")
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.world.updates.allow(parameters.names("allowed_updates"))
        self._drop_if_asked(parameters)
        self.world.updates.end_poll(conflict("terminated by setWebhook request"))
        self.webhook.set(url, secret, min(max(parameters.integer("max_connections", 40), 1), 100))
        return True

    async def delete_webhook(self, parameters: Parameters) -> bool:
        """Keep updates for getUpdates from now on."""
        self._drop_if_asked(parameters)
        self.webhook.set("", "", 40)
        return True

    async def webhook_info(self, _parameters: Parameters) -> dict[str, Any]:
        """Tell where updates go, and how the last delivery failed."""
        waiting = len(self.world.updates.waiting)
        allowed = list(self.world.updates.allowed)
        return self.webhook.shown(waiting) | ({"allowed_updates": allowed} if allowed else {})

    def _drop_if_asked(self, parameters: Parameters) -> None:
        if parameters.truth("drop_pending_updates"):
            self.world.updates.waiting.clear()


LOOPBACK = ("127.0.0.1", "localhost", "::1")  # a server of one's own takes http there
