"""Open this for the page on which a newcomer plays the people, and for what it asks of us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quart import Quart, Response, jsonify, render_template, request
from quart.typing import ResponseReturnValue

from bot.chat_server.acting import (
    NotPossibleError,
    act,
    add_fault,
    add_person,
    chats_shown,
)

if TYPE_CHECKING:
    from bot.chat_server.server import ChatServer

LONGEST_WAIT = 20.0
LOOPBACK = ("127.0.0.1", "localhost")
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def install_page(app: Quart, server: ChatServer) -> None:
    """Add the page, what it shows, and the actions; only this machine's own pages may act."""

    @app.before_request
    async def only_from_here() -> ResponseReturnValue | None:
        is_api = request.path.startswith("/bot")
        return None if is_api or _is_own() else Response("only from this machine", 403)

    @app.after_request
    async def keep_in(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @app.get("/")
    @app.get("/chat")
    async def page() -> ResponseReturnValue:
        return await render_template("chat.html", bot=server.world.username)

    @app.get("/favicon.ico")
    async def no_icon() -> ResponseReturnValue:
        return Response(status=204)

    @app.get("/chats")
    async def chats() -> ResponseReturnValue:
        """Return all chats; with `after`, once something changed since."""
        after = request.args.get("after", type=int)
        if after is not None:
            await _wait_for_change(server, after)
        return jsonify(chats_shown(server))

    @app.post("/act/<action>")
    async def do(action: str) -> ResponseReturnValue:
        wanted = await request.get_json(silent=True) if request.is_json else None
        if not isinstance(wanted, dict):
            return _refuse("an object of JSON is expected")
        try:
            return jsonify(_do(server, action, wanted))
        except NotPossibleError as error:
            return _refuse(str(error))


def _is_own() -> bool:
    """Tell whether no other site asks, not even under a name of its own for this machine."""
    host = urlsplit(f"//{request.host}").hostname
    return host in LOOPBACK and request.headers.get("Origin") in (None, f"http://{request.host}")


def _do(server: ChatServer, action: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    match action:
        case "person":
            return {"ok": True, "id": add_person(server, wanted)}
        case "fault":
            add_fault(server, wanted)
        case "mend":
            server.faults.clear()
        case "redeliver":
            server.redeliver()
        case _:
            act(server, action, wanted)
    return {"ok": True}


async def _wait_for_change(server: ChatServer, after: int) -> None:
    try:
        await server.until(lambda: server.world.changes != after, LONGEST_WAIT)
    except TimeoutError:
        return


def _refuse(reason: str) -> Response:
    answer = jsonify({"ok": False, "error": reason})
    answer.status_code = 400
    return answer
