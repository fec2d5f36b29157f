"""What a server holds together: its models, its threads and its figures."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from cotejo.serve.batching import SIZES, Batcher
from cotejo.serve.decoding import Decoder
from cotejo.serve.figures import Figures
from cotejo.serve.language import language_of
from cotejo.serve.limits import Limits
from cotejo.serve.models import Models
from cotejo.serve.studies import Studies
from cotejo.serve.uploads import Uploads

__all__ = ["Service", "language", "service_of"]


@dataclass
class Service:
    """The parts of one server.

    Attributes:
        models: those that answer.
        studies: those that are shown.
        collect: the folder where corrections are kept; None if they are not.
        limits: how much clients may ask for.
    """

    models: Models
    studies: Studies = field(default_factory=Studies)
    collect: Path | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.figures = Figures()
        self.uploads = Uploads(self.limits)
        self._closing = False

    def start(self) -> None:
        """Start the threads; the models are warmed up in one of them."""
        self.decoder = Decoder(self.limits)
        self.batcher = Batcher(self.limits.waiting, self.figures.batch.observe)
        self.figures.watch_queue(lambda: self.batcher.waiting)
        self._warming = threading.Thread(target=self._warm_up, daemon=True)
        self._warming.start()

    def close(self) -> None:
        """End the threads once they have done what waits."""
        self._closing = True
        self._warming.join()
        self.batcher.close()
        self.decoder.close()

    @property
    def is_ready(self) -> bool:
        """Whether every model can answer at once."""
        return self.models.ready.is_set() and not self._closing

    def _warm_up(self) -> None:
        self.models.warm_up(SIZES, lambda: self._closing)


def service_of(request: Request) -> Service:
    """Return the service that a request is to."""
    service: Service = request.app.state.service
    return service


def language(request: Request) -> str:
    """Return the language of the answer to a request."""
    return language_of(request.headers, request.cookies)
