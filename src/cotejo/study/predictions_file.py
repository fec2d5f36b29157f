"""Reading predictions that were made elsewhere: an ``.npz`` archive, or a table.

What is read is a `Given` for each split; whether it fits the study is looked at in
`cotejo.study.given`. Nothing in a file is unpickled or run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.data import Dataset, Split
from cotejo.data.own.layouts import split_called
from cotejo.data.own.tables import TABLE_ENDINGS, Places, column_of, read_rows
from cotejo.errors import DataError
from cotejo.store import read_archive
from cotejo.texts import readable

__all__ = ["SPLITS", "Given", "as_numbers", "content_of", "read_predictions"]

SPLITS = ("test", "valid")
"""The splits that predictions are taken for."""

_MOST_SHOWN = 12
"""The most names of columns or arrays that an error lists."""


@dataclass(frozen=True)
class Given:
    """What was given for the images of one split, one row per image.

    Attributes:
        values: ``[n, classes]``, probabilities or logits in the order of the labels; or ``[n]``,
            a class for each image, by its number or its name.
        labels: ``[n]``, the true classes as the file has them; None if it has none.
        places: ``[n]``, the position in the split of each row's image; None if the rows are in
            the order of the split.
        files: the name of each row's file, for errors; None as ``places``.
    """

    values: NDArray[Any]
    labels: NDArray[Any] | None = None
    places: NDArray[np.int64] | None = None
    files: tuple[str, ...] | None = None


def content_of(path: Path) -> bytes:
    """Return the content of a file that somebody named.

    Raises:
        DataError: it is not there, or can't be read.
    """
    # Opening a pipe would wait for whoever writes into it.
    if not path.is_file():
        raise DataError("added_no_file", path=path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError("added_unreadable", path=path, reason=error.strerror or error) from error


def read_predictions(
    path: Path, content: bytes, dataset: Dataset, split: str = "test"
) -> dict[str, Given]:
    """Return what a file holds for the test and the validation images.

    Args:
        path: the file, whose ending says what it is: ``.npz``, or a table, ``.csv``, ``.tsv``,
            ``.jsonl`` or ``.parquet``.
        content: what is in it.
        dataset: the study's: the names of its classes and, where it was read from pictures, of
            its files.
        split: that of the rows where the file does not say it.

    Raises:
        DataError: it is neither, is damaged, or lacks what predictions need.
    """
    ending = path.suffix[1:].casefold()
    if ending == "npz":
        return _of_archive(path, content, split)
    if ending not in TABLE_ENDINGS:
        raise DataError("added_ending", path=path, ending=path.suffix or "-")
    try:
        rows = read_rows(path.name, content)
    except DataError as error:
        if error.key == "own_table_empty":
            raise DataError("added_empty", path=path) from error
        raise
    return _of_table(path, rows, dataset, split)


def as_numbers(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return the numbers that texts write; NaN where one is no number.

    A comma is a decimal point where there is no point, as spreadsheets in Spanish write it.

    Example:
        >>> as_numbers(["0.5", "0,25", "1e-3", "a"]).tolist()
        [0.5, 0.25, 0.001, nan]
    """
    return np.array([_number(text) for text in texts], np.float64)


def _number(text: str) -> float:
    plain = text.strip()
    try:
        return float(plain if "." in plain else plain.replace(",", "."))
    except ValueError:
        return float("nan")


def _of_archive(path: Path, content: bytes, split: str) -> dict[str, Given]:
    try:
        arrays = read_archive(content)
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise DataError("added_npz", path=path, reason=reason) from error
    given = {}
    for name in SPLITS:
        values = _first(arrays, (name, f"{name}_probabilities", f"{name}_classes"))
        if values is None and name == split:
            values = _first(arrays, ("probabilities", "classes", "predictions"))
        if values is not None:
            given[name] = Given(values, _first(arrays, (f"{name}_labels",)))
    if not given:
        known = ", ".join(map(readable, list(arrays)[:_MOST_SHOWN])) or "-"
        raise DataError("added_npz_names", path=path, names=known)
    return given


def _first(arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any] | None:
    return next((arrays[name] for name in names if name in arrays), None)


def _of_table(
    path: Path, rows: Sequence[Mapping[str, str]], dataset: Dataset, split: str
) -> dict[str, Given]:
    columns = _Columns(path, list(rows[0]), dataset.class_names)
    placed = _placed(path, rows, columns, dataset, split)
    return {
        name: Given(
            columns.values(own),
            columns.labels(own),
            np.array(places, np.int64) if columns.file is not None else None,
            tuple(row[columns.file] for row in own) if columns.file is not None else None,
        )
        for name, (own, places) in placed.items()
    }


class _Columns:
    """The columns of a table of predictions, found by their names.

    Args:
        path: the table's, for errors.
        names: of all columns, in order.
        class_names: the study's, by language.

    Raises:
        DataError: there are neither columns of all classes nor one of the class.
    """

    def __init__(
        self, path: Path, names: Sequence[str], class_names: Mapping[str, Sequence[str]]
    ) -> None:
        plain = {name.strip(): name for name in names}
        known = [list(of_language) for of_language in class_names.values()]
        known.append([str(label) for label in range(len(known[0]))])
        present = [[plain[name] for name in own if name in plain] for own in known]
        of_classes = max(present, key=len)
        self._classes = of_classes if len(of_classes) == len(known[0]) else None
        others = [name for name in names if name not in (self._classes or ())]
        self.file = column_of(others, "path")
        self.split = column_of(others, "split")
        self._prediction = column_of(others, "prediction")
        self._truth = column_of(others, "truth")
        if self._classes is None and self._prediction is None:
            every = known[present.index(of_classes)]
            lacking = [name for name in every if name not in plain]
            raise DataError(
                "added_columns_some" if len(lacking) < len(every) else "added_columns",
                path=path,
                columns=", ".join(map(readable, names[:_MOST_SHOWN])),
                lacking=", ".join(lacking[:_MOST_SHOWN]),
                classes=", ".join(known[0][:_MOST_SHOWN]),
            )

    def values(self, rows: Sequence[Mapping[str, str]]) -> NDArray[Any]:
        """Return the probabilities ``[n, classes]``, or the classes ``[n]`` as texts."""
        if self._classes is None:
            return np.array([row[str(self._prediction)] for row in rows], str)
        return np.stack([as_numbers([row[name] for row in rows]) for name in self._classes], axis=1)

    def labels(self, rows: Sequence[Mapping[str, str]]) -> NDArray[Any] | None:
        """Return the true classes as texts, where the table has them."""
        if self._truth is None:
            return None
        return np.array([row[self._truth] for row in rows], str)


_Placed = dict[str, tuple[list[Mapping[str, str]], list[int]]]
"""By split, its rows, and the position of each one's image where the table names files."""


def _placed(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    columns: _Columns,
    dataset: Dataset,
    split: str,
) -> _Placed:
    """Return the rows of each split; those of training images are left out."""
    images = _Images(path, dataset) if columns.file is not None else None
    placed: _Placed = {}
    for number, row in enumerate(rows, start=1):
        named = split
        if columns.split is not None:
            called = split_called(row[columns.split])
            if called is None:
                value = readable(row[columns.split]) or "∅"
                raise DataError("added_split", path=path, row=number, value=value)
            named = called
        place = 0
        if images is not None:
            of_image, place = images.find(row[str(columns.file)])
            # The name says in which split the image is; a column of splits has to say the same.
            if columns.split is not None and of_image != named:
                file = readable(row[str(columns.file)])
                raise DataError("added_other_split", path=path, file=file, split=of_image)
            named = of_image
        if named in SPLITS:
            own, places = placed.setdefault(named, ([], []))
            own.append(row)
            places.append(place)
    return placed


class _Images:
    """The images of a study, found by the names of their files.

    Args:
        path: the table's, for errors.
        dataset: the study's.

    Raises:
        DataError: its images were not read from files.
    """

    def __init__(self, path: Path, dataset: Dataset) -> None:
        splits: dict[str, Split] = {"train": dataset.train, **_judged(dataset)}
        if any(split.names is None for split in splits.values() if len(split)):
            raise DataError("added_no_names", path=path, data=dataset.name)
        self._path = path
        self._at = {
            name: (split, place)
            for split, images in splits.items()
            for place, name in enumerate(images.names or ())
        }
        self._places = Places(self._at)

    def find(self, written: str) -> tuple[str, int]:
        """Return the split and the position of the image of a file.

        Raises:
            DataError: the study has no such image, or several.
        """
        name = self._places.find(written.strip())
        if name is None:
            example = next(iter(self._at), "-")
            raise DataError(
                "added_unknown_image", path=self._path, file=readable(written), example=example
            )
        return self._at[name]


def _judged(dataset: Dataset) -> dict[str, Split]:
    return {"valid": dataset.valid, "test": dataset.test}
