"""A client that costs little, in a process of its own: `python -m bench.client`.

Reads {"port", "at_once", "requests"} from standard input, each request a list of method, path and
body, and prints {"seconds", "statuses"}: how long all of it took, and how often each status was
answered.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from time import perf_counter
from typing import Any, cast

import uvloop

_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3})")
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)


class Caller(asyncio.Protocol):
    """One connection that is kept: sends the next request when an answer is complete."""

    def __init__(self, requests: Iterator[bytes], statuses: Counter[str]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._statuses = statuses
        self._answer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class

    def send_next(self) -> None:
        """Send one request, or be done when there is none left."""
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return
        status, length = _STATUS.match(head), _LENGTH.search(head)
        if not status or not length:
            self.connection_lost(ValueError(f"not understood: {head!r}"))
        elif len(body) >= int(length[1]):
            self._statuses[status[1].decode()] += 1
            self._answer = b""
            self.send_next()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail when there was more to send."""
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))

    def hang_up(self) -> None:
        """Close the connection."""
        self._transport.close()


async def call(port: int, at_once: int, requests: list[list[str]]) -> dict[str, Any]:
    """Send every request on so many connections, which are open before the time is taken."""
    waiting = iter([_request(port, *request) for request in requests])
    statuses: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    callers = [
        (await loop.create_connection(lambda: Caller(waiting, statuses), "127.0.0.1", port))[1]
        for _ in range(at_once)
    ]
    began = perf_counter()
    for caller in callers:
        caller.send_next()
    await asyncio.gather(*(caller.done for caller in callers))
    seconds = perf_counter() - began
    for caller in callers:
        caller.hang_up()
    return {"seconds": seconds, "statuses": statuses}


def _request(port: int, method: str, path: str, body: str) -> bytes:
    sent = body.encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if sent:
        head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
    return head.encode() + b"\r\n" + sent


if __name__ == "__main__":
    print(json.dumps(uvloop.run(call(**json.load(sys.stdin)))))
