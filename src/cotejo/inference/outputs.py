"""What a model says of many pictures, written for programs and spreadsheets, row by row.

Each picture is one row: its path, and the likeliest classes with their probabilities, or the error
that kept it from being read. Where the model knows its limits, the row says so too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cotejo.errors import OutputError
from cotejo.inference.answers import Prediction, Unreadable
from cotejo.platform import interpreter
from cotejo.store import temporary_path, writing
from cotejo.texts import printed_json, readable

__all__ = ["CsvRows", "Write", "csv_file", "json_row", "parquet_file"]

_DIGITS = 8
"""The decimals of a probability: more than a float32 near 1 has."""

_ROW_GROUP = 10_000
"""The rows of a Parquet file that are written together."""

_SEPARATOR = "; "

Answer = Prediction | Unreadable

Write = Callable[[Path | str, Answer], None]
"""Writes the row of a picture."""


def json_row(path: Path | str, answer: Answer, names: Sequence[str]) -> str:
    """Return a picture's row as a JSON object on one line.

    Args:
        path: the picture's.
        answer: what the model says, or why there is no answer.
        names: of the classes, in label order.

    Example:
        >>> json_row("a.png", Prediction((1, 0), (0.75, 0.25)), ["cat", "dog"])
        '{"image": "a.png", "class": "dog", "probabilities": {"dog": 0.75, "cat": 0.25}}'
    """
    row: dict[str, Any] = {"image": str(path)}
    if isinstance(answer, Unreadable):
        row["error"] = str(answer.error)
    else:
        row["class"] = names[answer.classes[0]]
        row["probabilities"] = {
            names[label]: round(probability, _DIGITS)
            for label, probability in zip(answer.classes, answer.probabilities, strict=True)
        }
        row |= {key: value for key, value in _limits(answer, names).items() if value is not None}
    return printed_json(row)


class CsvRows:
    r"""Rows of a CSV file: the path, the likeliest classes with their probabilities, the error.

    Args:
        names: of the classes, in label order.
        top: how many classes a row has.
        with_limits: whether there are columns for what the model can't rule out, and for
            pictures unlike any that it knows.

    Example:
        >>> rows = CsvRows(["cat", "dog"], 1)
        >>> rows.header(), rows.row("a.png", Prediction((1, 0), (0.75, 0.25)))
        ('image,class,probability,error\n', 'a.png,dog,0.75,\n')
    """

    def __init__(self, names: Sequence[str], top: int, *, with_limits: bool = False) -> None:
        self._names = names
        self._top = min(top, len(names))
        self._with_limits = with_limits

    def header(self) -> str:
        """Return the line of the columns' names."""
        places = ["", *(f"_{place}" for place in range(2, self._top + 1))]
        pairs = [f"{name}{place}" for place in places for name in ("class", "probability")]
        limits = ["candidates", "unlike", "unlikeness"] if self._with_limits else []
        return _csv_line(["image", *pairs, *limits, "error"])

    def row(self, path: Path | str, answer: Answer) -> str:
        """Return the line of a picture."""
        width = 2 * self._top + (3 if self._with_limits else 0)
        if isinstance(answer, Unreadable):
            return _csv_line([str(path), *[""] * width, str(answer.error)])
        cells: list[Any] = []
        likeliest = zip(answer.classes, answer.probabilities, strict=True)
        for label, probability in list(likeliest)[: self._top]:
            cells += [self._names[label], f"{probability:.{_DIGITS}f}".rstrip("0").rstrip(".")]
        if self._with_limits:
            said = _limits(answer, self._names)
            candidates = said["candidates"]
            cells.append("" if candidates is None else _SEPARATOR.join(candidates))
            unlike = said["unlike"]
            cells.append("" if unlike is None else str(unlike).lower())
            cells.append("" if said["unlikeness"] is None else said["unlikeness"])
        return _csv_line([str(path), *cells, ""])


def _csv_line(cells: Sequence[Any]) -> str:
    line = io.StringIO()
    # With this end of the line, a cell with either of its signs is quoted.
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return readable(line.getvalue()).removesuffix("\r\n") + "\n"


def _limits(answer: Prediction, names: Sequence[str]) -> dict[str, Any]:
    """Return what the model can't rule out, and how unlike the picture is; None if not known."""
    candidates = answer.candidates
    unlikeness = answer.unlikeness
    return {
        "candidates": None if candidates is None else [names[label] for label in candidates],
        "unlike": answer.unlike,
        "unlikeness": None if unlikeness is None else round(float(unlikeness), 6),
    }


@contextmanager
def parquet_file(path: Path, names: Sequence[str]) -> Iterator[Write]:
    """Yield what writes rows to a Parquet file, which is there whole or not at all.

    ``probabilities`` is a list in label order; the names of the classes in that order are in the
    schema's metadata, under ``classes``, as JSON.

    Args:
        path: the file's.
        names: of the classes, in label order.

    Raises:
        OutputError: pyarrow is not installed, or the file can't be written.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise OutputError("parquet_missing", path=path, python=interpreter()) from error
    schema = pyarrow.schema(
        [
            ("image", pyarrow.string()),
            ("class", pyarrow.string()),
            ("probability", pyarrow.float32()),
            ("probabilities", pyarrow.list_(pyarrow.float32(), len(names))),
            ("candidates", pyarrow.list_(pyarrow.string())),
            ("unlike", pyarrow.bool_()),
            ("unlikeness", pyarrow.float32()),
            ("error", pyarrow.string()),
        ],
        metadata={"classes": json.dumps(list(names), ensure_ascii=False)},
    )
    rows: list[dict[str, Any]] = []

    with _new_file(path) as file, parquet.ParquetWriter(file, schema) as writer:

        def flush() -> None:
            if rows:
                writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))
                rows.clear()

        def write(picture: Path | str, answer: Answer) -> None:
            rows.append(_parquet_row(picture, answer, names))
            if len(rows) == _ROW_GROUP:
                flush()

        yield write
        flush()


def _parquet_row(path: Path | str, answer: Answer, names: Sequence[str]) -> dict[str, Any]:
    if isinstance(answer, Unreadable):
        return {"image": readable(str(path)), "error": readable(str(answer.error))}
    by_label = sorted(zip(answer.classes, answer.probabilities, strict=True))
    return {
        "image": readable(str(path)),
        "class": names[answer.classes[0]],
        "probability": answer.probabilities[0],
        "probabilities": [probability for _, probability in by_label],
        **_limits(answer, names),
    }


@contextmanager
def csv_file(path: Path, rows: CsvRows) -> Iterator[Write]:
    """Yield what writes rows to a CSV file in UTF-8, which is there whole or not at all.

    Raises:
        OutputError: it can't be written.
    """
    with _new_file(path) as file:
        file.write(rows.header().encode())

        def write(picture: Path | str, answer: Answer) -> None:
            file.write(rows.row(picture, answer).encode())

        yield write


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that gets its name when all is written, and is deleted if anything fails."""
    temporary = temporary_path(path)
    try:
        with writing(path):
            file = temporary.open("xb")
        with file:
            yield file
        with writing(path):
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
