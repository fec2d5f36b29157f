"""The handwritten digits that come with scikit-learn: real data that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cotejo.data.dataset import Dataset, Split
from cotejo.data.published.forms import DIGITS
from cotejo.data.registry import Source
from cotejo.data.splits import stratified_split

if TYPE_CHECKING:
    from cotejo.data.transfer import Progress

__all__ = ["SOURCE"]

_SEED = 0
_FRACTIONS = (0.6, 0.2, 0.2)


def load_digits(data_dir: Path | None = None, progress: Progress | None = None) -> Dataset:
    """Return scikit-learn's 1,797 digits as images of CIFAR-10's shape.

    The originals are 8 by 8 pixels with 17 levels of grey, 0 to 16. Each pixel becomes a block of
    4 by 4 equal pixels, its level is scaled to 0 to 255, and the three channels are equal. Of each
    digit's images, 60% are for training, 20% for validation and 20% for the test.

    Args:
        data_dir: not used: scikit-learn holds the images.
        progress: not used: nothing is downloaded.

    Example:
        >>> digits = load_digits()
        >>> digits.train.images.shape, len(digits.valid), len(digits.test)
        ((1078, 32, 32, 3), 360, 359)
    """
    # Deferred: scikit-learn takes a second to import, and CIFAR-10 doesn't need it.
    from sklearn import datasets

    levels, labels = datasets.load_digits(return_X_y=True)
    grey = np.rint(levels.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    large = grey.repeat(4, axis=1).repeat(4, axis=2)
    images = np.repeat(large[..., np.newaxis], 3, axis=3)  # [1797, 32, 32, 3]
    train, valid, test = (
        Split(images[chosen], labels[chosen].astype(np.int32))
        for chosen in stratified_split(labels, _FRACTIONS, _SEED)
    )
    return Dataset(
        name="digits",
        train=train,
        valid=valid,
        test=test,
        class_names=dict(DIGITS),
        split={"method": "stratified", "seed": _SEED},
        source="scikit-learn",
    )


SOURCE = Source(
    name="digits",
    load=load_digits,
    fingerprint="14062915562633dd1c776416a5f720afd7f63af771c43ab5c7273597c49a6a74",
    mirroring_keeps_class=False,
    looks_alike_upside_down=True,
)
