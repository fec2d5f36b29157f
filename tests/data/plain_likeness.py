"""The likeness of two images, computed plainly: a pair at a time, and nothing is left out early.

`cotejo.data.audit.likeness` has to find the same copies, in a small part of the time.
"""

from __future__ import annotations

import numpy as np

from cotejo.data.audit.pixels import blurred, halved, small_luminance

STARTS = [(1.0, down, 1.0, across) for down in (0, -3, 3) for across in (0, -3, 3)]
STARTS += [(0.87, 0.0, 0.87, 0.0), (1.15, 0.0, 1.15, 0.0)]
"""Vertical scale and shift, horizontal scale and shift; shifts in pixels of 32."""


def plain_likenesses(images: np.ndarray) -> dict[tuple[int, int], float]:
    """Return how alike the images of every pair are, as they are or mirrored: the later first."""
    planes = small_luminance(images).astype(np.float64)
    return {
        (later, earlier): max(
            plain_likeness(planes[earlier], planes[later]),
            plain_likeness(planes[earlier][:, ::-1], planes[later]),
        )
        for later in range(len(planes))
        for earlier in range(later)
    }


def plain_likeness(first: np.ndarray, second: np.ndarray) -> float:
    """Return how alike two planes ``[side, side]`` are."""
    small = half(first), half(second)
    side = len(small[0])
    starts = [np.array(start) * [1, side / 32, 1, side / 32] for start in STARTS]
    warp = max(starts, key=lambda start: correlation(small[0], *warped(small[1], start)))
    warp = refined(*small, warp, 4) * [1, 2, 1, 2]
    warp = refined(blurred(first[None])[0], blurred(second[None])[0], warp, 3)
    return local_agreement(first, *warped(second, refined(first, second, warp, 3)))


def half(plane: np.ndarray) -> np.ndarray:
    return halved(plane[None])[0]


def warped(plane: np.ndarray, warp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, inside_rows = sampling(*warp[:2], len(plane))
    columns, inside_columns = sampling(*warp[2:], len(plane))
    return rows @ plane @ columns.T, np.outer(inside_rows, inside_columns)


def sampling(scale: float, shift: float, side: int) -> tuple[np.ndarray, np.ndarray]:
    place = scale * (np.arange(side) - (side - 1) / 2) + (side - 1) / 2 + shift
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(side)))
    return weights, (place >= 0) & (place <= side - 1)


def correlation(first: np.ndarray, second: np.ndarray, inside: np.ndarray) -> float:
    one, other = first[inside], second[inside]
    spread = one.std() * other.std()
    return float(np.mean((one - one.mean()) * (other - other.mean())) / spread) if spread else 0.0


def refined(first: np.ndarray, second: np.ndarray, warp: np.ndarray, steps: int) -> np.ndarray:
    side = len(first)
    place = np.arange(side) - (side - 1) / 2
    for _ in range(steps):
        moved, inside = warped(second, warp)
        down, across = np.gradient(moved)
        down, across = down / warp[0], across / warp[2]
        parts = [down * place[:, None], down, across * place, across, moved, np.ones_like(moved)]
        columns = np.stack([part[inside] for part in parts])
        normal = columns @ columns.T + 1e-3 * np.eye(6)
        solution = np.linalg.solve(normal, columns @ first[inside])
        most = np.array([0.05, side / 32] * 2)
        change = np.clip(solution[:4] / max(solution[4], 0.1), -most, most)
        warp = np.clip(warp + change, [0.75, -side / 4] * 2, [1.33, side / 4] * 2)
    return warp


def local_agreement(first: np.ndarray, second: np.ndarray, inside: np.ndarray) -> float:
    places = np.lib.stride_tricks.sliding_window_view

    def mean(values: np.ndarray) -> np.ndarray:
        wide = places(np.pad(np.where(inside, values, 0), 2, mode="edge"), (5, 5))
        return wide.mean(axis=(2, 3)) / np.maximum(area, 1e-3)

    area = places(np.pad(inside, 2, mode="edge"), (5, 5)).mean(axis=(2, 3))
    spread_one = np.maximum(mean(first**2) - mean(first) ** 2, 0)
    spread_other = np.maximum(mean(second**2) - mean(second) ** 2, 0)
    shared = mean(first * second) - mean(first) * mean(second)
    agreement = shared / np.sqrt(np.maximum(spread_one * spread_other, 1))
    larger = np.maximum(spread_one, spread_other)
    weight = larger / (larger + 4) * inside
    if weight.sum() < 0.1 * inside.sum() or inside.sum() < first.size / 2:
        return 0.0
    return float(np.clip((agreement * weight).sum() / weight.sum(), 0, 1))
