"""Data sets of other libraries, and arrays: `tf.data`, PyTorch, Hugging Face, NumPy.

None of these libraries is imported here. What an object is, is told by what it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config.checking import check_keys, checked
from cotejo.config.own_images import OwnImages
from cotejo.data.arrays import checked_images, checked_labels
from cotejo.data.audit.auditing import copies_of
from cotejo.data.dataset import Dataset
from cotejo.data.loading import load
from cotejo.data.own.classes import natural_order
from cotejo.data.own.dealing import deal
from cotejo.data.own.entries import Entry
from cotejo.data.own.layouts import split_called
from cotejo.errors import DataError
from cotejo.messages import LANGUAGES
from cotejo.pictures.fitting import fitted_pixels
from cotejo.pictures.reading import PictureSize
from cotejo.pictures.sizes import chosen_shape

__all__ = ["load_dataset"]

_MOST_IMAGES = 20_000_000
"""More is a data set that repeats for ever."""


@dataclass
class _Part:
    """The images and labels of one split, and the names of the classes if it knows them."""

    images: Any
    labels: Any
    class_names: Sequence[str] | None = None


def load_dataset(
    data: Any,
    *,
    valid: Any = None,
    test: Any = None,
    class_names: Sequence[str] | None = None,
    name: str = "arrays",
    data_dir: Path | None = None,
    **options: Any,
) -> Dataset:
    """Return a data set from whatever holds images and labels.

    Args:
        data: a name or a path, as for `cotejo.load`; or the training images, as a pair of arrays
            ``(images, labels)``, a `tf.data.Dataset` of pairs, a PyTorch data set of pairs, or a
            Hugging Face data set; or a mapping from ``train``, ``valid`` and ``test`` to such.
            Images are uint8 from 0 to 255, or Pillow's. Labels are whole numbers, or names.
        valid: the same for validation; without it, some of the training images are taken.
        test: the same for the test; without it, ``data`` is dealt out.
        class_names: the names of the classes in the order of their labels; else those that the
            data brings with it, else numbers.
        name: what files call the data set.
        data_dir: as for `cotejo.load`.
        **options: those of `cotejo.config.OwnImages`, such as ``image_size=64``.

    Raises:
        ConfigError: an option is unknown or wrong.
        DataError: images or labels are not as described here.

    Example:
        >>> images = np.random.default_rng(0).integers(0, 256, (12, 8, 8), dtype=np.uint8)
        >>> squares = load_dataset((images, [0, 1] * 6), class_names=["no", "yes"])
        >>> squares.image_shape, squares.num_classes
        ((8, 8, 1), 2)
    """
    check_keys(options, tuple(OwnImages.model_fields), "load_dataset")
    how = checked(OwnImages, options, "load_dataset")
    if isinstance(data, str | Path):
        return load(data, data_dir=data_dir, images=how)
    given = {"train": data, "valid": valid, "test": test}
    if isinstance(data, Mapping):
        given = {**given, "train": None}
        for key, value in data.items():
            if (split := split_called(key)) is None:
                raise DataError("own_part_unknown", name=key)
            given[split] = value
    parts = {split: _part(value, split) for split, value in given.items() if value is not None}
    if not parts:
        raise DataError("own_part_none")
    names = _class_names(parts, class_names)
    shape = _shape(parts, how)
    images, labels, entries = [], [], []
    for split, part in parts.items():
        images.append(_images(part.images, shape, how, f"{split}.images"))
        numbered = _numbered(part.labels, names)
        count = len(images[-1])
        labels.append(checked_labels(numbered, f"{split}.labels", count, len(names)))
        own = split if len(parts) > 1 else None
        entries += [Entry("", names[label], own) for label in labels[-1].tolist()]
    pool = np.concatenate(images)
    dealt = deal(entries, how.split_seed, lambda: copies_of(pool), name)
    return Dataset(
        name=name,
        **dealt.of_arrays(pool, np.concatenate(labels)),
        class_names=dict.fromkeys(LANGUAGES, tuple(names)),
        split=dealt.about,
        source=type(next(iter(parts.values())).images).__module__.partition(".")[0],
    )


def _part(value: Any, split: str) -> _Part:
    """Return the images and labels of an object, by what it has."""
    if isinstance(value, tuple | list) and len(value) == 2:
        return _Part(*value)
    if hasattr(value, "features") and hasattr(value, "column_names"):
        return _of_columns(value, split)
    if hasattr(value, "as_numpy_iterator"):
        return _of_pairs(_unbatched(value.as_numpy_iterator()), getattr(value, "class_names", None))
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        rows = (value[row] for row in range(len(value)))
        return _of_pairs(rows, getattr(value, "classes", None))
    raise DataError("own_part_type", name=split, type=type(value).__name__)


def _of_columns(table: Any, split: str) -> _Part:
    """Return the images and labels of a Hugging Face data set."""
    kinds = {name: type(kind).__name__ for name, kind in table.features.items()}
    image = next((name for name, kind in kinds.items() if kind == "Image"), None)
    label = next((name for name, kind in kinds.items() if kind == "ClassLabel"), None)
    label = label or next((name for name in ("label", "labels") if name in kinds), None)
    if image is None or label is None:
        raise DataError("own_part_columns", name=split, columns=", ".join(kinds))
    names = getattr(table.features[label], "names", None)
    return _of_pairs(((row[image], row[label]) for row in table), names)


def _of_pairs(pairs: Iterable[Any], class_names: Sequence[str] | None) -> _Part:
    images, labels = [], []
    for pair in islice(pairs, _MOST_IMAGES + 1):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise DataError("own_part_pairs", received=type(pair).__name__)
        images.append(pair[0])
        labels.append(_plain(pair[1]))
    if len(images) > _MOST_IMAGES:
        raise DataError("own_part_endless", most=_MOST_IMAGES)
    return _Part(images, labels, None if class_names is None else [str(n) for n in class_names])


def _unbatched(elements: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of a `tf.data.Dataset`, of batches or not."""
    for element in elements:
        if not isinstance(element, tuple) or len(element) != 2:
            raise DataError("own_part_pairs", received=type(element).__name__)
        images, labels = element
        if np.ndim(images) == 4:
            yield from zip(images, labels, strict=True)
        else:
            yield images, labels


def _plain(label: Any) -> Any:
    """Return a label as a text or a whole number; of one-hot labels the position of the one."""
    if isinstance(label, bytes):
        return label.decode("utf-8", "replace")
    if isinstance(label, str):
        return label
    array = np.asarray(label)
    return int(array.argmax()) if array.size > 1 else array.reshape(()).item()


def _class_names(parts: Mapping[str, _Part], given: Sequence[str] | None) -> list[str]:
    if given is not None:
        return [str(name) for name in given]
    for part in parts.values():
        if part.class_names:
            return list(part.class_names)
    labels = {_plain(label) for part in parts.values() for label in part.labels}
    if any(isinstance(label, str) for label in labels):
        return natural_order(map(str, labels))
    return [str(number) for number in range(int(max(labels, default=0)) + 1)]


def _numbered(labels: Any, names: Sequence[str]) -> Any:
    """Return labels as numbers where they are names.

    Raises:
        DataError: a label is the name of no class.
    """
    values = list(labels) if not isinstance(labels, np.ndarray) else labels
    if not len(values) or not isinstance(values[0], str):
        return labels
    numbers = {name: number for number, name in enumerate(names)}
    for value in values:
        if value not in numbers:
            raise DataError("own_part_label", label=value)
    return [numbers[value] for value in values]


def _shape(parts: Mapping[str, _Part], how: OwnImages) -> tuple[int, int, int] | None:
    """Return the shape that images get; None if they are one array of each split already."""
    if how.image_size is None and all(hasattr(part.images, "ndim") for part in parts.values()):
        return None
    arrays = [_array(image) for part in parts.values() for image in part.images]
    sizes = [PictureSize(a.shape[1], a.shape[0], a.ndim == 2 or a.shape[2] == 1) for a in arrays]
    return chosen_shape(sizes, how.image_size)


def _images(
    images: Any, shape: tuple[int, int, int] | None, how: OwnImages, name: str
) -> NDArray[np.uint8]:
    if shape is None:
        return checked_images(images, name)
    rows = []
    for number, image in enumerate(images):
        pixels = checked_images(_array(image)[np.newaxis], f"{name}[{number}]")[0]
        if pixels.shape != shape:
            pixels = fitted_pixels(f"{name}[{number}]", pixels, shape, how.fit)
        rows.append(pixels)
    return np.stack(rows) if rows else np.zeros((0, *shape), np.uint8)


def _array(image: Any) -> NDArray[Any]:
    """Return an image as ``[height, width]`` or ``[height, width, channels]``."""
    array = np.asarray(image)
    # PyTorch has the channels first.
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = np.moveaxis(array, 0, -1)
    return array
