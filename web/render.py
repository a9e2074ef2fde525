"""How answers are written: JSON from frozen values, problem+json, pages. Times are UTC."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from quart import Response, render_template, request

JSON = "application/json"
HTML = "text/html"
PROBLEM = "application/problem+json"


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `body` as JSON."""
    return Response(as_json(body), status, headers, mimetype=JSON)


def problem_json(
    status: int,
    code: str,
    detail: str,
    facts: Mapping[str, Any],
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an error by RFC 9457, with `ok` and `error` besides."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "ok": False,
        "error": code,
        **facts,
    }
    return Response(as_json(body), status, headers, mimetype=PROBLEM)


async def page(
    template: str,
    status: int = 200,
    *,
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> Response:
    """Return a page for people."""
    return Response(await render_template(template, **facts), status, headers, mimetype=HTML)


def wants_json() -> bool:
    """Tell whether the client asked for JSON rather than a page."""
    accepted = request.accept_mimetypes
    return bool(accepted[JSON] > accepted[HTML])


def iso(moment: datetime) -> str:
    """Return the form in which every answer writes a time."""
    return moment.astimezone(UTC).isoformat()


def as_json(body: object) -> str:
    """Return `body` on one line of JSON."""
    return _ENCODER.encode(body)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        plain = {f.name: getattr(value, f.name) for f in fields(value)}
        if plain.get("offers", ()) is None:  # a list leaves the offers of its jobs out
            del plain["offers"]
        return plain
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_ENCODER = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))
