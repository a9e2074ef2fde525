"""An ASGI app on a free loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from quart import Quart


@asynccontextmanager
async def listening(app: Quart) -> AsyncIterator[str]:
    """Serve `app` until the block ends; hands out its address."""
    settings = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(settings)
    settings.load()
    server.lifespan = settings.lifespan_class(settings)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    serving = asyncio.create_task(server.main_loop())
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving
    await server.shutdown()
