"""What tests ask of somebody's own images: pixels and classes by name, reasons, the error."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cotejo.config.own_images import OwnImages
from cotejo.data import Dataset, load
from cotejo.errors import DataError

__all__ = [
    "class_by_name",
    "damaged",
    "error_of",
    "left_out",
    "opened",
    "pixels_by_name",
    "split_by_name",
]

SPLITS = ("train", "valid", "test")


def opened(path: Path, **options: Any) -> Dataset:
    return load(path, images=OwnImages(image_size=8, **options))


def error_of(path: Path, **options: Any) -> str:
    """Return the line with which a path is refused, without the path itself."""
    with pytest.raises(DataError) as caught:
        opened(path, **options)
    said = str(caught.value)
    assert "\n" not in said
    return said.replace(str(path), "PATH")


def left_out(dataset: Dataset) -> dict[str, str]:
    """Return the reason of each file that was left out."""
    assert dataset.pictures is not None
    return {name: reason for name, reason, _ in dataset.pictures.left_out}


def _rows(dataset: Dataset) -> Iterator[tuple[str, str, int, np.ndarray]]:
    for split in SPLITS:
        part = getattr(dataset, split)
        for row in zip(part.names, part.labels.tolist(), part.images, strict=True):
            yield split, *row


def pixels_by_name(dataset: Dataset) -> dict[str, np.ndarray]:
    return {name: image for _, name, _, image in _rows(dataset)}


def class_by_name(dataset: Dataset) -> dict[str, str]:
    classes = dataset.class_names["en"]
    return {name: classes[label] for _, name, label, _ in _rows(dataset)}


def split_by_name(dataset: Dataset) -> dict[str, str]:
    return {name: split for split, name, _, _ in _rows(dataset)}


def damaged(content: bytes, draw: random.Random, counts: Sequence[int], *, cut: bool) -> bytes:
    """Return bytes of which some are others, as many as one of the counts, or that end early."""
    harmed = bytearray(content)
    for _ in range(draw.choice(counts)):
        harmed[draw.randrange(len(harmed))] = draw.randrange(256)
    if cut:
        del harmed[draw.randrange(len(harmed)) :]
    return bytes(harmed)
