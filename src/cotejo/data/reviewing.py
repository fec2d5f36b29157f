"""A data set without the images whose labels a person confirmed to be wrong, and its archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.data.audit import Review, read_review
from cotejo.data.dataset import Dataset
from cotejo.errors import ConfigError, DataError
from cotejo.store import StudyFile, write_npz

__all__ = ["left_out", "review_of", "save_arrays", "without_wrong_labels"]

_LEARNED = ("train", "valid")
"""The splits that images are left out of. Never the test images: who chooses those that a model is
measured on can reach any score."""


def review_of(dataset: Dataset, path: Path) -> Review:
    """Return what a person said of the labels of a data set.

    Args:
        dataset: whose labels it is about.
        path: of a ``review.csv``, or of the folder that holds it.

    Raises:
        ConfigError: nothing there is said of these data.
        OutputError: the file is damaged.
    """
    folder = path.parent if path.name == StudyFile.REVIEW else path
    review = read_review(folder, dataset.fingerprint)
    if not review:
        raise ConfigError("review_none", path=folder, name=dataset.name)
    return review


def left_out(review: Review) -> Mapping[str, int]:
    """Return how many images `without_wrong_labels` leaves out, by split."""
    return {split: len(_wrong(review, split)) for split in _LEARNED}


def without_wrong_labels(dataset: Dataset, review: Review) -> Dataset:
    """Return a data set without the images whose labels a person confirmed to be wrong.

    They are left out of the training and validation images; the test images stay as they are. It
    is another data set, with a fingerprint of its own, and its name says so.

    Args:
        dataset: the whole.
        review: what was said of its labels (`cotejo.data.audit.read_review`).

    Raises:
        DataError: the review names an image that the data set does not have.

    Example:
        >>> from cotejo.data import load
        >>> from cotejo.data.audit import Reviewed
        >>> digits = load("digits")
        >>> label = int(digits.train.labels[7])
        >>> said = Reviewed("train", 7, label, 1, "confirmed", "", digits.fingerprint)
        >>> kept = without_wrong_labels(digits, {("train", 7): said})
        >>> kept.name, len(digits.train) - len(kept.train)
        ('digits-reviewed', 1)
    """
    kept: dict[str, Any] = {}
    wrong_files: list[tuple[str, str, str]] = []
    for split in _LEARNED:
        own, wrong = getattr(dataset, split), _wrong(review, split)
        if wrong and max(wrong) >= len(own):
            raise DataError("review_no_image", split=split, index=max(wrong), count=len(own))
        if wrong:
            kept[split] = own.take(np.setdiff1d(np.arange(len(own)), wrong))
            wrong_files += [(own.names[index], "wrong_label", "") for index in wrong if own.names]
    if dataset.pictures is not None:
        listed = (*dataset.pictures.left_out, *wrong_files)
        kept["pictures"] = replace(dataset.pictures, left_out=listed)
    return replace(dataset, name=f"{dataset.name}-reviewed", **kept)


def save_arrays(dataset: Dataset, path: Path) -> None:
    """Write a data set as a NumPy archive, which `cotejo.data.load` reads back.

    Args:
        dataset: whose splits and class names, in English, are kept.
        path: of the archive; a file that is there is replaced.

    Raises:
        DataError: pictures of its that belong together have to stay together, which an archive
            can't tell, or the name does not end in ``.npz``.
        OutputError: it can't be written.
    """
    if path.suffix.casefold() != ".npz":
        raise DataError("save_not_npz", path=path)
    splits = {split: getattr(dataset, split) for split in ("train", "valid", "test")}
    if any(own.groups is not None for own in splits.values()):
        raise DataError("save_groups", name=dataset.name)
    arrays = {"class_names": np.array(dataset.class_names["en"])}
    for split, own in splits.items():
        arrays |= {f"x_{split}": own.images, f"y_{split}": own.labels}
    write_npz(path, **arrays)


def _wrong(review: Review, split: str) -> list[int]:
    said = (each for each in review.values() if each.split == split)
    return [each.index for each in said if each.verdict == "confirmed"]
