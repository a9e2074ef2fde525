"""Webhooks of channels: handed over as they came, authenticated by the channel itself."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus

from quart import Blueprint, Response, request

from core.channel import Channel, WebhookAnswer, WebhookRequest
from core.errors import DatabaseBusy, StorageFault
from web.config import Scope
from web.errors import Problem, not_found
from web.operation import operation, raw_body
from web.service import service

log = logging.getLogger(__name__)

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/channels/<name>/webhook")
@operation(Scope.OPEN, {200: None}, media="*/*", problems=(400, 401, 408, 413))
async def channel_webhook(name: str) -> Response:
    """Hand a provider's call to the channel of that name, which checks its secret or signature."""
    channel = service().config.channels.get(name)
    if channel is None:
        raise not_found()
    call = WebhookRequest(
        method=request.method,
        path=request.path,
        query=request.args.to_dict(),
        headers={key.lower(): value for key, value in request.headers.items()},
        body=await raw_body(),
        peer=(request.scope.get("client") or ("",))[0],
    )
    answered = await _ask(channel, call)
    if answered.status == HTTPStatus.NOT_FOUND:  # as channels say that they have none
        raise not_found()
    return Response(answered.body, answered.status, content_type=answered.content_type)


async def _ask(channel: Channel, call: WebhookRequest) -> WebhookAnswer:
    """Return the channel's answer; one that raises or hangs must not take the service with it."""
    try:
        async with asyncio.timeout(service().config.webhook_timeout):
            return await channel.webhook(call)
    except (DatabaseBusy, StorageFault):
        raise
    except Exception as error:
        log.exception("channel.webhook_failed", extra={"channel": channel.name})
        raise Problem(
            503,
            "channel_failed",
            "nothing was acknowledged: send it again",
            headers={"Retry-After": "5"},
        ) from error
