"""Open this for how the Bot API says no: code, description and parameters as they are there."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
OTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_SET = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
PREFIXES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "Bad Request: ",
    HTTPStatus.FORBIDDEN: "Forbidden: ",
    HTTPStatus.CONFLICT: "Conflict: ",
    HTTPStatus.TOO_MANY_REQUESTS: "Too Many Requests: ",
}


class RefusedError(Exception):
    """A request that the server does not do."""

    def __init__(self, code: int, reason: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{PREFIXES.get(code, '')}{reason}")
        self.code = code
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return what is answered."""
        said: dict[str, Any] = {"ok": False, "error_code": self.code, "description": str(self)}
        return said | ({"parameters": dict(self.parameters)} if self.parameters else {})


def bad_request(reason: str) -> RefusedError:
    """Return a 400."""
    return RefusedError(HTTPStatus.BAD_REQUEST, reason)


def forbidden(reason: str) -> RefusedError:
    """Return a 403."""
    return RefusedError(HTTPStatus.FORBIDDEN, reason)


def conflict(reason: str) -> RefusedError:
    """Return a 409."""
    return RefusedError(HTTPStatus.CONFLICT, reason)


def flood(seconds: int) -> RefusedError:
    """Return a 429."""
    return RefusedError(
        HTTPStatus.TOO_MANY_REQUESTS, f"retry after {seconds}", {"retry_after": seconds}
    )
