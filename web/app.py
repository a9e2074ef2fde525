"""Where the app is put together: routes, guards, errors, record."""

from __future__ import annotations

from typing import Any, cast

from quart import Quart, Request
from quart.ctx import RequestContext
from quart.globals import request_ctx
from quart.typing import ResponseReturnValue, ResponseTypes
from quart.wrappers import BaseRequestWebsocket
from werkzeug.routing import MapAdapter

from core.router import Router
from web import (
    agents,
    approval,
    context,
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
from web.asked import Asked
from web.config import WebConfig
from web.connection import Connection
from web.context import Context
from web.guard import Guard
from web.ids import IdConverter
from web.metrics import Metrics
from web.operation import View, scope_of
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
    """Quart without websockets, which would come in past our guard; it records every request.

    Nobody listens to Quart's signals here, and nothing is hooked before or after requests (a test
    says so): not to walk through both saves 25 µs of a YES. Paths are matched by an adapter made
    without reading the Host again: 20 µs. All by process_time, in turns, without the unit of work;
    with both, and what `web.asked`, `web.connection` and `web.context` save, it takes 113 instead
    of 183.
    """

    asgi_http_class = Connection
    metrics: Metrics
    guard: Guard

    async def asgi_app(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request; close a websocket before it opens: its client sees a 403."""
        match scope["type"]:
            case "websocket":
                await send({"type": "websocket.close", "code": 1008})
            case "http":
                record = Record(self.metrics, scope, send)
                await self.asgi_http_class(self, scope)(receive, record.send)
            case _:
                await super().asgi_app(scope, receive, send)

    def request_context(self, request: Request) -> Context:
        """Return what surrounds a request."""
        return Context(self, request)

    def create_url_adapter(self, request: BaseRequestWebsocket | None) -> MapAdapter | None:
        """Return what matches paths; it need not know by which name we were reached."""
        if request is None:
            return None
        return MapAdapter(self.url_map, "", "/", "", request.scheme, request.path, request.method)

    async def full_dispatch_request(
        self, request_context: RequestContext | None = None
    ) -> ResponseTypes:
        """Let the guard look at a request, then the handler; their errors become answers."""
        asked = cast(Asked, (request_context or request_ctx).request)
        try:
            note_route(asked)
            await self.guard.check(asked, scope_of(self, asked))
            return await self.make_response(await self.dispatch_request(request_context))
        except Exception as error:  # noqa: BLE001  # handlers of errors are told of each
            return await self.make_response(await self.handle_user_exception(error))

    async def dispatch_request(
        self, request_context: RequestContext | None = None
    ) -> ResponseReturnValue:
        """Call the handler of a request."""
        asked = (request_context or request_ctx).request
        if asked.routing_exception or asked.url_rule is None or asked.method == "OPTIONS":
            return await super().dispatch_request(request_context)
        view = cast(View, self.view_functions[asked.url_rule.endpoint])
        return await view(**asked.view_args or {})

    async def do_teardown_request(
        self, exc: BaseException | None, request_context: RequestContext | None = None
    ) -> None:
        """Do nothing after a request."""

    async def do_teardown_appcontext(self, exc: BaseException | None) -> None:
        """Do nothing after a request."""


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
    app.guard = Guard(config)
    app.guard.install(app)
    errors.install(app)
    for area in AREAS:
        app.register_blueprint(area.blueprint)
    context.install(app)
    return app
