"""A mailbox on a free port of this machine: as much of IMAP as a poller needs."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_FETCH = re.compile(r"UID FETCH (\d+) \((RFC822\.SIZE|BODY\.PEEK\[(HEADER)?\])\)", re.IGNORECASE)
_STORE = re.compile(r"UID STORE (\d+) \+FLAGS \((\S+)\)", re.IGNORECASE)


@dataclass(slots=True)
class FakeMailbox:
    """Mails by UID, which of them were seen, and what was asked for."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    log_ins: int = 0
    cut_off_at: str = ""  # hang up when this is asked
    port: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"imap://jo%40example.com:pass@127.0.0.1:{self.port}/INBOX"

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one connection."""
        writer.write(b"* OK ready\r\n")
        try:
            while line := (await reader.readline()).decode().strip():
                tag, _, command = line.partition(" ")
                self.asked.append(command)
                if self.cut_off_at and self.cut_off_at in command:
                    return
                writer.write(self._answer(command) + f"{tag} OK done\r\n".encode())
                await writer.drain()
                if command.upper() == "LOGOUT":
                    return
        except ConnectionError:
            return
        finally:
            writer.close()

    def _answer(self, command: str) -> bytes:
        words = command.upper()
        if words.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if words.startswith("LOGIN"):
            self.log_ins += 1
        if words.startswith("SELECT"):
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if words.startswith("UID SEARCH"):
            unseen = " ".join(str(uid) for uid in self.mails if uid not in self.seen)
            return f"* SEARCH {unseen}\r\n".encode()
        if found := _FETCH.match(command):
            return self._fetched(int(found[1]), found[2].upper(), is_header=bool(found[3]))
        if found := _STORE.match(command):
            self.seen.add(int(found[1]))
        if words.startswith("LOGOUT"):
            return b"* BYE\r\n"
        return b""

    def _fetched(self, uid: int, what: str, *, is_header: bool) -> bytes:
        mail = self.mails[uid]
        if what == "RFC822.SIZE":
            return f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)})\r\n".encode()
        part = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if is_header else mail
        start = f"* 1 FETCH (UID {uid} {what.replace('.PEEK', '')} {{{len(part)}}}\r\n"
        return start.encode() + part + b")\r\n"


@asynccontextmanager
async def open_mailbox(**mails: bytes) -> AsyncIterator[FakeMailbox]:
    """Serve a mailbox until the block ends."""
    box = FakeMailbox(dict(enumerate(mails.values(), start=1)))
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()
