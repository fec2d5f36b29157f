"""The checks of single files: what a file of a study or of a run must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from cotejo.store.files import damaged, is_there, read_json
from cotejo.store.schemas.values import Content

__all__ = [
    "check_arrays",
    "check_content",
    "check_images_file",
    "check_limits_file",
    "check_mistakes_file",
    "check_predictions_file",
    "checked_history",
    "read_checked",
    "with_probabilities",
]

_ROUNDING = 1e-3
"""How far from 1 the sum of a row of probabilities in float32 may be."""

_MOST_CLASSES = 65_535
"""The most classes of predictions without probabilities: more would only fill the memory."""


def check_content(schema: type[Content], content: Mapping[str, Any], path: Path) -> None:
    """Check a JSON object against its schema.

    Raises:
        OutputError: it does not fit; names the first field that doesn't.
    """
    try:
        schema.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        # A check over several fields has no place of its own; its error names them.
        over_several = str(first.get("ctx", {}).get("error", ""))
        received = repr(first["input"]) if field else ""
        raise damaged(path, field or over_several, received) from error


def read_checked(path: Path, schema: type[Content]) -> dict[str, Any] | None:
    """Return the content of a JSON file that fits its schema; None if there is no such file.

    Raises:
        OutputError: it is not as it was written, or does not fit.
    """
    if not is_there(path):
        return None
    content = read_json(path)
    check_content(schema, content, path)
    return content


def check_arrays(
    path: Path,
    arrays: Mapping[str, NDArray[Any]],
    expected: Mapping[str, tuple[int, str]],
) -> None:
    """Check that arrays are there, each of its dimensions and kind, with finite numbers.

    Args:
        path: their file.
        arrays: what it holds.
        expected: by name, the number of dimensions, and the kind of NumPy's type: ``"i"`` whole
            numbers, ``"f"`` real numbers, ``"u1"`` bytes, ``"U"`` a text.

    Raises:
        OutputError: an array is missing, or has other dimensions or another type.
    """
    for name, (dimensions, kind) in expected.items():
        array = arrays.get(name)
        if array is None:
            raise damaged(path, name)
        of_kind = array.dtype == np.uint8 if kind == "u1" else array.dtype.kind == kind
        if array.ndim != dimensions or not of_kind:
            raise damaged(path, name, f"{array.dtype} {list(array.shape)}")
        if kind == "f" and not np.isfinite(array).all():
            raise damaged(path, name, "NaN")


def check_predictions_file(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Check ``predictions.npz``: labels are classes, and each row of probabilities sums to 1.

    With cross-validation, each test image has the number of the part that it is in. A run that
    was added may have a class for each image in place of probabilities.

    Raises:
        OutputError: they are not, or don't.
    """
    if "test_parts" in arrays:
        check_arrays(path, arrays, {"test_parts": (1, "u1")})
        if len(arrays["test_parts"]) != len(arrays.get("test_labels", ())):
            raise damaged(path, "test_parts", len(arrays["test_parts"]))
    splits = ("test", "valid") if "valid_labels" in arrays else ("test",)
    if "num_classes" in arrays:
        _check_classes(arrays, splits, path)
        return
    for split in splits:
        labels, chances = f"{split}_labels", f"{split}_probabilities"
        check_arrays(path, arrays, {labels: (1, "i"), chances: (2, "f")})
        true, probabilities = arrays[labels], arrays[chances]
        if len(true) != len(probabilities) or not len(true):
            raise damaged(path, labels, len(true))
        if true.min() < 0 or true.max() >= probabilities.shape[1]:
            raise damaged(path, labels, int(true.max()))
        sums = probabilities.sum(axis=1, dtype=np.float64)
        if probabilities.min() < 0 or np.abs(sums - 1).max() > _ROUNDING:
            raise damaged(path, chances, float(sums[np.abs(sums - 1).argmax()]))


def _check_classes(arrays: Mapping[str, NDArray[Any]], splits: Sequence[str], path: Path) -> None:
    check_arrays(path, arrays, {"num_classes": (0, "i")})
    count = int(arrays["num_classes"])
    if not 2 <= count <= _MOST_CLASSES:
        raise damaged(path, "num_classes", count)
    for split in splits:
        names = (f"{split}_labels", f"{split}_classes")
        check_arrays(path, arrays, dict.fromkeys(names, (1, "i")))
        if len({len(arrays[name]) for name in names}) != 1 or not len(arrays[names[0]]):
            raise damaged(path, names[0], len(arrays[names[0]]))
        for name in names:
            if arrays[name].min() < 0 or arrays[name].max() >= count:
                raise damaged(path, name, int(arrays[name].max()))


def with_probabilities(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return predictions that everybody can read alike: each class as a row of probabilities.

    Where an added run has classes alone, each becomes a row with a 1 at it. That says which class
    was named and nothing of how sure it is; ``run.json`` says that there were no probabilities.

    Example:
        >>> arrays = {"num_classes": np.array(3), "test_classes": np.array([2, 0])}
        >>> with_probabilities(arrays)["test_probabilities"].tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    if "num_classes" not in arrays:
        return dict(arrays)
    rows = np.eye(int(arrays["num_classes"]), dtype=np.float32)
    named = {
        f"{split}_probabilities": rows[arrays[f"{split}_classes"]]
        for split in ("test", "valid")
        if f"{split}_classes" in arrays
    }
    return {**arrays, **named}


def check_mistakes_file(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Check ``mistakes.npz``: it has as many images as positions.

    Raises:
        OutputError: it has not.
    """
    check_arrays(path, arrays, {"indices": (1, "i"), "images": (4, "u1")})
    indices = arrays["indices"]
    if len(indices) != len(arrays["images"]) or (indices < 0).any():
        raise damaged(path, "indices", list(indices.shape))


_LIMITS = {
    "look_mean": (1, "f"),
    "look_scale": (2, "f"),
    "look_points": (2, "f"),
    "test_signs": (2, "f"),
}
"""What every ``limits.npz`` has."""

_OF_VALIDATION = {
    "true_probabilities": (1, "f"),
    "true_labels": (1, "i"),
    "by_class": (0, "u1"),
    "valid_signs": (2, "f"),
}
"""What it has where there are validation images."""


def check_limits_file(arrays: Mapping[str, NDArray[Any]], path: Path) -> None:
    """Check ``limits.npz``: its arrays belong together.

    Raises:
        OutputError: they do not; the error names one.
    """
    all_signs = {name: (2, "f") for name in arrays if name.endswith("_signs")}
    of_validation = _OF_VALIDATION if set(_OF_VALIDATION) & set(arrays) else {}
    for expected in (_LIMITS, of_validation, all_signs):
        check_arrays(path, arrays, expected)
    traits = arrays["look_points"].shape[1]
    sizes = {
        "look_mean": ((traits,), len(arrays["look_points"])),
        "look_scale": ((traits, traits), traits),
        **{name: ((len(arrays[name]), 2), len(arrays[name])) for name in all_signs},
    }
    if "valid_signs" in arrays:
        valid = len(arrays["valid_signs"])
        sizes |= dict.fromkeys(("true_probabilities", "true_labels"), ((valid,), valid))
        chances = arrays["true_probabilities"]
        if chances.size and not 0 <= chances.min() <= chances.max() <= 1 + _ROUNDING:
            raise damaged(path, "true_probabilities", float(chances.max()))
    for name, (shape, length) in sizes.items():
        if arrays[name].shape != shape or not length:
            raise damaged(path, name, list(arrays[name].shape))
    if "true_labels" in arrays and arrays["true_labels"].min() < 0:
        raise damaged(path, "true_labels", int(arrays["true_labels"].min()))


def check_images_file(
    arrays: Mapping[str, NDArray[Any]], data: Mapping[str, Any], path: Path
) -> None:
    """Check ``data.npz``: its images have the classes and the shape that ``data.json`` says.

    Raises:
        OutputError: they have not.
    """
    augmented = {name: (5, "u1") for name in arrays if name.startswith("augmented_")}
    needed = {"example_images": (5, "u1"), "original_images": (4, "u1")}
    check_arrays(path, arrays, needed | augmented)
    shape = tuple(data["image_shape"])
    originals = len(arrays["original_images"])
    for name in (*needed, *augmented):
        array = arrays[name]
        count = len(data["counts"]["train"]) if name == "example_images" else originals
        if array.shape[-3:] != shape or len(array) != count or not array.size:
            raise damaged(path, name, list(array.shape))


def checked_history(
    rows: Sequence[Mapping[str, str]], epochs: int, columns: Sequence[str], path: Path
) -> list[dict[str, float]]:
    """Return the rows of ``history.csv`` as numbers, one per epoch, in order.

    A final training has no validation images, so its rows lack those columns.

    Raises:
        OutputError: a row is missing, or a cell holds no number.
    """
    if len(rows) != epochs or any(set(columns) - set(row) for row in rows):
        raise damaged(path, "epoch", len(rows))
    return [_epoch(row, number, path) for number, row in enumerate(rows, start=1)]


def _epoch(row: Mapping[str, str], number: int, path: Path) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, text in row.items():
        if not text and name.startswith("valid_"):
            continue
        try:
            value = float(text)
        except ValueError as error:
            raise damaged(path, name, text) from error
        most = 1.0 if name.endswith("_accuracy") else float("inf")
        if not isfinite(value) or not 0 <= value <= most:
            raise damaged(path, name, text)
        values[name] = value
    if values["epoch"] != number:
        raise damaged(path, "epoch", row["epoch"])
    return values
