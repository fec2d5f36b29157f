"""How alike two images are, by their pixels: one is laid over the other and compared in windows.

A correlation over the whole image is high for any two dark planes on a bright sky, because a few
strong edges make up most of it. So small windows are compared one by one, and every window with
something in it has the same weight. Copies of one photograph agree in nearly all windows.

Most candidates are no copies, and small images show it at a fraction of the cost. So the images are
laid over each other at a small size first. Each stage goes on from the position that the one before
has found, and only with the pairs that are alike enough so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.alignment import Pixels, Warp, best_start, refined, warped
from cotejo.data.audit.pixels import CHECKED, blurred, halved, small_luminance

__all__ = ["Turn", "begun", "coarse", "finished", "likeness"]

Turn = Literal["as it is", "mirrored", "upside down"]
"""How the first image of a pair is turned before the two are compared."""

NOISE = 2.0
"""A standard deviation, in levels of 255: a window far below it has nothing in it but noise."""

_FILLED = 0.1
"""The share of an image's windows that must have something in them, for a comparison."""

_OVERLAP = 0.5
"""The share of the image that the two must have in common when one is laid over the other."""

_WINDOW = 5

_WINDOWS = 16
"""Before the last stage, windows are compared at about so many places in each direction."""

_AT_ONCE = 2**17
"""So many pixels of the pairs are computed at once: 512 kB an array, to stay in the cache."""


@dataclass(frozen=True)
class _Stage:
    """One part of the search for how one image lies over another.

    Attributes:
        smaller: how many pixels of a side become one.
        steps: how many steps of the Gauss-Newton method.
        least: the likeness from which a pair goes on to the next stage; None: every pair does.
        blur: whether both images are blurred before.
        start: whether a few positions are tried first; else the last stage's is the start.
    """

    smaller: int
    steps: int
    least: float | None = None
    blur: bool = False
    start: bool = False


_FULL_SIZE = (_Stage(1, 1, least=0.45), _Stage(1, 2, least=0))

_SMALL = (
    _Stage(2, 4, least=0.6, start=True),
    _Stage(1, 0, least=0.35),
    _Stage(1, 3, blur=True),
    *_FULL_SIZE,
)
"""The stages for images of less than 64 pixels a side."""

_LARGE = (
    _Stage(4, 4, start=True),
    _Stage(2, 0, least=0.5),
    _Stage(2, 2, least=0.6),
    _Stage(1, 0, least=0.35),
    *_FULL_SIZE,
)


def likeness(
    images: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    turn: Turn = "as it is",
) -> NDArray[np.float32]:
    """Return how alike the images of each pair are, whatever their colours, position and size.

    The second is shifted by up to a quarter of the side and scaled by 0.75 to 1.33 in each
    direction, until it agrees best with the first. Then the two are correlated in windows of 5 by
    5 pixels. The likeness is the mean over the windows that have more than noise in them. Only
    luminance is compared, no colour.

    Args:
        images: ``[m, height, width, channels]``, uint8.
        first: the position of each pair's first image, ``[n]``.
        second: that of its second image, ``[n]``.
        turn: how the first image is turned before the two are compared.

    Returns:
        ``[n]``, float32, in ``[0, 1]``: 1 for copies; 0 if the two are not alike, or if there is
        too little in one of them to tell. It takes up to 21 kB of memory per image, and some 20 MB.

    Example:
        >>> images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
        >>> images[1] = images[0, :, ::-1]
        >>> first, second = np.array([0]), np.array([1])
        >>> likeness(images, first, second).tolist()
        [0.0]
        >>> likeness(images, first, second, "mirrored").round(2).tolist()
        [1.0]
    """
    likenesses = np.zeros(len(first), np.float32)
    going, warp = begun(coarse(images), images.shape, first, second, turn)
    likenesses[going] = finished(images, first[going], second[going], warp, turn)
    return likenesses


def coarse(images: NDArray[np.uint8]) -> Pixels:
    """Return the luminance of images at the small size for `begun`, ``[m, side, side]``.

    The side is 16 to 31 pixels.
    """
    planes = _luminance(images)
    for _ in range(_stages(images.shape)[0].smaller // 2):
        planes = halved(planes)
    return planes


def begun(
    planes: Pixels,
    shape: tuple[int, ...],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    turn: Turn,
) -> tuple[NDArray[np.int64], Warp]:
    """Return which pairs may be alike, by their positions, and how one lies over the other.

    It is the first of the stages, in which all pairs are compared and most are left out.

    Args:
        planes: what `coarse` gives for the images.
        shape: the shape of the images.
        first: the position of each pair's first image, ``[n]``.
        second: that of its second image, ``[n]``.
        turn: how the first image is turned before the two are compared.
    """
    warp = np.zeros((len(first), 4), np.float32)
    pairs = _Pairs(first, second, turn, warp, np.zeros(len(first), np.float32))
    stage = _stages(shape)[0]
    going = _gone_through(stage, planes, pairs, np.arange(len(first)), every=1)
    return going, pairs.warp[going]


def finished(
    images: NDArray[np.uint8],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    warp: Warp,
    turn: Turn,
) -> Pixels:
    """Return the `likeness` of pairs that `begun` has left.

    Args:
        images: ``[m, height, width, channels]``, uint8.
        first: the position of each pair's first image, ``[n]``.
        second: that of its second image, ``[n]``.
        warp: how the second lies over the first, as `begun` gives it.
        turn: how the first image is turned before the two are compared.
    """
    pairs = _Pairs(first, second, turn, warp.copy(), np.zeros(len(first), np.float32))
    going = np.arange(len(first))
    if not len(going):
        return pairs.likenesses
    planes = _luminance(images)
    sizes = {1: planes, 2: halved(planes)}
    stages = _stages(images.shape)[1:]
    for stage in stages:
        side = sizes[stage.smaller].shape[1]
        every = 1 if stage is stages[-1] else max(1, side // _WINDOWS)
        going = _gone_through(stage, sizes[stage.smaller], pairs, going, every)
    return pairs.likenesses


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of images, and what is known of them so far.

    Attributes:
        first: the position of each pair's first image, ``[n]``.
        second: that of its second image, ``[n]``.
        turn: how the first image is turned.
        warp: how the second lies over the first, ``[n, 4]``; shifts as a share of the side.
        likenesses: ``[n]``.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    turn: Turn
    warp: Warp
    likenesses: Pixels


def _gone_through(
    stage: _Stage, planes: Pixels, pairs: _Pairs, going: NDArray[np.int64], every: int
) -> NDArray[np.int64]:
    """Take some of the pairs through a stage, and return those that are alike enough to go on."""
    left, side = _turned(planes, pairs.turn), planes.shape[1]
    unit = np.array([1, side, 1, side], np.float32)
    for part in _parts(going, side):
        pair = left[pairs.first[part]], planes[pairs.second[part]]
        if stage.blur:
            pair = blurred(pair[0]), blurred(pair[1])
        before = best_start(*pair) if stage.start else pairs.warp[part] * unit
        after = refined(*pair, before, stage.steps)
        pairs.warp[part] = after / unit
        if stage.least is not None:
            moved, inside = warped(pair[1], after)
            pairs.likenesses[part] = _local_agreement(pair[0], moved, inside, every)
    if stage.least is None:
        return going
    enough = pairs.likenesses[going] >= stage.least
    pairs.likenesses[going[~enough]] = 0
    return going[enough]


def _stages(shape: tuple[int, ...]) -> tuple[_Stage, ...]:
    """Return the stages for images of a shape, ``[m, height, width, channels]``."""
    return _LARGE if max(shape[1:3]) >= CHECKED[1] - 1 else _SMALL


def _parts(numbers: NDArray[np.int64], side: int) -> list[NDArray[np.int64]]:
    """Return numbers of images in parts that are computed at once."""
    count = max(1, _AT_ONCE // side**2)
    return [numbers[start : start + count] for start in range(0, len(numbers), count)]


def _luminance(images: NDArray[np.uint8]) -> Pixels:
    """Return `small_luminance` of all images, computed for a part at a time."""
    parts = _parts(np.arange(len(images)), max(images.shape[1:3]))
    return np.concatenate([small_luminance(images[part]) for part in parts])


def _local_agreement(left: Pixels, right: Pixels, inside: Pixels, every: int) -> Pixels:
    """Return the mean correlation over windows, where ``right`` lies over ``left``, ``[n]``."""
    left, right = left * inside, right * inside
    area = np.maximum(_windowed(inside, every), 1e-3)

    def mean(values: Pixels) -> Pixels:
        return np.asarray(_windowed(values, every) / area, np.float32)

    left_mean, right_mean = mean(left), mean(right)
    left_variance = np.maximum(mean(left * left) - left_mean**2, 0)
    right_variance = np.maximum(mean(right * right) - right_mean**2, 0)
    covariance = mean(left * right) - left_mean * right_mean
    agreement = covariance / np.sqrt(np.maximum(left_variance * right_variance, 1))
    larger = np.maximum(left_variance, right_variance)
    compared = inside[:, ::every, ::every]
    weight = larger / (larger + np.float32(NOISE**2)) * compared
    flat = weight.reshape(len(weight), -1)
    filled, overlap = flat.sum(axis=1), compared.sum(axis=(1, 2))
    score = np.vecdot(agreement.reshape(flat.shape), flat) / np.maximum(filled, 1e-6)
    enough = (filled >= _FILLED * overlap) & (overlap >= _OVERLAP * compared[0].size)
    return np.where(enough, np.clip(score, 0, 1), 0).astype(np.float32)


def _windowed(values: Pixels, every: int) -> Pixels:
    """Return the mean over the window around every so many pixels of ``[n, side, side]``."""
    weights, transposed = _window_weights(values.shape[1], every)
    return weights @ (values @ transposed)


@cache
def _window_weights(side: int, every: int) -> tuple[Pixels, Pixels]:
    """Return weights ``[windows, side]``, also transposed; the edge is repeated beyond the edge."""
    weights = np.zeros((side, side), np.float32)
    rows = np.arange(side)
    for offset in range(-(_WINDOW // 2), _WINDOW // 2 + 1):
        weights[rows, np.clip(rows + offset, 0, side - 1)] += np.float32(1 / _WINDOW)
    return weights[::every], np.ascontiguousarray(weights[::every].T)


def _turned(planes: Pixels, turn: Turn) -> Pixels:
    if turn == "mirrored":
        return planes[:, :, ::-1]
    return planes[:, ::-1] if turn == "upside down" else planes
