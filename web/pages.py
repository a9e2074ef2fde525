"""The pages that say what this is: the front door and the documentation of the API."""

from __future__ import annotations

from quart import Blueprint, Response, current_app

from web.config import Scope
from web.operation import operation
from web.render import HTML, answer, page
from web.service import service

blueprint = Blueprint("pages", __name__)

DOCS_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)


@blueprint.get("/")
@operation(Scope.READ, {200: None}, media=HTML)
async def index() -> Response:
    """Say what this is and where to go."""
    return await page("index.html", version=service().config.version)


@blueprint.get("/docs")
@operation(Scope.READ, {200: None}, media=HTML)
async def docs() -> Response:
    """Show the description of the API; works offline."""
    return await page("docs.html", headers={"Content-Security-Policy": DOCS_POLICY})


@blueprint.get("/openapi.json")
@operation(Scope.READ, {200: None}, media="application/json")
async def openapi() -> Response:
    """Describe this API by OpenAPI 3.1."""
    from web.openapi import description_of  # quart-schema, 1.5 MB, once somebody asks

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Quart has no other
    return answer(description_of(app, service().config.version))
