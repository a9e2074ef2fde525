"""Every error as the client sees it: problem+json, or a page for people who opened a link."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from quart import Quart, Response, request
from werkzeug.exceptions import HTTPException

from core.errors import DatabaseBusy, StorageFault
from web.render import page, problem_json, wants_json

log = logging.getLogger(__name__)

RETRY_SECONDS = "1"
PAGES = ("/desk", "/join", "/sign-")
_DETAILS = {
    404: "nothing is here: see /openapi.json for every path",
    405: "this path does not take that method: the Allow header names those it does",
    413: "the body is too large: at most 1 MB is taken",
}


class Problem(Exception):
    """An answer that ends the request: a status, a short code and one line of what is right."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.facts = facts


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be taken, and what would be right."""

    field: str
    problem: str


class InvalidFields(Problem):
    """422 that names every field at fault."""

    def __init__(self, *fields: FieldProblem) -> None:
        shown = "; ".join(f"{f.field}: {f.problem}" for f in fields[:3])
        more = f"; and {len(fields) - 3} more, see fields" if len(fields) > 3 else ""
        super().__init__(422, "invalid", shown + more, fields=fields)


def not_found(what: str | None = None) -> Problem:
    """Return the 404 of a thing that an id names; plain `not_found` where the path is all."""
    code = f"{what}_not_found" if what else "not_found"
    return Problem(404, code, f"there is no such {what or 'entry'}: check the id")


def install(app: Quart) -> None:
    """Translate every error of the app once, here."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DatabaseBusy, _storage_error)
    app.register_error_handler(StorageFault, _storage_error)
    app.register_error_handler(Exception, _unforeseen)


async def _problem(problem: Problem) -> Response:
    if problem.status == 401 and request.method in ("GET", "HEAD") and _in_a_browser():
        return await page(
            "sign_in.html",
            401,
            headers=problem.headers,
            detail="This page needs a token.",
            next=request.full_path.rstrip("?"),
        )
    if _is_for_people():
        return await page(
            "message.html",
            problem.status,
            headers=problem.headers,
            title=problem.facts.get("title") or HTTPStatus(problem.status).phrase,
            detail=problem.detail,
        )
    return problem_json(
        problem.status, problem.code, problem.detail, problem.facts, problem.headers
    )


async def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    detail = _DETAILS.get(status, error.description or HTTPStatus(status).phrase)
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    return await _problem(Problem(status, code, detail, headers=headers))


async def _storage_error(error: DatabaseBusy | StorageFault) -> Response:
    busy = isinstance(error, DatabaseBusy)
    log.warning("web.storage_failed", extra={"reason": str(error)})
    return await _problem(
        Problem(
            503,
            "database_busy" if busy else "storage_fault",
            "nothing was changed: try again in a moment",
            headers={"Retry-After": RETRY_SECONDS},
        )
    )


async def _unforeseen(error: Exception) -> Response:
    log.error("web.failed", exc_info=error)
    detail = "this is a fault of ours: the X-Request-Id of this answer finds it in the log"
    return await _problem(Problem(500, "internal", detail))


def _is_for_people() -> bool:
    if request.path == "/approve":
        return not wants_json()
    return request.path.startswith(PAGES) and _in_a_browser()


def _in_a_browser() -> bool:
    accepted = request.accept_mimetypes
    return bool(accepted["text/html"] > accepted["application/json"])
