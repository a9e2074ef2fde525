"""Open this for how the Bot API looks over HTTP, and how its faults look to a client."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from quart import Quart, Response, jsonify, request
from quart.typing import ResponseReturnValue

from bot.chat_server.faults import Fault, Kind
from bot.chat_server.journal import Call, Moment
from bot.chat_server.page import install_page
from bot.chat_server.parameters import Parameters
from bot.chat_server.refusals import RefusedError, flood

if TYPE_CHECKING:
    from bot.chat_server.server import ChatServer

Cut = Callable[[tuple[str, int]], None]
METHODS = ["GET", "POST"]
ANSWERING = "dispatch.call"  # where a request's scope carries what it asked for


class _App(Quart):
    """Quart, telling the journal once an answer went to the socket."""

    server: ChatServer

    async def asgi_app(self, scope: Any, receive: Any, send: Any) -> None:
        await super().asgi_app(scope, receive, send)
        if (call := scope.get(ANSWERING)) is not None:
            self.server.journal.note(Moment.ANSWERED, call)


def create_app(server: ChatServer, cut: Cut) -> Quart:
    """Return the ASGI app of one server."""
    app = _App(__name__, static_folder="static", template_folder="templates")
    app.server = server
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False

    @app.route("/bot<token>/<method>", methods=METHODS)
    async def call_method(token: str, method: str) -> ResponseReturnValue:
        if not _is_token(server, token):
            return _refused(RefusedError(401, "Unauthorized"))
        parameters = Parameters(await _given())
        call = Call(server.world.now(), method.lower(), parameters)
        server.journal.calls.append(call)
        server.journal.note(Moment.ASKED, call)
        fault = server.strike(call)
        if fault is not None and fault.kind is not Kind.CUT_AFTER:
            return await _go_wrong(fault, call, cut)
        answer = await _done(server, call)
        server.journal.note(Moment.DONE, call)
        if fault is not None:
            return await _hang_up(cut)
        cast(dict[str, Any], request.scope)[ANSWERING] = call
        return answer

    @app.get("/file/bot<token>/photos/<name>")
    async def fetch(token: str, name: str) -> ResponseReturnValue:
        content = server.world.files.get(name.removesuffix(".jpg"))
        if not _is_token(server, token) or content is None:
            return _refused(RefusedError(404, "Not Found"))
        return Response(content, content_type="application/octet-stream")

    @app.errorhandler(404)
    async def not_found(_error: Exception) -> ResponseReturnValue:
        return _refused(RefusedError(404, "Not Found"))

    install_page(app, server)
    return app


async def _given() -> dict[str, Any]:
    """Return the parameters, wherever they are."""
    given: dict[str, Any] = dict(request.args)
    if request.is_json:
        body = await request.get_json(silent=True)
        return given | body if isinstance(body, dict) else given
    return given | dict(await request.form)


async def _done(server: ChatServer, call: Call) -> Response:
    try:
        call.answer = await server.do(call)
    except RefusedError as refusal:
        call.code, call.answer = refusal.code, refusal.body()
        return _refused(refusal)
    call.code = 200
    return jsonify({"ok": True, "result": call.answer})


async def _go_wrong(fault: Fault, call: Call, cut: Cut) -> ResponseReturnValue:
    match fault.kind:
        case Kind.FLOOD:
            call.code = 429
            return _refused(flood(fault.retry_after))
        case Kind.BROKEN:
            call.code = fault.status
            return _refused(RefusedError(fault.status, "Bad Gateway"))
        case Kind.HANG:
            await asyncio.Event().wait()
        case Kind.CUT_BEFORE | Kind.CUT_AFTER:
            pass
    return await _hang_up(cut)


async def _hang_up(cut: Cut) -> Response:
    client = request.scope["client"]
    if client is not None:
        cut((client[0], client[1] or 0))
    return Response(status=204)


def _refused(refusal: RefusedError) -> Response:
    answer = jsonify(refusal.body())
    answer.status_code = refusal.code
    return answer


def _is_token(server: ChatServer, token: str) -> bool:
    return hmac.compare_digest(token.encode(), server.world.token.encode())
