"""Health, readiness and figures, for whatever watches the service."""

from __future__ import annotations

from quart import Blueprint, Response

from web import answers
from web.config import Scope
from web.errors import Problem
from web.metrics import the_metrics
from web.operation import operation
from web.render import answer
from web.service import service

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@operation(Scope.OPEN, {200: answers.Health})
async def health() -> Response:
    """Tell that the process answers."""
    return answer({"status": "ok"})


@blueprint.get("/ready")
@operation(Scope.OPEN, {200: answers.Ready})
async def ready() -> Response:
    """Tell whether everything that work needs is well; 503 names what is not."""
    problems = await service().config.ready()
    if problems:
        detail = "not ready: " + ", ".join(sorted(problems))
        raise Problem(503, "not_ready", detail, problems=problems)
    return answer({"status": "ready"})


@blueprint.get("/metrics")
@operation(Scope.READ, {200: None}, media="text/plain")
async def metrics() -> Response:
    """Return counts, latencies and the backlog in Prometheus' format."""
    backlog = await service().router.backlog()
    figures, media_type = the_metrics().exposition(backlog)
    return Response(figures, content_type=media_type)
