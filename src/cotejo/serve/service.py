"""What a server holds together: its models, its threads and its figures."""

from __future__ import annotations

import asyncio
import gc
import logging
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from cotejo.messages import message
from cotejo.serve.batching import Batcher
from cotejo.serve.decoding import Decoder
from cotejo.serve.figures import Figures
from cotejo.serve.language import language_of
from cotejo.serve.limits import Limits
from cotejo.serve.models import Models
from cotejo.serve.studies import Studies
from cotejo.serve.training_images import TrainingImages
from cotejo.serve.uploads import Uploads

__all__ = ["Service", "language", "service_of"]

_log = logging.getLogger("cotejo.serve")


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
        self.failed: list[str] = []
        """The names of the models that failed when they were warmed up."""
        self._closing = False

    def start(self) -> None:
        """Start the threads, and the models' warming up, in a running event loop."""
        self.decoder = Decoder(self.limits)
        self.batcher = Batcher(self.limits.waiting, self.figures.batch.observe)
        self.figures.watch_queue(lambda: self.batcher.waiting)
        self.training_images = TrainingImages()
        self._warming = asyncio.create_task(self._warm_up())

    def close(self) -> None:
        """End the threads once they have done what waits."""
        self._closing = True
        self._warming.cancel()
        self.batcher.close()
        self.training_images.close()
        self.decoder.close()

    @property
    def is_ready(self) -> bool:
        """Whether every model can answer at once."""
        return self.models.ready.is_set() and not self._closing

    async def _warm_up(self) -> None:
        for served in self.models:
            try:
                await self.batcher.warm_up(served.model)
            except Exception:  # the others may be whole
                _log.exception(message("serve.unusable", model=served.name))
                self.failed.append(served.name)
        # What is there now is kept for good, so no collection of garbage has to go through it,
        # which would hold up every client.
        gc.collect()
        gc.freeze()
        if not self.failed:
            self.models.ready.set()


def service_of(request: Request) -> Service:
    """Return the service that a request is to."""
    service: Service = request.app.state.service
    return service


def language(request: Request) -> str:
    """Return the language of the answer to a request."""
    return language_of(request.headers, request.cookies)
