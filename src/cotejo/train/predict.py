"""A network's logits and probabilities on many images, in batches of one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import accelerated, keras
from cotejo.config.views import VIEWS
from cotejo.train.asking import AskWork
from cotejo.train.work import Steps, alone

__all__ = [
    "IN_USE",
    "UNSURE",
    "fitting_batch",
    "is_unsure",
    "logits_and_margin",
    "logits_steps",
    "predict_logits",
    "softmax",
    "view",
]

IN_USE = 64
"""The most images at a time of a model in use: their activations stay in a processor's cache."""

_FEW = 8

_FIRST = 256
"""The smaller of the two sizes of batches on an accelerator."""

_PIXELS = 500 * 64 * 64
"""The most pixels that a layer's output may have, over all images of a batch."""

UNSURE = 0.25
"""The share of the images that get all views: those whose two highest logits are closest."""


def predict_logits(
    network: keras.Model,
    images: NDArray[Any],
    batch_size: int | None = None,
    *,
    tta: str = "none",
    margin: float | None = None,
) -> NDArray[np.float32]:
    """Return the network's logits.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        images: ``[n, height, width, channels]``, uint8; or, of a head, features ``[n, features]``.
        batch_size: the number of images at a time; it does not change the result. By default as
            many as the network's largest layer leaves memory for, at most 500, or 2,000 on an
            accelerator.
        tta: a name of `VIEWS`. Only the images that the network is unsure of get all views, and
            their logits are the weighted means; the others would hardly ever change their class.
        margin: an image is unsure if its two highest logits differ by less. By default the margin
            that a quarter of these very images are below; infinity gives all images all views.

    Returns:
        ``[n, classes]``, float32, unnormalised.
    """
    return logits_and_margin(network, images, batch_size, tta=tta, margin=margin)[0]


def logits_and_margin(
    network: keras.Model,
    images: NDArray[Any],
    batch_size: int | None = None,
    *,
    tta: str = "none",
    margin: float | None = None,
) -> tuple[NDArray[np.float32], float]:
    """Return the network's logits, and the margin below which images got all views.

    With that margin, one of the images alone gets the same views as all of them together. Where
    it was not given, it lies in the middle between the margins of two images, so that rounding
    moves none to the other side. The arguments are those of `predict_logits`.

    Returns:
        The logits; and the margin, infinity if all images got all views that there are.
    """
    return alone(logits_steps(network, images, batch_size, tta=tta, margin=margin))


def logits_steps(
    network: keras.Model,
    images: NDArray[Any],
    batch_size: int | None = None,
    *,
    tta: str = "none",
    margin: float | None = None,
) -> Steps[tuple[NDArray[np.float32], float]]:
    """Do as `logits_and_margin` does, but leave the work of the device to whoever drives this."""
    batch_size = batch_size or fitting_batch(network)
    logits = yield from _plain_logits(network, images, batch_size)
    views = VIEWS[tta]
    if len(views) == 1:
        return logits, float("inf")
    margins = _margins(logits)
    margin = _quarter(margins) if margin is None else margin
    others = [of for of in views if of != (0, False)]
    unsure = np.flatnonzero(margins < margin)
    for start in range(0, len(unsure), batch_size):
        part = unsure[start : start + batch_size]
        # All views of these images in one array: one batch is not full, and not one of each view.
        seen = np.concatenate([view(images[part], *of) for of in others])
        of_views = yield from _plain_logits(network, seen, batch_size)
        of_views = of_views.reshape(len(others), len(part), -1)
        means = np.float32(views[0, False]) * logits[part]
        for of, of_view in zip(others, of_views, strict=True):
            means += np.float32(views[of]) * of_view
        logits[part] = means
    return logits, margin


def is_unsure(network: keras.Model, images: NDArray[Any], margin: float) -> NDArray[np.bool_]:
    """Return of which images the network is unsure, ``[n]``: those that get all views.

    Args:
        network: from pixels to logits.
        images: ``[n, height, width, channels]``, uint8, one or more.
        margin: an image is unsure if its two highest logits differ by less.
    """
    logits = alone(_plain_logits(network, images, fitting_batch(network)))
    return np.asarray(_margins(logits) < margin, bool)


def _margins(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    first, second = np.sort(logits, axis=1)[:, :-3:-1].T
    margins: NDArray[np.float32] = first - second
    return margins


def _quarter(margins: NDArray[np.float32]) -> float:
    """Return the middle between the last margin of the least certain quarter and the next one."""
    ranked = np.sort(margins.astype(np.float64))
    last = ranked[int(np.ceil(UNSURE * len(ranked))) - 1]
    above = ranked[ranked > last]
    return float((last + above[0]) / 2) if len(above) else float("inf")


def fitting_batch(network: keras.Model) -> int:
    """Return how many images are looked at at a time: fewer if a layer's output is large."""
    largest = 1
    for layer in network.layers:
        # A layer of a network that is written as a class has no output of its own.
        try:
            shape = layer.output.shape
        except (AttributeError, ValueError):
            continue
        if len(shape) == 4:
            largest = max(largest, (shape[1] or 1) * (shape[2] or 1))
    # An accelerator takes a large batch in nearly the time of a small one.
    times = 4 if accelerated() else 1
    return max(8, min(500 * times, times * _PIXELS // largest))


def view(images: NDArray[np.uint8], shift: int, mirrored: bool) -> NDArray[np.uint8]:
    """Return images shifted along the diagonal, and flipped left to right if ``mirrored``.

    The border is filled with the mirror image of what is next to it.

    Example:
        >>> view(np.arange(9, dtype=np.uint8).reshape(1, 3, 3, 1), 1, False)[0, ..., 0].tolist()
        [[4, 5, 4], [7, 8, 7], [4, 5, 4]]
    """
    height, width = images.shape[1:3]
    size = abs(shift)
    padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)), mode="reflect")
    start = size + shift
    shifted = padded[:, start : start + height, start : start + width]
    return shifted[:, :, ::-1] if mirrored else shifted


def _plain_logits(
    network: keras.Model, images: NDArray[Any], batch_size: int
) -> Steps[NDArray[np.float32]]:
    outputs: list[NDArray[Any]] = []
    start = 0
    for count, size in _parts(len(images), batch_size):
        part = images[start : start + count]
        outputs.append((yield AskWork(network, part, size)))
        start += count
    return np.concatenate(outputs).astype(np.float32, copy=False)


def _parts(images: int, batch_size: int) -> Iterator[tuple[int, int]]:
    """Yield how many of the images are looked at in batches of which size.

    There are few sizes, because something may be compiled for each: the size that was asked for,
    and powers of two; on an accelerator, two in all. A model in use (`batch_size` up to `IN_USE`)
    has its images dealt out, so that hardly any place of a batch is filled up with an image that is
    there already.

    Example:
        >>> list(_parts(1100, 500)), list(_parts(100, 500))
        ([(1100, 500)], [(100, 128)])
        >>> list(_parts(164, 64)), list(_parts(3, 64))
        ([(128, 64), (32, 32), (4, 4)], [(3, 4)])
    """
    if accelerated():  # to fill a batch takes less time than to compile another
        yield images, min(batch_size, _FIRST) if images <= _FIRST else batch_size
        return
    size = min(batch_size, _power_from(images))
    if batch_size > IN_USE:
        yield images, size
        return
    if whole := images - images % size:
        yield whole, size
        images -= whole
    while images:
        size = _power_from(images)
        if _FEW <= images < size:  # fewer take hardly longer filled up than in several batches
            size //= 2
        yield min(images, size), size
        images -= min(images, size)


def _power_from(count: int) -> int:
    """Return the smallest power of two that is not below a count."""
    return 1 << (count - 1).bit_length()


def softmax(logits: NDArray[Any]) -> NDArray[np.float32]:
    """Return probabilities ``[n, classes]``, float32, each row summing to 1.

    Example:
        >>> softmax(np.zeros((1, 2))).tolist()
        [[0.5, 0.5]]
    """
    logits = logits.astype(np.float64)
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float32] = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32)
