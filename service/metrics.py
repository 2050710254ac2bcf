"""What a monitoring system asks: Prometheus' text format."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.classifier import Answer

# Those that img_service.distances tells of a run.
QUANTILES = (0.5, 0.9, 0.99)
# The latest pictures whose nearest distances are told.
_KEPT = 1000


class Metrics:
    """The figures of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests", "Requests, by route and status.", ["route", "status"], registry=self.registry
        )
        self.pictures = Counter("pictures", "Pictures, by what was said of them.", ["class"], registry=self.registry)
        self.seconds = Histogram(
            "classify_seconds",
            "Work on a request of /classify, without its wait.",
            buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "classify_inside", "Requests of /classify that are worked on or wait.", registry=self.registry
        )
        self.watch_waiting = Gauge(
            "watch_waiting", "Pictures of the watched directory that are not answered yet.", registry=self.registry
        )
        self.logged = Counter("decisions_logged", "Decisions that were written to the log.", registry=self.registry)
        self.not_logged = Counter(
            "decisions_not_logged", "Decisions that could not be written to the log.", registry=self.registry
        )
        self.distances = Distances()
        self.registry.register(self.distances)

    def count(self, answers: Sequence[Answer], seconds: float) -> None:
        """Count what was said of pictures, and the time that it took."""
        self.seconds.observe(seconds)
        for answer in answers:
            self.pictures.labels("(problem)" if answer.decision is None else answer.decision["class"]).inc()
            if answer.nearest_distance is not None:
                self.distances.add(answer.nearest_distance)

    def text(self) -> bytes:
        """All of them, as Prometheus reads it."""
        return generate_latest(self.registry)


class Distances(Collector):
    """Nearest distances of the latest pictures beside those of the last run: where they part, the pictures drift."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: deque[float] = deque(maxlen=_KEPT)
        self._of_run: dict[float, float] = {}

    def add(self, distance: float) -> None:
        """A picture's distance to its nearest neighbour."""
        with self._lock:
            self._latest.append(distance)

    def compare_with(self, quantiles: Sequence[float | None]) -> None:
        """QUANTILES of the last run's distances; empty where there is no run."""
        with self._lock:
            self._of_run = {q: float(d) for q, d in zip(QUANTILES, quantiles, strict=False) if d is not None}

    def collect(self) -> Iterator[Metric]:
        """The quantiles of both."""
        with self._lock:
            latest, of_run = sorted(self._latest), dict(self._of_run)
        family = GaugeMetricFamily(
            "nearest_distance",
            f"Distance to the nearest image: of the last {_KEPT} pictures, and of the last evaluation.",
            labels=["of", "quantile"],
        )
        for quantile in QUANTILES:
            if latest:
                family.add_metric(["service", str(quantile)], quantile_of(latest, quantile))
            if quantile in of_run:
                family.add_metric(["run", str(quantile)], of_run[quantile])
        yield family


def quantile_of(ordered: Sequence[float], quantile: float) -> float:
    """The smallest of `ordered` (ascending, not empty) that so large a share of them does not exceed."""
    return ordered[max(0, -(-len(ordered) * int(quantile * 1000) // 1000) - 1)]


class Counting:
    """Counts each request by the route that it took and its status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._requests = metrics.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                self._requests.labels(route, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, counted)
