"""One who listens to GET /stream over a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

DEADLINE = 20.0


class Listener:
    """Reads a stream line by line."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def line(self) -> str | None:
        """Return the next line, None at the end."""
        async with asyncio.timeout(DEADLINE):
            return await anext(self._lines, None)

    async def event(self) -> tuple[int, dict[str, Any]]:
        """Return the id and the data of the next event."""
        number = -1
        while (line := await self.line()) is not None:
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("data: "):
                return number, json.loads(line[6:])
        raise AssertionError("the stream ended")

    async def rest(self) -> list[str]:
        """Return what follows until the end."""
        found = []
        while (line := await self.line()) is not None:
            found.append(line)
        return found


@asynccontextmanager
async def listening(
    url: str, last_event_id: int | None = None, token: str | None = None
) -> AsyncIterator[Listener]:
    """Listen until the block ends; what happens inside it is heard."""
    headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx.AsyncClient(timeout=DEADLINE) as client,
        client.stream("GET", f"{url}/stream", headers=headers) as response,
    ):
        assert response.status_code == 200
        listener = Listener(response)
        while await listener.line() != "":
            pass
        yield listener


@asynccontextmanager
async def silent_reader(url: str) -> AsyncIterator[None]:
    """Ask for the whole history and read nothing of it, with buffers as small as can be."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    asked = b"GET /stream?last_event_id=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        connection.connect((host, port))
        connection.sendall(asked)
        yield
