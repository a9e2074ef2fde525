"""What drivers and coordinators have in common in the API: joining a channel, unfit changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from quart import Response

from core.channel import Channel
from core.inviting import NoInvitation, invitation_of, why_not_joinable
from core.outcomes import Invited, NotFound, NotPossible, Unfit
from web.errors import FieldProblem, InvalidFields, Problem, not_found
from web.render import answer
from web.responses import found
from web.service import service


async def joining(
    name: str, invite: Callable[[str], Awaitable[Invited | NotFound]], what: str
) -> Response:
    """Return a fresh link by which somebody joins the channel of that name."""
    channel = joinable(name)
    invited = await invite(name)
    if isinstance(invited, NotFound):
        raise not_found(what)
    try:
        invitation = await invitation_of(channel, invited)
    except NoInvitation as problem:
        raise Problem(503, "no_invitation", str(problem), headers={"Retry-After": "5"}) from problem
    return answer(
        {
            "url": invitation.url,
            "qr": invitation.picture(),
            "expires_at": invitation.expires_at,
        }
    )


def joinable(name: str) -> Channel:
    """Return the channel of that name; 422 when nobody can join it by a link."""
    channels = service().config.channels
    if (why := why_not_joinable(channels, name)) is not None:
        raise InvalidFields(FieldProblem("channel", why))
    return channels[name]


def changed(outcome: object, what: str) -> Response:
    """Return somebody as they now are, or which field could not be so."""
    match outcome:
        case Unfit(field=field, reason=reason):
            raise InvalidFields(FieldProblem(field, reason))
        case NotPossible(reason=reason):
            raise Problem(409, "not_possible", reason)
        case NotFound(what=missing) if missing != what:
            raise not_found(missing)
        case _:
            return found(outcome, what)
