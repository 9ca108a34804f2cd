"""What is measured, for Prometheus: requests as they come, everything else as it stands when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.costs import prices_of
from tools.errors import ToolError

if TYPE_CHECKING:
    from server.service import Service
    from server.webhook import DeliveryOutcome

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "countersign_http_requests", "Requests by route.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "countersign_http_request_seconds",
            "How long requests took, streams left out.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._deliveries = Counter(
            "countersign_deliveries",
            "Deliveries of webhooks by what became of them.",
            ("source", "outcome"),
            registry=self.registry,
        )
        self.registry.register(_Standing(service))

    def requested(self, method: str, route: str, status: int, seconds: float | None) -> None:
        """A request was answered; None for a stream, whose length says nothing."""
        self._requests.labels(method, route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(method, route).observe(seconds)

    def delivered(self, source: str, outcome: DeliveryOutcome) -> None:
        """A delivery came to this end."""
        self._deliveries.labels(source, outcome.value).inc()


class _Standing(Collector):
    """Read from the database when somebody looks: right in every process, however many there are."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not read."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Every family that can be read; what does not answer is left out."""
        for family in (self._cases, self._queue, self._model, self._effects, self._streams):
            yield from _read(family)

    def _cases(self) -> list[Metric]:
        cases = GaugeMetricFamily("countersign_cases", "Cases by status.", labels=("status",))
        for status, many in self._service.database.cases.count_by("status").items():
            cases.add_metric((status,), many)
        return [cases]

    def _queue(self) -> list[Metric]:
        queue = self._service.work.queue()
        work = GaugeMetricFamily("countersign_work", "Work by how it stands.", labels=("state",))
        for state in ("waiting", "running", "failed"):
            work.add_metric((state,), getattr(queue, state))
        said = "How long the oldest work has waited."
        return [work, GaugeMetricFamily("countersign_work_oldest_seconds", said, queue.oldest_seconds)]

    def _model(self) -> list[Metric]:
        spent = self._service.database.totals.spent()
        tokens = CounterMetricFamily("countersign_model_tokens", "Tokens of the model.", labels=("direction",))
        tokens.add_metric(("in",), spent.input_tokens)
        tokens.add_metric(("out",), spent.output_tokens)
        families: list[Metric] = [
            CounterMetricFamily("countersign_model_calls", "Calls of the model.", spent.calls),
            tokens,
        ]
        prices = prices_of(self._service.settings)
        if prices is not None:
            cost = CounterMetricFamily("countersign_model_cost", "What the model cost.", labels=("currency",))
            cost.add_metric((prices.currency,), float(prices.cost(spent.input_tokens, spent.output_tokens)))
            families.append(cost)
        return families

    def _effects(self) -> list[Metric]:
        effects = GaugeMetricFamily("countersign_effects", "Effects by kind and status.", labels=("kind", "status"))
        for labels, many in self._service.database.totals.effects().items():
            effects.add_metric(labels, many)
        return [effects]

    def _streams(self) -> list[Metric]:
        said = "Streams that are open in this process."
        return [GaugeMetricFamily("countersign_streams", said, self._service.feed.readers)]


def _read(family: Callable[[], list[Metric]]) -> list[Metric]:
    try:
        return family()
    except ToolError:
        return []
