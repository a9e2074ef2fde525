"""A client as bare as can be: one kept-alive connection, one request at a time."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Self

from tests.fire.ledger import Answer, Ask

PATIENCE = 30.0  # no answer within this long counts as a hang


class LostError(Exception):
    """The connection broke before there was an answer: nothing is known."""


class Caller:
    """Speaks to one service on this machine; connects anew when the connection was lost."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self._port = port
        self._patience = patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.hang_up()

    async def ask(self, ask: Ask) -> Answer:
        """Ask, and return the whole answer; LostError when the other side broke off.

        Raises TimeoutError when it neither answered nor broke off: it hangs.
        """
        return await self.send(message_of("POST", ask))

    async def get(self, path: str) -> Answer:
        """Read something."""
        return await self.send(message_of("GET", Ask("get", "", path)))

    async def send(self, message: bytes) -> Answer:
        """Send one whole request; return the answer."""
        try:
            async with asyncio.timeout(self._patience):
                reader, writer = await self._connected()
                writer.write(message)
                await writer.drain()
                return await _answer(reader)
        except TimeoutError:
            self.hang_up()
            raise
        except (OSError, asyncio.IncompleteReadError) as error:
            self.hang_up()
            raise LostError(str(error)) from error
        except BaseException:
            self.hang_up()
            raise

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        return self._streams

    def hang_up(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


def message_of(method: str, ask: Ask) -> bytes:
    """Return the request as it goes over the wire."""
    body = json.dumps(dict(ask.body)).encode() if method == "POST" else b""
    head = [
        f"{method} {ask.path} HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in ask.headers.items()),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers["content-length"]))
    told = json.loads(body) if "json" in headers.get("content-type", "") else {}
    return Answer(int(first.split()[1]), told if isinstance(told, dict) else {}, headers)
