"""The coordinator's desk: alerts, inbox entries."""

from __future__ import annotations

from quart import Blueprint, Response

from core.domain import API
from core.views import AlertView
from web import answers
from web.config import Scope
from web.forms import Nothing
from web.operation import operation
from web.queries import AlertsQuery, InboxQuery
from web.responses import found, page_of
from web.service import the_router

blueprint = Blueprint("desk", __name__)


@blueprint.get("/alerts")
@operation(Scope.READ, {200: answers.Alerts}, query=AlertsQuery)
async def list_alerts(query: AlertsQuery) -> Response:
    """List what a coordinator must act on."""
    page = await the_router().records.alerts(
        state=query.state, limit=query.limit, cursor=query.cursor
    )
    return page_of("alerts", page)


@blueprint.post("/alerts/<id:alert_id>/ack")
@operation(Scope.FULL, {200: AlertView}, body=Nothing)
async def acknowledge_alert(alert_id: int) -> Response:
    """Acknowledge an alert, so that it is not repeated; a second time changes nothing."""
    return found(await the_router().acknowledge(alert_id, API), "alert")


@blueprint.get("/inbox")
@operation(Scope.READ, {200: answers.InboxEntries}, query=InboxQuery)
async def list_inbox(query: InboxQuery) -> Response:
    """List what was received, without its content."""
    page = await the_router().records.inbox(
        state=query.state, limit=query.limit, cursor=query.cursor
    )
    return page_of("inbox", page)
