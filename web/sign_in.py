"""Signing in to the pages by a token, and out; the API itself takes the token with each request."""

from __future__ import annotations

from quart import Blueprint, Response

from web.config import Scope
from web.errors import Problem
from web.forms import Nothing, SignInForm
from web.guard import the_guard
from web.operation import operation
from web.render import HTML, page

blueprint = Blueprint("sign_in", __name__)

FRONT_DOOR = "/desk"


@blueprint.post("/sign-in")
@operation(
    Scope.OPEN, {303: None}, body=SignInForm, media=HTML, problems=(401, 403), for_people=True
)
async def sign_in(form: SignInForm) -> Response:
    """Sign in by a token of scope full or read; it ends after 12 hours, or with the token."""
    guard = the_guard()
    digest, scope = await guard.known(form.token.strip())
    if scope not in (Scope.FULL, Scope.READ):
        raise Problem(403, "scope_too_small", f"a token of scope {scope} opens no page")
    response = Response(status=303, headers={"Location": _page_of_ours(form.next)})
    guard.sessions.begin(response, digest)
    return response


@blueprint.post("/sign-out")
@operation(Scope.OPEN, {200: None}, body=Nothing, media=HTML, for_people=True)
async def sign_out() -> Response:
    """Sign out here; the token itself stays valid."""
    response = await page("message.html", title="Signed out", detail="This browser is signed out.")
    the_guard().sessions.end(response)
    return response


def _page_of_ours(wanted: str | None) -> str:
    """Return where to go on: a path on this very host, never an address elsewhere."""
    is_path = wanted is not None and wanted[:1] == "/" and wanted[1:2] not in ("/", "\\")
    return wanted if wanted and is_path and wanted.isprintable() else FRONT_DOOR
