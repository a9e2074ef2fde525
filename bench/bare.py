"""A trivial Quart service on the server that ours runs on: `python -m bench.bare PORT`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from quart import Quart, request


def bare_app() -> Quart:
    """Return an app that reads JSON and answers JSON, and does nothing else."""
    app = Quart("bare")

    @app.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok"}

    @app.post("/")
    async def take() -> dict[str, Any]:
        sent = await request.get_json()
        return {"ok": True, "keys": len(sent)}

    return app


def main() -> None:
    """Serve with the settings of bot.serving."""
    uvicorn.run(
        bare_app(),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
