"""Training images that look alike: looked through once, in a thread of its own."""

from __future__ import annotations

import threading
from contextlib import suppress

import numpy as np

from cotejo.errors import CotejoError
from cotejo.serve.models import Served

__all__ = ["TrainingImages"]

_CLOSING_SECONDS = 10.0


class TrainingImages:
    """Has each model look through its training images when they are first asked for."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}

    def are_known(self, served: Served) -> bool:
        """Return whether a model has looked through them; it begins to if it has not.

        It is called in the event loop alone.
        """
        thread = self._threads.get(served.name)
        if thread is None:
            thread = threading.Thread(target=_look_through, args=[served], daemon=True)
            self._threads[served.name] = thread
            thread.start()
        return not thread.is_alive()

    def close(self) -> None:
        """Wait for what is being looked through, but not for long."""
        for thread in self._threads.values():
            thread.join(_CLOSING_SECONDS)


def _look_through(served: Served) -> None:
    # Whoever asks for the images is told where they can't be had.
    with suppress(CotejoError):
        served.finder.nearest(np.zeros((1, *served.model.image_shape), np.uint8), count=1)
