"""Open this for delivery by webhook: posted in order, again and again until it is taken."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.chat_server.updates import Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 a header's name
SECONDS = 10.0
PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)  # shorter than the real ones, so that nobody waits


@dataclass(slots=True)
class Webhook:
    """Posts what waits in the queue while an address is set."""

    queue: UpdateQueue
    url: str = ""
    secret: str = ""
    connections: int = 40
    last_error: tuple[int, str] | None = None
    deliveries: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def set(self, url: str, secret: str, connections: int) -> None:
        """Change the address; none: deliver nothing."""
        self.url, self.secret, self.connections = url, secret, connections
        self.last_error = None
        self._news.set()

    def shown(self, waiting: int) -> dict[str, Any]:
        """Return what getWebhookInfo tells."""
        known: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }
        if self.url:
            known["max_connections"] = self.connections
        if self.last_error:
            known["last_error_date"], known["last_error_message"] = self.last_error
        return known

    async def run(self, now: Callable[[], float]) -> None:
        """Deliver until cancelled."""
        self.queue.on_new(self._news.set)
        failures = 0
        while True:
            await self._news.wait()
            self._news.clear()
            while self.url and (found := self.queue.take(1)):
                problem = await asyncio.to_thread(self._post, found[0])
                if problem is None:
                    failures = 0
                    self._taken(found[0])
                    continue
                self.last_error = int(now()), problem
                self._not_taken(found[0])
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    def _taken(self, update: Update) -> None:
        self.deliveries += 1
        self.queue.waiting = [u for u in self.queue.waiting if u is not update]
        self.queue.confirmed.append(update)

    def _not_taken(self, update: Update) -> None:
        if all(update is not each for each in self.queue.waiting):
            self.queue.strays.insert(0, update)

    def _post(self, update: Update) -> str | None:
        """Post one update; return what went wrong."""
        request = urllib.request.Request(  # noqa: S310 set_webhook checked the scheme
            self.url,
            json.dumps(update).encode(),
            {"Content-Type": "application/json"}
            | ({SECRET_HEADER: self.secret} if self.secret else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - the test named it
                return None
        except urllib.error.HTTPError as error:
            with error:
                return f"Wrong response from the webhook: {error.code} {error.reason}"
        except OSError as error:
            return f"Connection failed: {error}"
