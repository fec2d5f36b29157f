"""What a server counts, in Prometheus's form; nothing in it says anything of a picture."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from cotejo.serve.batching import SIZES

__all__ = ["Figures"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figures:
    """The counters of one server; another in the same process has its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "cotejo_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "cotejo_request_seconds",
            "From a request's first byte to the last of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.pictures = Counter(
            "cotejo_pictures", "Pictures answered or refused.", ("result",), registry=self._registry
        )
        self.batch = Histogram(
            "cotejo_batch_images",
            "Images that a network was asked for at a time.",
            buckets=SIZES,
            registry=self._registry,
        )
        self._waiting = Gauge(
            "cotejo_waiting_images", "Images that wait for a network.", registry=self._registry
        )

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask for the number of waiting images whenever the figures are read."""
        self._waiting.set_function(waiting)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text form."""
        return generate_latest(self._registry)
