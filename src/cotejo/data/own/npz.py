"""A NumPy archive with images and labels: ``x_train``, ``y_train``, ``x_test``, ``y_test``."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cotejo.data.arrays import checked_images, checked_labels
from cotejo.data.dataset import Dataset
from cotejo.data.own.dealing import deal
from cotejo.data.own.entries import Entry
from cotejo.errors import DataError
from cotejo.messages import LANGUAGES
from cotejo.texts import readable

__all__ = ["read_npz"]

_IMAGES = ("x", "images", "image", "data", "X")
_LABELS = ("y", "labels", "label", "targets", "Y")
_SPLITS = {"train": ("train",), "valid": ("valid", "val"), "test": ("test",)}

_DAMAGED = (OSError, ValueError, zipfile.BadZipFile, zlib.error, EOFError)

_MOST_BYTES = 64_000_000_000


def read_npz(path: Path) -> Dataset:
    """Return the data set of a NumPy archive.

    Its arrays are called ``x_train``, ``y_train``, ``x_valid``, ``y_valid``, ``x_test``,
    ``y_test`` (Keras), or ``train_images``, ``train_labels`` … (MedMNIST); or only ``x`` and ``y``,
    which are dealt out. Names of the classes may be in ``class_names``. Nothing in it is unpickled.

    Raises:
        DataError: it is no such archive, or an array is not as `Dataset` wants it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise DataError("own_npz_large", path=path)
        with np.load(path, allow_pickle=False) as content:
            arrays = {name: content[name] for name in content.files}
    # RuntimeError: it is encrypted; MemoryError: an array says that it is far larger than it is.
    except (*_DAMAGED, RuntimeError, MemoryError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError("own_npz_damaged", path=path, reason=reason) from error
    splits = {split: _split(arrays, words) for split, words in _SPLITS.items()}
    given = {split: pair for split, pair in splits.items() if pair is not None}
    if not given and (pair := _whole(arrays)) is not None:
        given = {"": pair}
    if not given:
        known = ", ".join(map(readable, arrays)) or "-"
        raise DataError("own_npz_names", path=path, names=known)
    classes = _class_names(arrays, [labels for _, labels in given.values()])
    images, labels, entries = [], [], []
    for split, (own_images, own_labels) in given.items():
        name = f"x_{split}".rstrip("_")
        images.append(checked_images(own_images, name))
        count = len(images[-1])
        labels.append(checked_labels(own_labels, name.replace("x", "y", 1), count, len(classes)))
        entries += [Entry("", str(label), split or None) for label in labels[-1]]
    shapes = {each.shape[1:] for each in images}
    if len(shapes) > 1:
        raise DataError("own_npz_shapes", path=path, shapes=sorted(map(list, shapes)))
    # Copies are not looked for: who makes arrays has a split in mind, and the audit finds them.
    dealt = deal(entries, 0, lambda: ([], []), path)
    return Dataset(
        name=readable(path.stem) or "arrays",
        **dealt.of_arrays(np.concatenate(images), np.concatenate(labels)),
        class_names=dict.fromkeys(LANGUAGES, tuple(classes)),
        split=dealt.about,
        source=str(path),
    )


def _split(
    arrays: dict[str, NDArray[np.generic]], words: tuple[str, ...]
) -> tuple[NDArray[np.generic], NDArray[np.generic]] | None:
    for word in words:
        images = _first(arrays, [f"{kind}_{word}" for kind in _IMAGES], _IMAGES, word)
        labels = _first(arrays, [f"{kind}_{word}" for kind in _LABELS], _LABELS, word)
        if images is not None and labels is not None:
            return images, labels
    return None


def _first(
    arrays: dict[str, NDArray[np.generic]],
    names: list[str],
    kinds: tuple[str, ...],
    word: str,
) -> NDArray[np.generic] | None:
    wanted = [*names, *(f"{word}_{kind}" for kind in kinds)]
    return next((arrays[name] for name in wanted if name in arrays), None)


def _whole(
    arrays: dict[str, NDArray[np.generic]],
) -> tuple[NDArray[np.generic], NDArray[np.generic]] | None:
    images = next((arrays[name] for name in _IMAGES if name in arrays), None)
    labels = next((arrays[name] for name in _LABELS if name in arrays), None)
    return None if images is None or labels is None else (images, labels)


def _class_names(
    arrays: dict[str, NDArray[np.generic]], labels: list[NDArray[np.generic]]
) -> list[str]:
    """Return the names of the classes: the archive's, or their numbers."""
    if "class_names" in arrays:
        return [str(name) for name in arrays["class_names"].ravel()]
    numbers = [int(own.max()) for own in labels if own.size and own.dtype.kind in "iu"]
    return [str(number) for number in range(max(numbers, default=1) + 1)]
