"""Counts and latencies by route template, and the backlog; one registry for each app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from quart import Quart, current_app

CONTENT_TYPE = CONTENT_TYPE_LATEST
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_NAME = "dispatch_metrics"


class Metrics:
    """What one app has done since it was made."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "dispatch_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "dispatch_http_request_seconds",
            "Seconds from request to answer",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._backlog = Gauge(
            "dispatch_backlog",
            "What waits: jobs by status, open offers, messages, alerts",
            ["what"],
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)

    def install(self, app: Quart) -> None:
        """Let /metrics of `app` show these figures."""
        app.extensions[_NAME] = self

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def exposition(self, backlog: Mapping[str, int]) -> bytes:
        """Return all figures in Prometheus' format."""
        for what, amount in backlog.items():
            self._backlog.labels(what).set(amount)
        return generate_latest(self._registry)


def the_metrics() -> Metrics:
    """Return the figures of the app that handles this request."""
    return cast(Metrics, current_app.extensions[_NAME])
