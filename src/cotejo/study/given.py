"""Whether predictions that were made elsewhere fit a study, and in which form they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from cotejo.data import Dataset, Split
from cotejo.errors import DataError
from cotejo.study.predictions_file import SPLITS, Given, as_numbers
from cotejo.texts import readable

__all__ = ["given_array", "predictions_of"]

_ROUNDING = 1e-3
"""How far from 1 the sum of a row of probabilities may be."""
_LARGEST = 1e30
"""The largest number that is told from larger ones, so that sums of them are numbers, too."""


def given_array(values: Any, split: str) -> Given:
    """Return an array that was given in Python, or whatever NumPy takes for one.

    Raises:
        DataError: it is none of numbers or names.
    """
    try:
        array = np.asarray(values)
    except Exception as error:
        raise DataError("added_array", split=split, received=type(values).__name__) from error
    if array.dtype.kind == "O" and all(isinstance(value, str) for value in array.ravel()):
        array = array.astype(str)
    return Given(array)


def predictions_of(
    given: Mapping[str, Given], dataset: Dataset, *, logits: bool = False
) -> dict[str, NDArray[Any]]:
    """Return the content of ``predictions.npz``, checked and in the order of the dataset.

    Args:
        given: what was given for ``test`` and, perhaps, for ``valid``.
        dataset: the study's.
        logits: whether the numbers are logits, of which a softmax makes probabilities.

    Returns:
        The labels of each split with the probabilities, or with the classes and ``num_classes``.

    Raises:
        DataError: it does not fit the study. The error says what was expected.
    """
    if "test" not in given:
        raise DataError("added_no_test")
    splits = {"test": dataset.test, "valid": dataset.valid}
    arrays: dict[str, NDArray[Any]] = {}
    for split in SPLITS:
        if split in given:
            of_split = _checked(given[split], splits[split], split, dataset, logits)
            arrays |= {f"{split}_{name}": array for name, array in of_split.items()}
    kinds = {name.partition("_")[2] for name in arrays} - {"labels"}
    if len(kinds) > 1:
        raise DataError("added_mixed")
    if kinds == {"classes"}:
        arrays["num_classes"] = np.array(dataset.num_classes, np.int32)
    return arrays


def _checked(
    given: Given, split: Split, name: str, dataset: Dataset, logits: bool
) -> dict[str, NDArray[Any]]:
    count = len(split)
    if not count:
        raise DataError("added_empty_split", split=name)
    values = given.values
    if values.ndim == 2 and values.shape[1] == 1 and values.dtype.kind in "iuU":
        values = values[:, 0]
    if values.ndim not in (1, 2) or values.dtype.kind not in "fiuU":
        _refuse_shape(values, name, dataset, count)
    if given.places is None and len(values) != count:
        raise DataError("added_count", split=name, rows=len(values), images=count)
    kept: dict[str, NDArray[Any]]
    if values.ndim == 2:
        kept = {"probabilities": _probabilities(values, name, dataset, logits)}
    else:
        kept = {"classes": _classes(values, name, dataset)}
    labels = None if given.labels is None else _classes(given.labels, name, dataset, "labels")
    if given.places is not None:
        order = _order(given, name, split)
        kept = {kind: array[order] for kind, array in kept.items()}
        labels = None if labels is None else labels[order]
    if labels is not None:
        _compare(labels, split.labels, name)
    return {"labels": split.labels.astype(np.int32), **kept}


def _refuse_shape(values: NDArray[Any], name: str, dataset: Dataset, count: int) -> NoReturn:
    received = f"{list(values.shape)} {values.dtype}"
    raise DataError(
        "added_shape", split=name, received=received, images=count, classes=dataset.num_classes
    )


def _probabilities(
    values: NDArray[Any], name: str, dataset: Dataset, logits: bool
) -> NDArray[np.float32]:
    """Return rows that sum to 1, in float32; whole numbers may be probabilities of 0 and 1."""
    if values.shape[1] != dataset.num_classes or values.dtype.kind == "U":
        _refuse_shape(values, name, dataset, len(values))
    numbers = np.clip(values.astype(np.float64), -_LARGEST, _LARGEST)
    if len(broken := np.flatnonzero(~np.isfinite(values).all(axis=1))):
        raise DataError("added_not_finite", split=name, row=int(broken[0]) + 1, count=len(broken))
    if logits:
        powers = np.exp(numbers - numbers.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    sums = numbers.sum(axis=1)
    away = np.maximum(np.abs(sums - 1), np.where(numbers.min(axis=1) < 0, np.inf, 0))
    if (away > _ROUNDING).any():
        worst = int(away.argmax())
        raise DataError(
            "added_not_probabilities",
            split=name,
            row=worst + 1,
            count=int((away > _ROUNDING).sum()),
            sum=f"{sums[worst]:.6g}",
            low=f"{numbers[worst].min():.6g}",
        )
    return np.asarray(numbers / sums[:, None], np.float32)


def _classes(
    values: NDArray[Any], name: str, dataset: Dataset, what: str = "classes"
) -> NDArray[np.int32]:
    """Return classes as labels, given by their names in one of the languages or by number."""
    if values.dtype.kind == "U":
        texts = [" ".join(str(text).split()) for text in values]
        for names in dataset.class_names.values():
            known = {known_as: label for label, known_as in enumerate(names)}
            if all(text in known for text in texts):
                return np.array([known[text] for text in texts], np.int32)
        numbers = as_numbers(texts)
    else:
        texts, numbers = [], values.astype(np.float64)
    # NaN compares false, so it is refused too.
    fits = (numbers == np.round(numbers)) & (numbers >= 0) & (numbers < dataset.num_classes)
    if not fits.all():
        row = _unknown_row(texts, fits, dataset)
        received = readable(texts[row]) if texts else f"{numbers[row]:.6g}"
        raise DataError(
            f"added_unknown_{what}",
            split=name,
            row=row + 1,
            received=received or "∅",
            last=dataset.num_classes - 1,
            classes=", ".join(next(iter(dataset.class_names.values()))[:12]),
        )
    return numbers.astype(np.int32)


def _unknown_row(texts: Sequence[str], fits: NDArray[np.bool_], dataset: Dataset) -> int:
    """Return the row that an error names: one whose text is no class's name in any language."""
    every = {name for names in dataset.class_names.values() for name in names}
    unknown = (
        row for row in np.flatnonzero(~fits).tolist() if not texts or texts[row] not in every
    )
    return int(next(unknown, int(np.flatnonzero(~fits)[0])))


def _order(given: Given, name: str, split: Split) -> NDArray[np.int64]:
    """Return the row of each image of a split, whose files are each named exactly once.

    Raises:
        DataError: one is named twice, or not at all.
    """
    places, files = given.places, given.files or ()
    if places is None:
        raise ValueError("`given` must have `places`")
    rows = np.full(len(split), -1, np.int64)
    for row, place in enumerate(places.tolist()):
        if rows[place] >= 0:
            raise DataError("added_twice", split=name, file=readable(files[row]))
        rows[place] = row
    if (rows < 0).any():
        missing = np.flatnonzero(rows < 0)
        example = (split.names or ("-",) * len(split))[int(missing[0])]
        raise DataError(
            "added_missing_images", split=name, count=len(missing), images=len(split), file=example
        )
    return rows


def _compare(labels: NDArray[np.int32], own: NDArray[np.int32], name: str) -> None:
    different = int((labels != own).sum())
    if different:
        raise DataError("added_other_labels", split=name, count=different, images=len(own))
