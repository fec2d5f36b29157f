"""Images with structure at every scale, as photographs have, and changed copies of them."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from cotejo.data import Dataset, Split

LARGE = 48
"""Pixels a side of what the images of 32 are cut from, so that a crop shows what is beyond."""


def scenes(count: int, seed: int = 0) -> np.ndarray:
    """Return ``[count, 48, 48, 3]`` uint8: blobs of all sizes in colours of their own."""
    generator = np.random.default_rng(seed)
    images = np.zeros((count, LARGE, LARGE, 3))
    for size, weight in ((3, 1.0), (6, 0.8), (12, 0.5), (24, 0.3)):
        coarse = generator.normal(size=(count, size, size, 3))
        shared = generator.normal(size=(count, size, size, 1))
        images += weight * _enlarged(coarse * 0.5 + shared)
    images -= images.min(axis=(1, 2, 3), keepdims=True)
    return (255 * images / images.max(axis=(1, 2, 3), keepdims=True)).astype(np.uint8)


def cut(scene: np.ndarray, down: int = 8, across: int = 8, side: int = 32) -> np.ndarray:
    """Return a square of a scene, brought to 32 by 32."""
    part = Image.fromarray(scene[down : down + side, across : across + side])
    return np.asarray(part.resize((32, 32), Image.Resampling.BICUBIC))


def saved_again(image: np.ndarray) -> np.ndarray:
    """Return an image as it is after it was saved as JPEG."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=80)
    return np.asarray(Image.open(file))


def recoloured(image: np.ndarray) -> np.ndarray:
    """Return an image in other colours, with less contrast."""
    return (image * [0.8, 0.5, 0.6] + [10, 60, 40]).astype(np.uint8)


CHANGED: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "recoloured": lambda scene: recoloured(cut(scene)),
    "grey": lambda scene: np.repeat(cut(scene).mean(axis=2, keepdims=True), 3, 2).astype(np.uint8),
    "shifted": lambda scene: cut(scene, 10, 6),
    "cropped": lambda scene: cut(scene, 10, 10, side=28),
    "squeezed": lambda scene: cut(scene, 7, 9, side=33),
    "mirrored": lambda scene: cut(scene)[:, ::-1],
    "saved again": lambda scene: saved_again(cut(scene)),
    "mirrored, recoloured and shifted": lambda scene: recoloured(cut(scene, 9, 7)[:, ::-1]),
}
"""What is done to a scene so that its image is a near-duplicate of `cut`'s."""


def dataset_of(train: np.ndarray, valid: np.ndarray, test: np.ndarray) -> Dataset:
    """Return a dataset of images whose labels are 0 and 1 in turn."""
    splits = [
        Split(one, (np.arange(len(one)) % 2).astype(np.int32)) for one in (train, valid, test)
    ]
    names = ("one", "other")
    return Dataset("made-up", *splits, {"en": names, "es": names}, {"method": "made up"}, "nowhere")


def _enlarged(coarse: np.ndarray) -> np.ndarray:
    place = np.linspace(0, coarse.shape[1] - 1, LARGE)
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(coarse.shape[1])))
    return np.einsum("xi,nijc,yj->nxyc", weights, coarse, weights)
