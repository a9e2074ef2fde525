"""What every request leaves behind: its id, safe headers, one line in the log, one count.

It stands around the app, on the server's own form of headers: as Quart's before_request and
after_request, which build and check each header anew, it took a sixth of a YES (by cProfile).
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from itertools import count
from typing import Any

from quart import Request

from web.metrics import Metrics

log = logging.getLogger("web.access")

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
# Ids are counted, begun anew by chance in every process: a random one for each request is a call
# to the system, where a YES waited for the writing thread (a fifth of its time here, by cProfile).
_PROCESS = secrets.token_hex(8)
_numbers = count(1)
_ROUTE = "dispatch.route"  # in the scope, as soon as it is known
_STATIC = "/static/<path:filename>"
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
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS]
_POLICY = (b"content-security-policy", POLICY.encode())
_NO_STORE = (b"cache-control", b"no-store")


class Record:
    """The record of one request: hand its `send` to the app instead of the server's."""

    __slots__ = ("_began", "_id", "_metrics", "_scope", "_send")

    def __init__(self, metrics: Metrics, scope: Any, send: Any) -> None:
        self._metrics = metrics
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        self._id = given.decode() if _SANE_ID.fullmatch(given) else f"{_PROCESS}-{next(_numbers)}"

    async def send(self, message: Any) -> None:
        """Send on what the app says; the beginning of its answer gets our headers and is noted."""
        if message["type"] == "http.response.start":
            route = self._scope.get(_ROUTE, NO_ROUTE)
            headers = [*message["headers"], *_HEADERS, (b"x-request-id", self._id.encode())]
            if all(name != _POLICY[0] for name, _ in message["headers"]):
                headers.append(_POLICY)
            if route != _STATIC:
                headers.append(_NO_STORE)
            message = {**message, "headers": headers}
            self._note(route, message["status"])
        await self._send(message)

    def _note(self, route: str, status: int) -> None:
        method = self._scope["method"]
        seconds = time.perf_counter() - self._began
        self._metrics.count(method, route, status, seconds)
        log.info(
            "request.answered",
            extra={
                "method": method[:16],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "request_id": self._id,
            },
        )


def note_route(asked: Request) -> None:
    """Let the record of a request tell the route that it matched."""
    if asked.url_rule is not None:
        scope: Any = asked.scope
        scope[_ROUTE] = asked.url_rule.rule
