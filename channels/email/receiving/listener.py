"""Open this for the SMTP listener: it runs in the service's own loop, on one socket."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from asyncio import Server
from collections.abc import Sequence

from channels.email.options import EmailOptions
from channels.email.receiving.body import BodyRoom
from channels.email.receiving.crowd import Crowd
from channels.email.receiving.doors import Doors
from channels.email.receiving.frame import Arrival
from channels.email.receiving.porter import take
from channels.email.receiving.session import House, MailSession
from channels.email.receiving.trust import is_relay
from core.channel import ChannelContext

log = logging.getLogger(__name__)

BACKLOG = 200
RECEIVE_BUFFER = 65_536  # bytes that the kernel keeps of each connection
END_SECONDS = 0.4


class Listener:
    """Takes mail on `listen` between `start` and `stop`."""

    def __init__(self, options: EmailOptions, doors: Doors, context: ChannelContext) -> None:
        self._options = options
        self._doors = doors
        self._context = context
        self._server: Server | None = None
        self._crowd = Crowd(lambda peer: is_relay(peer, options.relays))

    @property
    def port(self) -> int | None:
        """The port that it listens on; None while it does not."""
        if self._server is None:
            return None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def address(self) -> str | None:
        """Where it listens, as a URL."""
        host = self._options.listens_on[0]
        shown = f"[{host}]" if ":" in host else host
        return None if self.port is None else f"smtp://{shown}:{self.port}"

    async def start(self) -> None:
        """Begin to listen; OSError when the address cannot be had."""
        if self._server is not None:
            return
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # it writes out whom mail is from
        loop = asyncio.get_running_loop()
        house = House(
            hostname=self._options.from_address.rpartition("@")[2],
            doors=self._doors,
            crowd=self._crowd,
            room=BodyRoom(self._options.max_bytes),
            take=self._take,
            tls=_tls(self._options),
        )
        sock = _bound(*self._options.listens_on)
        self._server = await loop.create_server(
            lambda: MailSession(house, loop), sock=sock, backlog=BACKLOG
        )
        log.info("email.listening port=%s", self.port)

    async def stop(self) -> None:
        """Hang up on everybody; what was not acknowledged will come again."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        guests = [guest for guest in self._crowd.everybody() if isinstance(guest, MailSession)]
        tasks = [guest.handling for guest in guests if guest.handling is not None]
        for guest in guests:
            guest.dismiss("421 4.3.2 closing down")
        if tasks:
            await asyncio.wait(tasks, timeout=END_SECONDS)

    async def _take(
        self, peer: str, sender: str, recipients: Sequence[str], chunks: Sequence[bytes]
    ) -> str:
        now = self._context.clock.now()
        arrival = Arrival("smtp", peer, sender, tuple(recipients), now)
        return await take(arrival, chunks, self._doors, self._context.inbox)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.create_server((host, port), family=family, backlog=BACKLOG)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    sock.setblocking(False)
    return sock


def _tls(options: EmailOptions) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    return context
