"""A dataset in memory: three splits of images and labels, and the names of the classes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data.arrays import checked_images, checked_labels
from cotejo.errors import DataError
from cotejo.messages import LANGUAGES

__all__ = ["Dataset", "Split", "without_validation"]


@dataclass(frozen=True, eq=False)
class Split:
    """Images and their labels.

    Attributes:
        images: ``[n, height, width, channels]``, uint8.
        labels: ``[n]``, int32 in ``[0, classes)``.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset and how it was split.

    It is checked when it is made. What can be meant in one way only is converted: labels of
    another whole type or of the shape ``[n, 1]``, grey images without a channel axis, and one list
    of class names for all languages. Anything else is refused, in one line that says what to do.

    Attributes:
        name: what reports call it, such as ``"cifar10"``.
        train, valid, test: the splits. Models learn from ``train``, choices are made on
            ``valid``, and ``test`` is read once per finished run.
        class_names: the classes in label order, by language: ``{"en": …, "es": …}``; or one list.
        split: how the splits were made: ``{"method": "notebook"}`` (CIFAR-10: the first 40,000
            training images, the last 10,000, the 10,000 test images) or
            ``{"method": "stratified", "seed": 0}``.
        source: where it was read from: a path, or the name of a library that holds it.

    Raises:
        DataError: images, labels or names are not as they have to be, or there are none to learn
            from or to test on.

    Example:
        >>> grey, labels = np.zeros((4, 8, 8), np.uint8), np.array([[0], [1], [0], [1]])
        >>> part = Split(grey, labels)
        >>> made = Dataset("mine", part, part, part, ["no", "yes"], {"method": "own"}, "made")
        >>> made.image_shape, made.train.labels.tolist(), made.class_names["es"]
        ((8, 8, 1), [0, 1, 0, 1], ('no', 'yes'))
    """

    name: str
    train: Split
    valid: Split
    test: Split
    class_names: dict[str, tuple[str, ...]]
    split: dict[str, str | int]
    source: str

    def __post_init__(self) -> None:
        # It becomes a part of a folder's name.
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
        """How many classes there are."""
        return len(self.class_names["en"])

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """An image's ``(height, width, channels)``."""
        height, width, channels = self.train.images.shape[1:]
        return int(height), int(width), int(channels)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over every image and label in split order, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for split in (self.train, self.valid, self.test):
            digest.update(repr((split.images.shape, split.labels.shape)).encode())
            digest.update(np.ascontiguousarray(split.images).data)
            digest.update(np.ascontiguousarray(split.labels, dtype=np.int32).data)
        return digest.hexdigest()


def _checked(split: Split, name: str, classes: int, like: Split | None = None) -> Split:
    """Return the split with images and labels as they have to be, of the shape of another's.

    Only the validation split may be empty; it then has images of no number but that shape.
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
    return Split(images, labels)


def _is_empty(values: Any) -> bool:
    try:
        return not len(values)
    except TypeError:  # a single number
        return False


def _checked_names(found: Any) -> dict[str, tuple[str, ...]]:
    """Return the class names by language; one list of them is for every language."""
    by_language = found if isinstance(found, Mapping) else dict.fromkeys(LANGUAGES, found)
    lists: list[Any] = [by_language.get(language) for language in LANGUAGES]
    if all(_are_names(names) for names in lists) and len({len(names) for names in lists}) == 1:
        return {one: tuple(map(str, names)) for one, names in zip(LANGUAGES, lists, strict=True)}
    text = repr(found)
    raise DataError("class_names_form", received=text if len(text) <= 80 else f"{text[:79]}…")


def _are_names(names: Any) -> bool:
    return (
        isinstance(names, list | tuple)
        and len(names) > 1
        and all(isinstance(name, str) and name.strip() for name in names)
        and len(set(names)) == len(names)
    )


def without_validation(dataset: Dataset) -> Dataset:
    """Return the same with the validation images among those learned from, and none to validate.

    For a training whose settings are decided: nothing can be chosen with it any more.

    Example:
        >>> images, labels = np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 1, 0, 1], np.int32)
        >>> part = Split(images, labels)
        >>> names = {"en": ("a", "b"), "es": ("a", "b")}
        >>> final = without_validation(Dataset("x", part, part, part, names, {}, "made"))
        >>> len(final.train), len(final.valid), len(final.test)
        (8, 0, 4)
    """
    images = np.concatenate([dataset.train.images, dataset.valid.images])
    labels = np.concatenate([dataset.train.labels, dataset.valid.labels])
    none = Split(dataset.valid.images[:0], dataset.valid.labels[:0])
    split: dict[str, str | int] = {"method": "final"}
    return replace(dataset, train=Split(images, labels), valid=none, split=split)
