"""A dataset in memory: three splits of images and labels, and the names of the classes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.arrays import checked_images, checked_labels
from cotejo.data.picture_facts import PictureFacts
from cotejo.errors import DataError
from cotejo.messages import LANGUAGES

__all__ = ["Dataset", "Split", "merged", "without_validation"]


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels.

    Attributes:
        images: ``[n, height, width, channels]``, uint8.
        labels: ``[n]``, int32 in ``[0, classes)``.
        names: the paths of the files that the images were read from, ``n`` of them; None if they
            were read from none.
        groups: ``[n]``, int64, equal for images that stay on one side of every split: copies of
            one another, or of one patient. None if nobody looked for any.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]
    names: tuple[str, ...] | None = None
    groups: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: NDArray[np.int64]) -> Split:
        """Return the images at these positions, with all that is known of them.

        Example:
            >>> split = Split(np.zeros((3, 8, 8, 1), np.uint8), np.array([0, 1, 2], np.int32))
            >>> split.take(np.array([2, 0])).labels.tolist()
            [2, 0]
        """
        return Split(
            self.images[chosen],
            self.labels[chosen],
            None if self.names is None else tuple(self.names[at] for at in chosen),
            None if self.groups is None else self.groups[chosen],
        )


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset and how it was split.

    It is checked when it is made. What has only one possible meaning is converted: labels of
    another type of whole numbers or of shape ``[n, 1]``, grey images without a channel axis, and
    one list of class names for all languages. Anything else is refused with an error that says in
    one line what to do.

    Attributes:
        name: what studies and files call it, such as ``"cifar10"``.
        train, valid, test: the splits. Models learn from ``train``, choices are made on
            ``valid``, and ``test`` is read once per finished run.
        class_names: the names of the classes in the order of their labels, by language
            (``{"en": …, "es": …}``), or one list for every language.
        split: how the splits were made: ``{"method": "notebook"}`` (CIFAR-10: the first 40,000
            training images, the last 10,000, the 10,000 test images), ``"last"`` (the last of the
            published training images validate), ``"stratified"`` or ``"dealt"`` with a ``seed``,
            ``"given"`` by folders or a table, ``"final"`` (no validation images), or ``"folds"``
            (`cotejo.data.folds`).
        source: where it was read from: a path, or the name of the library that holds it.
        pictures: how its pictures were read from files; None if they were not.

    Raises:
        DataError: images, labels or names are not as described here, or there are no images to
            learn from or to test on.

    Example:
        >>> grey, labels = np.zeros((4, 8, 8), np.uint8), np.array([[0], [1], [0], [1]])
        >>> part = Split(grey, labels)
        >>> squares = Dataset("mine", part, part, part, ["no", "yes"], {"method": "own"}, "made")
        >>> squares.image_shape, squares.train.labels.tolist(), squares.class_names["es"]
        ((8, 8, 1), [0, 1, 0, 1], ('no', 'yes'))
    """

    name: str
    train: Split
    valid: Split
    test: Split
    class_names: dict[str, tuple[str, ...]]
    split: dict[str, str | int]
    source: str
    pictures: PictureFacts | None = None

    def __post_init__(self) -> None:
        # The name becomes a part of a folder's name.
        if not isinstance(self.name, str) or not re.fullmatch(r"[^/\\\x00-\x1f\x7f]+", self.name):
            raise DataError("dataset_name", name=repr(self.name))
        names = _checked_names(self.class_names)
        object.__setattr__(self, "class_names", names)
        train = _checked(self.train, "train", len(names["en"]))
        for split in ("train", "valid", "test"):
            checked = _checked(getattr(self, split), split, len(names["en"]), like=train)
            object.__setattr__(self, split, checked)

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names["en"])

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """An image's ``(height, width, channels)``."""
        height, width, channels = self.train.images.shape[1:]
        return int(height), int(width), int(channels)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all images and labels in the order of the splits, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for split in (self.train, self.valid, self.test):
            digest.update(repr((split.images.shape, split.labels.shape)).encode())
            digest.update(np.ascontiguousarray(split.images).data)
            digest.update(np.ascontiguousarray(split.labels, dtype=np.int32).data)
        return digest.hexdigest()


def _checked(split: Split, name: str, classes: int, like: Split | None = None) -> Split:
    """Return a split, checked and converted.

    Args:
        split: its images and labels.
        name: ``train``, ``valid`` or ``test``.
        classes: the number of classes.
        like: a split whose images have the same shape. Only ``valid`` may be empty; it then gets
            no images of that shape.
    """
    if _is_empty(split.images) and _is_empty(split.labels):
        if like is None or name != "valid":
            raise DataError("empty_split", name=name)
        return Split(like.images[:0], like.labels[:0])
    images = checked_images(split.images, f"{name}.images")
    labels = checked_labels(split.labels, f"{name}.labels", len(images), classes)
    if like is not None and images.shape[1:] != like.images.shape[1:]:
        shape, other = list(like.images.shape[1:]), list(images.shape[1:])
        raise DataError("split_shapes", name=name, shape=shape, other=other)
    if images is split.images and labels is split.labels:
        return split
    return Split(images, labels, split.names, split.groups)


def _is_empty(values: Any) -> bool:
    try:
        return not len(values)
    except TypeError:  # a single number
        return False


def _checked_names(names: Any) -> dict[str, tuple[str, ...]]:
    """Return the class names by language; one list is used for every language."""
    by_language = names if isinstance(names, Mapping) else dict.fromkeys(LANGUAGES, names)
    lists: list[Any] = [by_language.get(language) for language in LANGUAGES]
    if all(map(_are_names, lists)) and len(set(map(len, lists))) == 1:
        return {
            language: tuple(map(str, names))
            for language, names in zip(LANGUAGES, lists, strict=True)
        }
    text = repr(names)
    raise DataError("class_names_form", received=text if len(text) <= 80 else f"{text[:79]}…")


def _are_names(names: Any) -> bool:
    return (
        isinstance(names, list | tuple)
        and len(names) > 1
        and all(isinstance(name, str) and name.strip() for name in names)
        and len(set(names)) == len(names)
    )


def without_validation(dataset: Dataset) -> Dataset:
    """Return the dataset with its validation images moved to the training images.

    This is for a final training, whose settings are decided: without validation images, nothing can
    be chosen any more.

    Example:
        >>> images, labels = np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 1, 0, 1], np.int32)
        >>> part = Split(images, labels)
        >>> names = {"en": ("a", "b"), "es": ("a", "b")}
        >>> final = without_validation(Dataset("x", part, part, part, names, {}, "made"))
        >>> len(final.train), len(final.valid), len(final.test)
        (8, 0, 4)
    """
    none = Split(dataset.valid.images[:0], dataset.valid.labels[:0])
    split: dict[str, str | int] = {"method": "final"}
    return replace(dataset, train=merged(dataset.train, dataset.valid), valid=none, split=split)


def merged(*splits: Split) -> Split:
    """Return splits as one, in this order; what is not known of all of them is known of none."""
    splits = tuple(split for split in splits if len(split)) or splits[:1]
    names = [split.names for split in splits if split.names is not None]
    groups = [split.groups for split in splits if split.groups is not None]
    return Split(
        np.concatenate([split.images for split in splits]),
        np.concatenate([split.labels for split in splits]),
        tuple(chain.from_iterable(names)) if len(names) == len(splits) else None,
        np.concatenate(groups) if len(groups) == len(splits) else None,
    )
