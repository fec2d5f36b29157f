"""Which images of a set a model has met before: it learned from them, or was tested on them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cotejo.data import Dataset
from cotejo.data.folds import folds
from cotejo.elsewhere.images import Sized
from cotejo.elsewhere.model import KnownModel
from cotejo.errors import DataError
from cotejo.inference.training_images import as_studied, data_as_studied
from cotejo.store import RunFolder
from cotejo.trained.learned import learned_images

__all__ = ["Met", "OwnSplits", "met_images", "own_splits"]

_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class OwnSplits:
    """The images that the network of a model learned from and was judged by.

    Attributes:
        dataset: its own training, validation and test images: those of the first fold of a
            cross-validation, whose network is the one that is kept.
        learned: a digest of each image that it learned from, or was chosen by.
        tested: a digest of each of its test images.
    """

    dataset: Dataset
    learned: NDArray[np.bytes_]
    tested: NDArray[np.bytes_]


@dataclass(frozen=True, eq=False)
class Met:
    """Which images a model has met before.

    Attributes:
        learned: ``[n]``, whether it learned from an image, or was chosen by it.
        tested: ``[n]``, whether an image is one of its own test images.
    """

    learned: NDArray[np.bool_]
    tested: NDArray[np.bool_]

    @property
    def new(self) -> NDArray[np.bool_]:
        """``[n]``, whether it has met an image in no way."""
        return ~(self.learned | self.tested)


def own_splits(
    model: KnownModel,
    dataset: Dataset,
    data: Path | str | None = None,
    data_dir: Path | None = None,
) -> OwnSplits | None:
    """Return what a model learned from and was judged by; None where that can't be had.

    The set that the model is asked about may be that data, split in another way. If it is not, the
    data is looked for where the study found it, and then where the set lies.

    Args:
        model: the model.
        dataset: the set that it is asked about.
        data: the name or path that it was loaded by.
        data_dir: the folder to take a published data set from.
    """
    origin = model.classifier.origin
    if origin is None:
        return None
    studied = as_studied(dataset, origin)
    for place in (None, data) if studied is None else ():
        try:
            studied = data_as_studied(origin, place, data_dir)
            break
        except DataError:  # it is not there: the caller says that nothing could be compared
            continue
    if studied is None:
        return None
    own, learned = studied, studied.train
    if isinstance(origin, RunFolder):
        own = next(folds(studied, int(origin.record["seed"]))).dataset
        learned = learned_images(studied, origin.record)
    of_learned = np.concatenate([_digests(learned.images), _digests(own.valid.images)])
    return OwnSplits(own, of_learned, _digests(own.test.images))


def met_images(own: OwnSplits, images: Sized) -> Met:
    """Return which images a model has met, by what is in them and not by where they lie.

    Args:
        own: what the model learned from and was judged by.
        images: in the size that it takes.

    Returns:
        For each image; one that is among its test images counts as such, even if a copy of it is
        among those that it learned from.
    """
    digests = _digests(images)
    tested = np.isin(digests, own.tested)
    return Met(learned=np.isin(digests, own.learned) & ~tested, tested=tested)


def _digests(images: NDArray[np.uint8] | Sized) -> NDArray[np.bytes_]:
    """Return ``[n]``: 128 bits of each image's SHA-256, as hexadecimal digits."""
    found: list[str] = []
    for start in range(0, len(images), _AT_ONCE):
        part = images[start : start + _AT_ONCE]
        found += [hashlib.sha256(np.ascontiguousarray(each).data).hexdigest()[:32] for each in part]
    return np.array(found, "S32")
