"""A mail server for tests: keeps what it is given, and refuses, hangs or cuts as a test says."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.handlers import Sink as IgnoringHandler
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CUT = "cut"
HANG = "hang"


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that the sink answered 250 for."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    user: str | None
    tls: bool

    @property
    def mail(self) -> EmailMessage:
        """Return it parsed."""
        return BytesParser(EmailMessage, policy=default).parsebytes(self.content)


@dataclass(slots=True)
class Sink(IgnoringHandler):
    """Answers of the server; each of `on_…` is a reply such as `550 no`, CUT, HANG or None.

    `unknown`: addresses that nobody has here. `late`: CUT and HANG strike after the content was
    taken, which nobody outside can know.
    """

    on_mail: str | None = None
    on_recipient: str | None = None
    on_content: str | None = None
    late: bool = False
    unknown: set[str] = field(default_factory=set)
    accounts: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    port: int = 0
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    _open: set[SMTP] = field(default_factory=set)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """Return the `smtp_url` of this server."""
        return f"smtp://127.0.0.1:{self.port}"

    def opened(self, connection: SMTP) -> None:
        """Count a connection."""
        self._open.add(connection)
        self.connections += 1
        self.at_once = max(self.at_once, len(self._open))

    def lost(self, connection: SMTP) -> None:
        """Count it as gone."""
        self._open.discard(connection)

    def cut_all(self) -> None:
        """Close every connection, as a server does that restarts."""
        for connection in tuple(self._open):
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.close()

    def release(self) -> None:
        """Let everything go on that hangs."""
        self._released.set()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or not."""
        if self.on_mail is not None:
            return await self._as_told(server, self.on_mail)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or not."""
        if self.on_recipient is not None:
            return await self._as_told(server, self.on_recipient)
        if address in self.unknown:
            return "550 5.1.1 unknown here"
        envelope.rcpt_tos.append(address)
        envelope.mail_options.extend(options)
        return "250 2.1.5 fine"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the content, or not."""
        if self.on_content is not None and not self.late:
            return await self._as_told(server, self.on_content)
        content = envelope.content
        assert isinstance(content, bytes)
        login: object = session.auth_data
        self.taken.append(
            Taken(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                content,
                tuple(envelope.mail_options),
                login.login.decode() if isinstance(login, LoginPassword) else None,
                session.ssl is not None,
            )
        )
        if self.on_content is not None:
            return await self._as_told(server, self.on_content)
        return "250 2.0.0 taken"

    async def _as_told(self, server: SMTP, answer: str) -> str:
        if answer == HANG:
            self.hanging.set()
            await self._released.wait()
            return "421 4.3.0 released"
        if answer == CUT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 4.3.0 cut"
        return answer

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        """Take the accounts that are known."""
        known = isinstance(data, LoginPassword) and bool(
            self.accounts.get(data.login.decode()) == data.password.decode()
        )
        return AuthResult(success=known, handled=False, auth_data=data)


class _Counted(SMTP):
    sink: Sink

    def connection_made(self, transport: Any) -> None:
        self.sink.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.lost(self)
        super().connection_lost(error)


@asynccontextmanager
async def mail_sink(
    *, tls: ssl.SSLContext | None = None, accounts: dict[str, str] | None = None, **how: Any
) -> AsyncIterator[Sink]:
    """Run a sink on a free loopback port, in the loop of the test."""
    sink = Sink(accounts=accounts or {})
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        server = _Counted(
            sink,
            loop=loop,
            hostname="sink.test",
            ident="sink",
            timeout=30,
            enable_SMTPUTF8=how.get("utf8", True),
            tls_context=tls,
            authenticator=sink.login if accounts else None,
            auth_required=bool(accounts),
            auth_require_tls=tls is not None,
        )
        server.sink = sink
        return server

    listening = await loop.create_server(protocol, "127.0.0.1", 0)
    sink.port = listening.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        sink.release()
        listening.close()
        sink.cut_all()
        await asyncio.sleep(0)
