"""Offers, replies to them, and the tick that settles what is due."""

from __future__ import annotations

from quart import Blueprint, Response

from core.views import OfferView
from web import answers
from web.config import Scope
from web.errors import Problem
from web.forms import Nothing, ReplyForm
from web.operation import operation
from web.queries import OffersQuery
from web.render import answer
from web.responses import found, page_of
from web.service import the_router

blueprint = Blueprint("offers", __name__)

_DETAILS = {
    "unknown_agent": "no agent has this number: sync the agents first",
    "no_open_offer": "this agent has no open offer that this could answer",
    "unrecognized_response": "answer YES or NO, alone or with the offer's code",
    "ambiguous_reply": "several offers are open: answer with the code of one",
    "already_covered": "another driver has this job already",
    "job_cancelled": "this job was called off",
    "job_changed": "this job was changed since it was offered: answer the new offer",
}


@blueprint.get("/offers")
@operation(Scope.READ, {200: answers.Offers}, query=OffersQuery)
async def list_offers(query: OffersQuery) -> Response:
    """List offers, newest last."""
    page = await the_router().records.offers(
        status=query.status, limit=query.limit, cursor=query.cursor
    )
    return page_of("offers", page)


@blueprint.get("/offers/<id:offer_id>")
@operation(Scope.READ, {200: OfferView})
async def read_offer(offer_id: int) -> Response:
    """Show one offer, and how far its message got."""
    return found(await the_router().records.offer(offer_id))


@blueprint.post("/webhooks/driver_response")
@operation(Scope.REPLY, {200: answers.Replied}, body=ReplyForm, problems=(400,))
async def driver_response(form: ReplyForm) -> Response:
    """Take a driver's reply from a gateway; the same reply again gets the same answer."""
    reply = await the_router().reply(
        form.phone,
        form.response,
        job_id=form.job_id,
        offer_id=form.offer_id,
        external_id=form.id,
    )
    if reply.ok:
        return answer({"ok": True, "message": reply.code, **reply.facts})
    detail = _DETAILS.get(reply.code, "this reply changes nothing")
    raise Problem(400, reply.code, detail, **reply.facts)


@blueprint.post("/tick")
@operation(Scope.TICK, {200: answers.Ticked}, body=Nothing)
async def tick() -> Response:
    """Settle what is due; any number of ticks at once have the effect of one."""
    ticked = await the_router().tick()
    return answer(
        {
            "ok": True,
            "timed_out": ticked.timed_out,
            "advanced": ticked.advanced,
            "alerts": ticked.alerts,
        }
    )
