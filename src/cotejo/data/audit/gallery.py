"""The images that a gallery shows: which issues, and their images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cotejo.data.audit.result import KINDS, SPLITS, Issue
from cotejo.data.dataset import Dataset

__all__ = ["LABELS_KEPT", "PAIRS_ACROSS", "gallery_images", "shown", "spread"]

PAIRS_ACROSS = 24
"""How many pairs of a test image and a training or validation image a gallery shows."""

LABELS_KEPT = 200
"""How many images of suspected labels of each split are kept, to be looked at one by one."""

_PAIRS_WITHIN, _LABELS, _OF_A_KIND = 12, 24, 12
_LARGEST = 128
"""Pixels per side of the images that are kept; larger images are made smaller."""


def shown(issues: Sequence[Issue], labels: int = _LABELS) -> list[Issue]:
    """Return the issues that a gallery shows, with ``labels`` suspected labels of each split.

    Duplicates are spread evenly over the scores, from the surest to the least sure, so that a
    reader sees how far they can be trusted. Of the other kinds, the highest scores are shown.
    """
    chosen: list[Issue] = []
    for kind in KINDS:
        of_kind = [issue for issue in issues if issue.kind == kind]
        if of_kind and of_kind[0].is_duplicate:
            within = [issue for issue in of_kind if not issue.is_leak]
            chosen += spread([issue for issue in of_kind if issue.is_leak], PAIRS_ACROSS)
            chosen += spread(within, _PAIRS_WITHIN)
        else:
            most = labels if kind == "label" else _OF_A_KIND
            for split in SPLITS:
                chosen += [issue for issue in of_kind if issue.split == split][:most]
    return chosen


def spread(issues: Sequence[Issue], count: int) -> list[Issue]:
    """Return up to ``count`` of the issues, evenly spaced, including the first and the last.

    Example:
        >>> [issue.index for issue in spread([Issue(i, "test", "dark", 1) for i in range(9)], 3)]
        [0, 4, 8]
    """
    if len(issues) <= count:
        return list(issues)
    return [issues[position] for position in np.linspace(0, len(issues) - 1, count).astype(int)]


def gallery_images(
    dataset: Dataset, issues: Iterable[Issue]
) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]:
    """Return the images of some issues, each image once, with their places and their labels.

    Returns:
        The attributes ``images``, ``places`` and ``labels`` of an `Audit`.
    """
    positions: dict[tuple[int, int], None] = {}  # a set that keeps its order
    for issue in issues:
        positions[SPLITS.index(issue.split), issue.index] = None
        if issue.partner is not None and issue.partner_split is not None:
            positions[SPLITS.index(issue.partner_split), issue.partner] = None
    places = np.array(list(positions), np.int32).reshape(-1, 2)
    splits = [getattr(dataset, name) for name in SPLITS]
    images = [_small(splits[split].images[index]) for split, index in positions]
    labels = [splits[split].labels[index] for split, index in positions]
    empty = np.zeros((0, *dataset.image_shape), np.uint8)
    return np.stack(images) if images else empty, places, np.array(labels, np.int32)


def _small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width, channels = image.shape
    if max(height, width) <= _LARGEST:
        return image
    # Deferred: CIFAR-10's images need no resizing.
    from PIL import Image

    scale = _LARGEST / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    resized = [np.asarray(Image.fromarray(image[..., c]).resize(size)) for c in range(channels)]
    return np.stack(resized, axis=-1)
