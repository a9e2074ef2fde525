"""Open this for which rows there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import uvloop

from bench.crowds import history, stranger
from bench.mailing import mail
from bench.measure import Figure
from bench.over_http import http_create, http_yes
from bench.peaking import peak
from bench.punctuality import handover, lateness
from bench.replies import reply, reply_postgres
from bench.sizes import Sizes
from bench.starting import memory, start
from bench.ticking import tick, tick_idle

Row = Callable[[Sizes], Awaitable[list[Figure]]]

ROWS: Mapping[str, Row] = {
    "reply": reply,
    "reply-postgres": reply_postgres,
    "http-yes": http_yes,
    "http-create": http_create,
    "tick": tick,
    "tick-idle": tick_idle,
    "history": history,
    "stranger": stranger,
    "mail": mail,
    "start": start,
    "memory": memory,
    "peak": peak,
    "handover": handover,
    "lateness": lateness,
}


def measure(row: str, sizes: Sizes) -> list[Figure]:
    """Measure one row on the event loop that the service runs on."""

    async def figures() -> list[Figure]:
        return await ROWS[row](sizes)

    return uvloop.run(figures())
