"""What every request leaves behind: its id, safe headers, one line in the log, one count."""

from __future__ import annotations

import logging
import re
import secrets
import time
from itertools import count

from quart import Quart, Response, g, request

from web.metrics import Metrics

log = logging.getLogger("web.access")

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Ids are counted, begun anew by chance in every process: a random one for each request is a call
# to the system, where a YES waited for the writing thread (a fifth of its time here, by cProfile).
_PROCESS = secrets.token_hex(8)
_numbers = count(1)
NO_ROUTE = "(none)"
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
HEADERS = (
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)


def install(app: Quart, metrics: Metrics) -> None:
    """Begin and end the record of every request of `app`."""

    async def begin() -> None:
        given = request.headers.get("X-Request-Id")
        g.request_id = (
            given if given and _SANE_ID.fullmatch(given) else f"{_PROCESS}-{next(_numbers)}"
        )
        g.began = time.perf_counter()

    async def end(response: Response) -> Response:
        rule, headers = request.url_rule, response.headers
        headers.add("X-Request-Id", g.request_id)
        headers.setdefault("Content-Security-Policy", POLICY)
        for name, value in HEADERS:
            headers.add(name, value)
        if rule is None or rule.endpoint != "static":
            headers.add("Cache-Control", "no-store")
        _note(metrics, response, rule.rule if rule else NO_ROUTE)
        return response

    app.before_request(begin)
    app.after_request(end)


def _note(metrics: Metrics, response: Response, route: str) -> None:
    method, status = request.method, response.status_code
    seconds = time.perf_counter() - g.began
    metrics.count(method, route, status, seconds)
    log.info(
        "request.answered",
        extra={
            "method": method[:16],
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": g.request_id,
        },
    )
