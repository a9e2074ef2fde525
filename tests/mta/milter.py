"""A filter beside Postfix, in rspamd's place: takes forged verdicts off and writes its own.

A From is proven when the client that brings it is one that its domain sends from, as SPF would
tell. The protocol is Sendmail's: a length, a letter, what belongs to it.
"""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from channels.email.addresses import named_address
from tests.bot.chat.waiting import eventually

VERSION, MAY_ADD, MAY_CHANGE, NO_BODY = 6, 0x01, 0x10, 0x10
CONTINUE, ACCEPT = b"c", b"a"


@dataclass(slots=True)
class _Mail:
    peer: str = ""
    sender: str = ""
    verdicts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Who may say to be from which domain, and under which name that is stated."""

    authserv_id: str
    sends_from: Mapping[str, str]  # domain: address of its mail server
    open: set[StreamWriter] = field(default_factory=set)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one connection of Postfix."""
        mail = _Mail()
        self.open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                packet = await reader.readexactly(length)
                for answer in self._answers(packet[:1], packet[1:], mail):
                    writer.write(len(answer).to_bytes(4, "big") + answer)
                await writer.drain()
        self.open.discard(writer)
        writer.close()

    def _answers(self, command: bytes, told: bytes, mail: _Mail) -> list[bytes]:
        match command:
            case b"O":
                numbers = (VERSION, MAY_ADD | MAY_CHANGE, NO_BODY)
                return [b"O" + b"".join(n.to_bytes(4, "big") for n in numbers)]
            case b"C":
                mail.peer = told.split(b"\0")[1][3:].decode()
            case b"M":
                mail.sender, mail.verdicts = "", []
            case b"L":
                name, value = (part.decode("utf-8", "replace") for part in told.split(b"\0")[:2])
                self._look_at(name.lower(), value, mail)
            case b"E":
                return [*self._changes(mail), ACCEPT]
            case b"D" | b"A" | b"Q":
                return []
            case _:
                pass
        return [CONTINUE]

    def _look_at(self, name: str, value: str, mail: _Mail) -> None:
        if name == "authentication-results":
            mail.verdicts.append(value)
        elif name == "from":
            mail.sender = (named_address(value) or ("", ""))[1]

    def _changes(self, mail: _Mail) -> list[bytes]:
        """Take off what claims to be ours, last first; put our own word on top."""
        claimed = [
            number
            for number, value in enumerate(mail.verdicts, start=1)
            if value.split(";")[0].strip().lower() == self.authserv_id
        ]
        field_name = b"Authentication-Results\0"
        deleted = [b"m" + n.to_bytes(4, "big") + field_name + b"\0" for n in reversed(claimed)]
        domain = mail.sender.rpartition("@")[2]
        proven = self.sends_from.get(domain) == mail.peer
        verdict = f"{self.authserv_id}; dmarc={'pass' if proven else 'fail'} header.from={domain}"
        return [*deleted, b"i" + bytes(4) + field_name + verdict.encode() + b"\0"]


@asynccontextmanager
async def verdicts(authserv_id: str, sends_from: Mapping[str, str]) -> AsyncIterator[int]:
    """Serve until the block ends; hand out the port."""
    filtering = Verdicts(authserv_id, sends_from)
    server = await asyncio.start_server(filtering.serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in tuple(filtering.open):
            writer.close()
        await eventually(lambda: not filtering.open)
