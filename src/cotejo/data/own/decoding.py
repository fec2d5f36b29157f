"""Many pictures read side by side into one array."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import numpy as np
from numpy.typing import NDArray

from cotejo.data.own.entries import LeftOut
from cotejo.data.own.holders import Holder
from cotejo.errors import DataError
from cotejo.pictures import Fit, PictureSize, decode, measure, strict_pillow

__all__ = ["decode_all", "measure_some"]

_MEASURED = 2_000
"""The pictures whose headers are looked at to choose a size, evenly spread over all."""

_AT_ONCE = 16
"""The pictures of a task. Handing over one by one would cost more than small ones take."""

_WAITING = 8
"""The tasks that wait for each core: enough to keep it busy, few to keep in memory."""

_REASONS = {
    "picture_missing": "missing",
    "picture_no_file": "no_file",
    "picture_too_large": "too_large",
    "picture_unknown": "no_picture",
    "picture_unreadable": "unreadable",
}

_Opened = tuple[int, str, IO[bytes] | None]


def measure_some(holder: Holder, names: Sequence[str]) -> list[PictureSize]:
    """Return the sizes of at most 2,000 of the pictures, by their headers; damaged ones have none.

    Args:
        holder: what holds the pictures.
        names: theirs, one or more.
    """
    step = -(-len(names) // _MEASURED)
    sizes = []
    with strict_pillow():
        for row in _readable_order(holder, names)[::step]:
            try:
                with holder.open(names[row]) as file:
                    sizes.append(measure(names[row], file))
            except (DataError, OSError):
                continue  # `decode_all` will say why
    return sizes


def decode_all(
    holder: Holder,
    names: Sequence[str],
    target: NDArray[np.uint8],
    fit: Fit,
    on_pictures: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[dict[int, PictureSize], list[LeftOut]]:
    """Decode every picture into its row of an array, on all cores.

    Pillow releases Python's lock while it decodes, so that threads use several cores.

    Args:
        holder: what holds the pictures.
        names: theirs, in the order of the rows.
        target: ``[n, height, width, channels]``, uint8; the rows of bad pictures stay.
        fit: what is done with pictures of other proportions.
        on_pictures: called with the pictures done, and all.

    Returns:
        The size of each picture by its row, without the bad ones; and those, with the reasons.
    """
    image_shape = (target.shape[1], target.shape[2], target.shape[3])

    def task(opened: list[_Opened]) -> list[tuple[int, PictureSize | LeftOut]]:
        done: list[tuple[int, PictureSize | LeftOut]] = []
        for row, name, content in opened:
            try:
                with content or holder.open(name) as file:
                    target[row], size = decode(name, file, image_shape, fit)
                done.append((row, size))
            except DataError as error:
                reason = _REASONS.get(error.key, "damaged")
                done.append((row, LeftOut(name, reason, str(error.values.get("reason", "")))))
            except OSError as error:
                done.append((row, _unopened(name, error)))
        return done

    sizes: dict[int, PictureSize] = {}
    left_out: list[LeftOut] = []
    cores = os.cpu_count() or 1
    with strict_pillow(), ThreadPoolExecutor(cores) as threads:
        waiting: deque[Future[list[tuple[int, PictureSize | LeftOut]]]] = deque()
        for chunk in _chunks(_opened(holder, names, left_out)):
            waiting.append(threads.submit(task, chunk))
            if len(waiting) >= _WAITING * cores:
                _collect(waiting.popleft().result(), sizes, left_out)
                on_pictures(len(sizes) + len(left_out), len(names))
        for future in waiting:
            _collect(future.result(), sizes, left_out)
            on_pictures(len(sizes) + len(left_out), len(names))
    return sizes, left_out


def _opened(holder: Holder, names: Sequence[str], left_out: list[LeftOut]) -> Iterator[_Opened]:
    """Yield each picture; from an archive, which is read in its order, with its content."""
    for row in _readable_order(holder, names):
        name = names[row]
        if not holder.in_order:
            yield row, name, None
            continue
        try:
            with holder.open(name) as file:
                content = io.BytesIO(file.read())
        except OSError as error:
            left_out.append(_unopened(name, error))
            continue
        yield row, name, content


def _readable_order(holder: Holder, names: Sequence[str]) -> list[int]:
    """Return the rows in the order in which their files lie in an archive.

    Going back in a packed tar unpacks it again from its beginning.
    """
    if not holder.in_order:
        return list(range(len(names)))
    places = {file.name: place for place, file in enumerate(holder.files())}
    return sorted(range(len(names)), key=lambda row: places[names[row]])


def _unopened(name: str, error: OSError) -> LeftOut:
    reason = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
    return LeftOut(name, reason, error.strerror or str(error))


def _chunks(opened: Iterable[_Opened]) -> Iterator[list[_Opened]]:
    chunk: list[_Opened] = []
    for each in opened:
        chunk.append(each)
        if len(chunk) == _AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _collect(
    done: Iterable[tuple[int, PictureSize | LeftOut]],
    sizes: dict[int, PictureSize],
    left_out: list[LeftOut],
) -> None:
    for row, result in done:
        if isinstance(result, LeftOut):
            left_out.append(result)
        else:
            sizes[row] = result
