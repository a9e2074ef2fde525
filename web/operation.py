"""What every route declares once: what it takes, what it answers, which scope it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from pydantic import BaseModel
from quart import Quart, Request, Response, request
from quart.globals import request_ctx

from web.asked import Asked
from web.body import Fields, read_fields, sound
from web.config import Scope
from web.errors import Problem
from web.fields import load
from web.forms import Nothing
from web.patience import within

View = Callable[..., Awaitable[Response]]
BODY_SECONDS = 30
_ATTRIBUTE = "_dispatch_operation"


@dataclass(frozen=True, slots=True)
class Operation:
    """The declaration of one route, as guard and description read it."""

    scope: Scope
    answers: Mapping[int, Any]  # a model for each status, None for what is not JSON
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    headers: type[BaseModel] | None
    problems: tuple[int, ...]
    media: str | None  # of an answer that is not JSON
    for_people: bool


def operation(
    scope: Scope,
    answers: Mapping[int, Any],
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    headers: type[BaseModel] | None = None,
    problems: tuple[int, ...] = (),
    media: str | None = None,
    for_people: bool = False,
) -> Callable[[View], View]:
    """Declare a route. Its checked `body`, unless Nothing, comes as `form`, its `query` as `query`.

    `answers`: status to model, None where `media` is not JSON. `problems`: statuses beyond those
    that every such route may answer.
    """
    declared = Operation(
        scope=scope,
        answers=answers,
        body=body,
        query=query,
        headers=headers,
        problems=problems,
        media=media,
        for_people=for_people,
    )

    def declare(view: View) -> View:
        @wraps(view)
        async def handle(**given: Any) -> Response:
            if query is not None:
                values = sound(request.args.to_dict())
                given["query"] = load(query, Fields(values, by_form=True))
            if body is not None:
                form = load(body, await _body_fields())
                given |= {} if body is Nothing else {"form": form}
            return await view(**given)

        setattr(handle, _ATTRIBUTE, declared)
        return handle

    return declare


async def raw_body() -> bytes:
    """Return this request's body as it came."""
    try:
        return await within(BODY_SECONDS, cast(Asked, request_ctx.request).body.whole())
    except TimeoutError:
        raise Problem(408, "request_timeout", "the body did not arrive in time") from None


async def _body_fields() -> Fields:
    asked = cast(Asked, request_ctx.request)
    return read_fields(asked.first(b"content-type"), await raw_body())


def operation_of(views: Mapping[str, Any], endpoint: str) -> Operation | None:
    """Return the declaration of the route that an endpoint names."""
    view = views.get(endpoint)
    return getattr(view, _ATTRIBUTE, None)


def scope_of(app: Quart, asked: Request) -> Scope | None:
    """Return the scope that a request needs; None, any token, where no route matches."""
    if asked.endpoint is None:
        return None
    if asked.endpoint == "static":
        return Scope.OPEN
    declared = operation_of(app.view_functions, asked.endpoint)
    return declared.scope if declared else Scope.FULL
