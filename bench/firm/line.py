"""Open this for the requests that the firm makes: each is timed, and must be answered well."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from bench.firm.watch import Watch

PATIENCE = 30.0
KEPT = httpx.Limits(keepalive_expiry=2.0)  # the service closes an idle connection after 5


class Line:
    """The JSON API and the pages of one service, as its clients see them."""

    def __init__(self, client: httpx.AsyncClient, watch: Watch) -> None:
        self._client = client
        self._watch = watch

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        timed: str | None = None,
        fine: tuple[int, ...] = (200, 201),
    ) -> dict[str, Any]:
        """Post JSON; return what was answered."""
        answer = await self._asked("POST", path, timed, fine, json=body)
        told: dict[str, Any] = answer.json()
        return told

    async def press(self, path: str, form: Mapping[str, str], *, timed: str) -> None:
        """Send a form from a page of the service."""
        headers = {"Origin": str(self._client.base_url).rstrip("/")}
        await self._asked("POST", path, timed, (303,), data=form, headers=headers)

    async def get(self, path: str, *, timed: str | None = None) -> httpx.Response:
        """Read something."""
        return await self._asked("GET", path, timed, (200,))

    async def everything(self, name: str) -> list[dict[str, Any]]:
        """Read a list to its end."""
        rows: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = (await self.get(f"/{name}?limit=500{cursor}")).json()
            rows += page[name]
            if page["next"] is None:
                return rows
            cursor = f"&cursor={page['next']}"

    async def listen(self, hear: Callable[[dict[str, Any]], None]) -> None:
        """Hand every line of history to `hear` as it comes, until cancelled or ended."""
        async with self._client.stream("GET", "/stream", timeout=None) as response:
            async for line in response.aiter_lines():
                if line.startswith("data:"):
                    hear(json.loads(line.removeprefix("data:")))

    async def _asked(
        self, method: str, path: str, timed: str | None, fine: tuple[int, ...], **more: Any
    ) -> httpx.Response:
        at = self._watch.elapsed
        try:
            answer = await self._client.request(method, path, **more)
        except httpx.TransportError:  # a kept connection that was just closed: ask on another
            self._watch.asked_again += 1
            answer = await self._client.request(method, path, **more)
        if timed is not None:
            self._watch.note(timed, at)
        if answer.status_code not in fine:
            self._watch.complain(f"{method} {path[:30]} was answered {answer.status_code}")
        return answer
