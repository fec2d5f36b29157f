"""Any number of pictures through a model, in order, in as much memory as a few hundred take.

The pictures are decoded in threads, since Pillow releases Python's lock while it decodes, and so
does the network while it computes. Two parts are on their way at any time: one that the network
looks at, and one that is being decoded.
"""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import DataError
from cotejo.evaluate.conformal import COVERAGE
from cotejo.inference.answers import Prediction, Unreadable
from cotejo.pictures import decode, read_one, strict_pillow

if TYPE_CHECKING:
    from cotejo.inference.classifier import Classifier

__all__ = ["Item", "Source", "decode_stream", "predict_stream"]

_PART = 512
"""The most pictures that are looked at together."""

_PART_BYTES = 64 * 2**20
"""The most bytes of decoded pictures that are looked at together."""

_AT_ONCE = 16
"""The pictures of a task. Handing over one by one would cost more than small ones take."""


@dataclass(frozen=True)
class Item:
    """A picture that is in memory.

    Attributes:
        name: what it is called.
        content: the bytes of its file.
    """

    name: str
    content: bytes


Source: TypeAlias = Path | str | Item | Unreadable
"""A picture's path, a picture in memory, or what is known not to be readable."""

_Decoded: TypeAlias = tuple[Path | str, NDArray[np.uint8] | Unreadable]


def predict_stream(
    classifier: Classifier, sources: Iterable[Source], coverage: float = COVERAGE
) -> Generator[tuple[Path | str, Prediction | Unreadable]]:
    """Yield, in order, each picture's name with what the model says of it.

    Args:
        classifier: the model.
        sources: the pictures, which are taken as they are needed.
        coverage: how often the true class is to be among the candidates, in ``(0, 1)``.
    """
    size = _part_size(classifier)
    decoded = decode_stream(classifier, sources)
    try:
        while part := list(islice(decoded, size)):
            pictures = [picture for _, picture in part if not isinstance(picture, Unreadable)]
            answers = iter(classifier.predict(np.stack(pictures), coverage) if pictures else ())
            for name, picture in part:
                yield name, picture if isinstance(picture, Unreadable) else next(answers)
    finally:
        decoded.close()


def _part_size(classifier: Classifier) -> int:
    picture_bytes = int(np.prod(classifier.image_shape))
    return max(_AT_ONCE, min(_PART, _PART_BYTES // picture_bytes))


def decode_stream(classifier: Classifier, sources: Iterable[Source]) -> Generator[_Decoded]:
    """Yield, in order, each picture's name with the picture as the model takes it.

    Two parts at most are decoded ahead. The arguments are those of `predict_stream`.
    """
    image_shape, fit = classifier.image_shape, classifier.fit
    ahead = 2 * _part_size(classifier)

    def read(source: Source) -> _Decoded:
        if isinstance(source, Unreadable):
            return source.path, source
        name = source.name if isinstance(source, Item) else source
        try:
            if isinstance(source, Item):
                return name, decode(name, io.BytesIO(source.content), image_shape, fit)[0]
            return name, read_one(source, image_shape, fit)[0]
        except DataError as error:
            return name, Unreadable(name, error)

    def read_all(some: list[Source]) -> list[_Decoded]:
        return [read(source) for source in some]

    coming = iter(sources)
    waiting: deque[Future[list[_Decoded]]] = deque()
    threads = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="cotejo-decode")
    with strict_pillow():
        try:
            while True:
                while len(waiting) * _AT_ONCE < ahead and (some := list(islice(coming, _AT_ONCE))):
                    waiting.append(threads.submit(read_all, some))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)
