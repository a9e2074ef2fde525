"""Where the app is put together: routes, guards, errors, record."""

from __future__ import annotations

from typing import Any

from quart import Quart
from quart.ctx import RequestContext
from quart.globals import request_ctx

from core.router import Router
from web import (
    agents,
    approval,
    coordinators,
    decisions,
    desk,
    desk_page,
    errors,
    health,
    jobs,
    join,
    offers,
    overrides,
    pages,
    sign_in,
    stream,
    webhooks,
)
from web import service as services
from web.config import WebConfig
from web.guard import Guard
from web.ids import IdConverter
from web.metrics import Metrics
from web.record import Record, note_route

AREAS = (
    health,
    pages,
    agents,
    coordinators,
    join,
    jobs,
    decisions,
    overrides,
    approval,
    offers,
    desk,
    desk_page,
    sign_in,
    stream,
    webhooks,
)


class _App(Quart):
    """Quart without websockets, which would come in past our guard; it records every request."""

    metrics: Metrics

    async def asgi_app(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request; close a websocket before it opens: its client sees a 403."""
        match scope["type"]:
            case "websocket":
                await send({"type": "websocket.close", "code": 1008})
            case "http":
                record = Record(self.metrics, scope, send)
                await super().asgi_app(scope, receive, record.send)
            case _:
                await super().asgi_app(scope, receive, send)

    async def preprocess_request(self, request_context: RequestContext | None = None) -> Any:
        """Note the route before the guard looks at the request."""
        note_route((request_context or request_ctx).request)
        return await super().preprocess_request(request_context)


def create_app(router: Router, config: WebConfig) -> Quart:
    """Return the ASGI app. Its server must not rewrite the peer's address from headers."""
    app = _App("web", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = config.max_body
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["id"] = IdConverter
    app.url_map.merge_slashes = False
    services.install(app, services.Service(router, config))
    app.metrics = Metrics()
    app.metrics.install(app)
    Guard(config).install(app)
    errors.install(app)
    for area in AREAS:
        app.register_blueprint(area.blueprint)
    return app
