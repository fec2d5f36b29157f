"""Decoding what clients sent, in a few threads beside the one that runs the networks."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError
from cotejo.pictures import Fit
from cotejo.pictures.reading import decode, strict_pillow
from cotejo.serve.limits import Limits, Refusal, refused_picture
from cotejo.serve.models import Served
from cotejo.serve.uploads import Picture

__all__ = ["Decoder"]

_THREADS = 2


class Decoder:
    """Decodes pictures to the size that a model takes.

    Args:
        limits: how large they may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="decoding")
        self._stack = ExitStack()
        # Once for all threads, since Pillow's strictness is the whole process's.
        self._stack.enter_context(strict_pillow())

    async def decode(
        self, pictures: Sequence[Picture], served: Served
    ) -> list[NDArray[np.uint8] | Refusal]:
        """Return each picture as the model takes it, or why it can't be read."""
        loop = asyncio.get_running_loop()
        shape, fit = served.model.image_shape, served.fit
        return await loop.run_in_executor(
            self._pool,
            lambda: [
                self._decoded(picture, number if len(pictures) > 1 else None, shape, fit)
                for number, picture in enumerate(pictures, start=1)
            ],
        )

    async def run(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return what ``work`` returns, which is called in one of the threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, work, *arguments)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
        self._stack.close()

    def _decoded(
        self, picture: Picture, number: int | None, shape: tuple[int, int, int], fit: Fit
    ) -> NDArray[np.uint8] | Refusal:
        most = self._limits.picture_bytes
        if len(picture.content) > most:
            return Refusal(413, "picture_bytes", picture=picture.name, megabytes=most // 1_000_000)
        try:
            file = io.BytesIO(picture.content)
            return decode(picture.name, file, shape, fit, self._limits.pixels)[0]
        except DataError as error:
            # It calls a picture by its name, or by its number where it has none.
            return refused_picture(picture.name, error, number)
