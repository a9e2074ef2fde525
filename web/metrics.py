"""Counts and latencies by route template, and the backlog; one record for each app."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from quart import Quart, current_app

if TYPE_CHECKING:
    from prometheus_client.core import Metric

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_NAME = "dispatch_metrics"


@dataclass(slots=True)
class _Spread:
    """How long the requests of one route took."""

    seconds: float = 0.0
    by_bucket: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, seconds: float) -> None:
        self.seconds += seconds
        self.by_bucket[bisect_left(BUCKETS, seconds)] += 1

    def up_to(self) -> list[tuple[str, float]]:
        """Return how many took at most each bucket's seconds."""
        limits = (*map(str, map(float, BUCKETS)), "+Inf")
        return list(zip(limits, accumulate(self.by_bucket), strict=True))


class Metrics:
    """What one app has done since it was made.

    Counted in plain numbers: prometheus-client, 0.8 MB of an idle service, only writes them down.
    """

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._spreads: dict[str, _Spread] = {}
        self._backlog: Mapping[str, int] = {}

    def install(self, app: Quart) -> None:
        """Let /metrics of `app` show these figures."""
        app.extensions[_NAME] = self

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        known = method if method in METHODS else "other"
        self._requests[known, route, str(status)] += 1
        spread = self._spreads.get(route)
        if spread is None:
            spread = self._spreads[route] = _Spread()
        spread.add(seconds)

    def exposition(self, backlog: Mapping[str, int]) -> tuple[bytes, str]:
        """Return all figures in Prometheus' format, and the media type of that."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
        from prometheus_client import ProcessCollector as Process

        self._backlog = backlog
        registry = CollectorRegistry()
        registry.register(self)
        Process(registry=registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as the registry asks for them."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        labels = ("method", "route", "status")
        requests = CounterMetricFamily("dispatch_http_requests", "Requests answered", labels=labels)
        for values, amount in self._requests.items():
            requests.add_metric(values, amount)
        latencies = HistogramMetricFamily(
            "dispatch_http_request_seconds", "Seconds from request to answer", labels=("route",)
        )
        for route, spread in self._spreads.items():
            latencies.add_metric((route,), spread.up_to(), spread.seconds)
        waiting = GaugeMetricFamily(
            "dispatch_backlog",
            "What waits: jobs by status, open offers, messages, alerts",
            labels=("what",),
        )
        for what, amount in self._backlog.items():
            waiting.add_metric((what,), amount)
        yield from (requests, latencies, waiting)


def the_metrics() -> Metrics:
    """Return the figures of the app that handles this request."""
    return cast(Metrics, current_app.extensions[_NAME])
