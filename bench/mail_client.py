"""A mail server that hands in mails, in a process of its own: `python -m bench.mail_client`.

Reads {"port", "name", "to", "at_once", "amount"} from standard input and prints {"seconds"}.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import chain, islice
from time import perf_counter

import uvloop

IN_A_ROW = 100  # mails on one connection; ours lets nobody send more than 200
SENDER = "jo@example.com"


async def send(port: int, name: str, to: str, at_once: int, amount: int) -> dict[str, float]:
    """Send all of them; AssertionError when one is not taken."""
    numbers = iter(range(amount))
    began = perf_counter()
    await asyncio.gather(*(_sending(port, name, to, numbers) for _ in range(at_once)))
    return {"seconds": perf_counter() - began}


async def _sending(port: int, name: str, to: str, numbers: Iterator[int]) -> None:
    while (first := next(numbers, None)) is not None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _answered(reader, b"220")
        writer.write(b"EHLO client.example\r\n")
        await _answered(reader, b"250")
        for number in chain((first,), islice(numbers, IN_A_ROW - 1)):
            mail = _mail(name, number, to)
            for words, code in (
                (f"MAIL FROM:<{SENDER}>\r\n".encode(), b"250"),
                (f"RCPT TO:<{to}>\r\n".encode(), b"250"),
                (b"DATA\r\n", b"354"),
                (mail, b"250"),
            ):
                writer.write(words)
                await _answered(reader, code)
        writer.close()
        await writer.wait_closed()


async def _answered(reader: asyncio.StreamReader, code: bytes) -> None:
    line = await reader.readline()
    while line[3:4] == b"-":
        line = await reader.readline()
    assert line.startswith(code), line


def _mail(name: str, number: int, to: str) -> bytes:
    lines = (
        f"From: Jo <{SENDER}>",
        f"To: <{to}>",
        "Subject: a job",
        f"Message-ID: <{name}-{number}@example.com>",
        "",
        f"Ref: M-{name}-{number}",
        "From: Leeds",
        "To: York",
        "Vehicle: Van",
        ".",
        "",
    )
    return "\r\n".join(lines).encode()


if __name__ == "__main__":
    print(json.dumps(uvloop.run(send(**json.load(sys.stdin)))))
