"""Open this for the few connections to the mail server that sending shares."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiosmtplib import SMTP, SMTPException, SMTPHeloError

from channels.email.sending.server import MailServer

AT_ONCE = 4
IDLE_SECONDS = 15.0  # less than any server's patience
CONNECT_SECONDS = 6.0
ANSWER_SECONDS = 8.0  # the service gives a message ten seconds in all


class Connections:
    """At most four connections; one that was left idle is used again, then closed."""

    def __init__(self, server: MailServer, hostname: str) -> None:
        self._server = server
        self._hostname = hostname
        self._room = asyncio.Semaphore(AT_ONCE)
        self._open: set[SMTP] = set()
        self._idle: dict[SMTP, asyncio.TimerHandle] = {}

    @asynccontextmanager
    async def one(self) -> AsyncIterator[SMTP]:
        """Yield a connection ready for a mail; after any error it is closed, never reused."""
        async with self._room:
            client = await self._reused() or await self._new()
            try:
                yield client
            except BaseException:
                self._drop(client)
                raise
            self._rest(client)

    def close(self) -> None:
        """Cut every connection, those at work too."""
        for client in tuple(self._open):
            self._drop(client)

    async def _reused(self) -> SMTP | None:
        """Return an idle connection that still answers."""
        while self._idle:
            client, expiry = self._idle.popitem()
            expiry.cancel()
            try:
                await client.rset()
            except (SMTPException, OSError):
                self._drop(client)
            else:
                return client
        return None

    async def _new(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=self._hostname,
            use_tls=server.tls_at_once,
            start_tls=server.starttls,
            validate_certs=server.checks_certificate,
            timeout=ANSWER_SECONDS,
        )
        self._open.add(client)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()
                if client.is_ehlo_or_helo_needed:  # what it can do must be known before a mail
                    with suppress(SMTPHeloError):
                        await client.ehlo()
        except BaseException:
            self._drop(client)
            raise
        return client

    def _rest(self, client: SMTP) -> None:
        if client not in self._open or not client.is_connected:
            self._drop(client)
            return
        loop = asyncio.get_running_loop()
        self._idle[client] = loop.call_later(IDLE_SECONDS, self._drop, client)

    def _drop(self, client: SMTP) -> None:
        self._open.discard(client)
        expiry = self._idle.pop(client, None)
        if expiry is not None:
            expiry.cancel()
        client.close()
