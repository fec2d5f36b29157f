"""Weather: snow, frost on a window, fog, and a brighter light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions.ice import ice
from cotejo.corruptions.sampling import grey, streaked, zoomed

__all__ = ["brightness", "fog", "frost", "snow"]

Images = NDArray[np.float32]
Draws = Sequence[np.random.Generator]

_FIRST_ROUGHNESS = 100.0


def snow(
    images: Images,
    draws: Draws,
    mean: float,
    deviation: float,
    zoom: float,
    threshold: float,
    radius: float,
    streak: float,
    share: float,
) -> Images:
    """Whiten an image and let streaks of snow fall over it, one layer from each side."""
    shape = images.shape[1:3]
    noise = np.stack([draw.standard_normal(shape, np.float32) for draw in draws])[..., None]
    flakes = zoomed(np.float32(mean) + np.float32(deviation) * noise, [zoom])
    flakes[flakes < threshold] = 0
    angles = [draw.uniform(-135, -45) for draw in draws]
    layer = streaked(np.clip(flakes, 0, 1), radius, streak, angles)
    whitened = np.maximum(images, grey(images) * np.float32(1.5) + np.float32(0.5))
    result = np.float32(share) * images + np.float32(1 - share) * whitened
    snowy: Images = result + layer + layer[:, ::-1, ::-1]
    return snowy


def frost(images: Images, draws: Draws, share: float, thickness: float) -> Images:
    """Look through ice, which is Cotejo's own: the authors' are photographs."""
    sheets = np.stack([ice(draw, *images.shape[1:3]) for draw in draws])
    if images.shape[3] == 1:
        sheets = grey(sheets)
    return np.float32(share) * images + np.float32(thickness) * sheets


def fog(images: Images, draws: Draws, thickness: float, decay: float) -> Images:
    """Add clouds, and keep the brightest value what it was."""
    height, width = images.shape[1:3]
    clouds = plasma(draws, max(height, width), decay)[:, :height, :width, None]
    brightest = images.max(axis=(1, 2, 3), keepdims=True)
    thick = np.float32(thickness)
    # A black image has no light to scatter.
    foggy: Images = (images + thick * clouds) * brightest / (brightest + thick)
    return foggy


def plasma(draws: Draws, side: int, decay: float) -> NDArray[np.float32]:
    """Return clouds ``[n, size, size]`` from 0 to 1 by the diamond-square algorithm.

    Args:
        draws: one generator per cloud.
        side: that they have at least; their size is the next power of two.
        decay: by what the roughness falls whenever the distance of the points is halved.

    References:
        Fournier, A., Fussell, D. and Carpenter, L. (1982). Computer rendering of stochastic
        models. Communications of the ACM 25(6).
    """
    size = 1 << max(side - 1, 1).bit_length()
    drawn = np.stack([draw.uniform(-1, 1, size * size).astype(np.float32) for draw in draws])
    heights = np.zeros((len(drawn), size, size), np.float32)
    used, step, roughness = 0, size, _FIRST_ROUGHNESS

    def rough(sums: NDArray[np.float32]) -> NDArray[np.float32]:
        nonlocal used
        count = sums[0].size
        part = drawn[:, used : used + count].reshape(sums.shape)
        used += count
        # The authors' roughness counts twice: as the range of the draw, and as its factor.
        return sums / 4 + np.float32(roughness**2) * part

    while step >= 2:
        half = step // 2
        corners = heights[:, ::step, ::step]
        rows = corners + np.roll(corners, -1, axis=1)
        heights[:, half::step, half::step] = rough(rows + np.roll(rows, -1, axis=2))
        middles = heights[:, half::step, half::step]
        upright = corners + np.roll(corners, -1, axis=2)
        heights[:, ::step, half::step] = rough(middles + np.roll(middles, 1, axis=1) + upright)
        across = corners + np.roll(corners, -1, axis=1)
        heights[:, half::step, ::step] = rough(middles + np.roll(middles, 1, axis=2) + across)
        step, roughness = half, roughness / decay
    heights -= heights.min(axis=(1, 2), keepdims=True)
    result: NDArray[np.float32] = heights / heights.max(axis=(1, 2), keepdims=True)
    return result


def brightness(images: Images, draws: Draws, more: float) -> Images:
    """Raise the value of HSV, and keep hue and saturation; nothing is drawn."""
    value = images.max(axis=3, keepdims=True)
    raised = np.minimum(value + np.float32(more), 1)
    # Black has neither hue nor saturation: it becomes grey.
    scale = np.divide(raised, value, out=np.zeros_like(value), where=value > 0)
    bright: Images = np.where(value > 0, images * scale, raised)
    return bright
