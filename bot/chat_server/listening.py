"""Open this for the port: opened, closed and opened again, and connections that are cut."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.chat_server.app import create_app

if TYPE_CHECKING:
    from bot.chat_server.server import ChatServer

HOST = "127.0.0.1"
ENDING_SECONDS = 2.0


class Listener:
    """Serves the app on a loopback port; it can be away for a while and come back."""

    def __init__(self, server: ChatServer) -> None:
        self.port = 0
        self._connections: dict[tuple[str, int], asyncio.Transport] = {}
        app = create_app(server, self.cut)
        self._config = uvicorn.Config(
            app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False
        )
        self._state = ServerState()
        self._open: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def open(self, port: int) -> None:
        """Listen; port 0: on any free one."""
        if not self._config.loaded:
            self._config.load()
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        loop = asyncio.get_running_loop()
        self._open = await loop.create_server(self._protocol, sock=listening, backlog=2048)
        self.port = listening.getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and cut every connection."""
        if self._open is None:
            return
        self._open.close()
        self._open = None
        for transport in tuple(self._connections.values()):
            transport.abort()
        if self._state.tasks:  # they end by themselves, now that nobody waits for them
            await asyncio.wait(tuple(self._state.tasks), timeout=ENDING_SECONDS)

    def cut(self, client: tuple[str, int]) -> None:
        """End the connection of this peer at once."""
        if (transport := self._connections.get(client)) is not None:
            transport.abort()

    def _protocol(self) -> asyncio.Protocol:
        return _Protocol(self._connections, self._config, self._state)


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with its transport where a connection can be cut."""

    def __init__(
        self,
        connections: dict[tuple[str, int], asyncio.Transport],
        config: uvicorn.Config,
        state: ServerState,
    ) -> None:
        super().__init__(config, state, {})
        self._by_peer = connections

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client is not None:
            self._by_peer[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            self._by_peer.pop(self.client, None)
        super().connection_lost(exc)
