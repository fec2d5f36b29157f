"""Labels from a table: CSV, TSV, JSON lines or Parquet, one row per picture."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from cotejo.data.own.entries import Entry, LeftOut
from cotejo.data.own.layouts import split_called
from cotejo.errors import DataError
from cotejo.platform import interpreter
from cotejo.texts import readable

__all__ = ["TABLE_ENDINGS", "Places", "by_table", "column_of", "is_labelled", "read_rows"]

TABLE_ENDINGS = ("csv", "tsv", "jsonl", "ndjson", "parquet")

_COLUMNS = {
    "path": "path file filename file_name filepath file_path image image_path imagepath image_name "
    "img img_path picture imagen archivo ruta fichero nombre_archivo foto",
    "label": "label class class_name category target y etiqueta clase categoria",
    "split": "split set subset partition particion conjunto",
    "group": "group group_id grupo",
    "prediction": "prediction predicted predicted_class class class_name clase prediccion "
    "clase_predicha",
    "truth": "true_label true_class label etiqueta clase_verdadera",
}
"""The names of columns that are understood, without accents and capitals."""

_MOST_BYTES = 2_000_000_000


def read_rows(name: str, content: bytes) -> list[dict[str, str]]:
    """Return the rows of a table; each has the text of every column by its name.

    Args:
        name: the table's, whose ending says what it is.
        content: the file's.

    Raises:
        DataError: it can't be read, or has no rows.
    """
    ending = PurePosixPath(name).suffix[1:].casefold()
    try:
        if ending == "parquet":
            rows = _parquet(content)
        elif ending in ("jsonl", "ndjson"):
            lines = _decoded(content).split("\n")
            rows = _even([_object(json.loads(line)) for line in lines if line.strip()])
        else:
            rows = _separated(_decoded(content), "\t" if ending == "tsv" else None)
    # RecursionError: JSON that is nested a thousand times.
    except (ValueError, csv.Error, RecursionError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise DataError("own_table_unreadable", path=name, reason=said) from error
    if not rows:
        raise DataError("own_table_empty", path=name)
    return rows


def is_labelled(rows: Sequence[Mapping[str, str]]) -> bool:
    """Return whether a table has a column for the pictures' paths and one for their labels."""
    names = list(rows[0])
    return all(column_of(names, kind) is not None for kind in ("path", "label"))


def by_table(
    name: str,
    rows: Sequence[Mapping[str, str]],
    pictures: Iterable[str],
    group_by: str | None = None,
) -> tuple[list[Entry], list[LeftOut]]:
    """Return each picture that a table names, with its label.

    A path is looked for as it is written, beside the table; then without its first folders, which
    may be those of another machine; and, if it is nowhere, by the file's name alone, where only
    one file has that name; with or without an ending.

    Args:
        name: the table's, for errors.
        rows: of `read_rows`.
        pictures: the names of the files that there are, parted by ``/``.
        group_by: the column that says what stays together; None for one called ``group``.

    Raises:
        DataError: there is no column for the paths, for the labels, or of the name asked for.
    """
    names = list(rows[0])
    columns = {kind: column_of(names, kind) for kind in _COLUMNS}
    for kind in ("path", "label"):
        if columns[kind] is None:
            raise DataError(
                "own_table_column",
                path=name,
                column=kind,
                columns=", ".join(map(readable, names[:12])),
                known=", ".join(_COLUMNS[kind].split()[:6]),
            )
    if group_by is not None and group_by in names:
        columns["group"] = group_by
    _check_splits(name, rows, columns["split"])
    places = Places(pictures, str(PurePosixPath(name).parent))
    entries: dict[str, Entry] = {}
    left_out = []
    for row in rows:
        written = row[str(columns["path"])].strip()
        place = places.find(written)
        label = " ".join(row[str(columns["label"])].split())
        if place is None:
            left_out.append(LeftOut(written, "missing"))
        elif not label:
            left_out.append(LeftOut(place, "no_label"))
        elif place in entries:
            if entries[place].label != label:
                left_out.append(LeftOut(place, "two_classes"))
        else:
            split = split_called(row[columns["split"]]) if columns["split"] else None
            group = row[columns["group"]].strip() if columns["group"] else ""
            entries[place] = Entry(place, label, split, group or None)
    doubtful = {each.name for each in left_out if each.reason == "two_classes"}
    return [entry for entry in entries.values() if entry.name not in doubtful], left_out


def _check_splits(name: str, rows: Sequence[Mapping[str, str]], column: str | None) -> None:
    """Refuse a column of splits with other words than those for the three.

    Raises:
        DataError: a cell has no word, or one that names no split.
    """
    if column is None:
        return
    unknown = dict.fromkeys(row[column] for row in rows if split_called(row[column]) is None)
    if unknown:
        values = ", ".join(readable(value) or "∅" for value in list(unknown)[:5])
        raise DataError("own_table_split", path=name, column=readable(column), values=values)


class Places:
    """The files that there are, found by the ways in which tables write paths.

    Args:
        pictures: the names of the files, parted by ``/``.
        folder: the table's, in which a path may begin.
    """

    def __init__(self, pictures: Iterable[str], folder: str = ".") -> None:
        self._names = {unicodedata.normalize("NFC", name): name for name in pictures}
        self._folder = "" if folder == "." else f"{folder}/"
        self._by_last: dict[str, list[str]] = {}
        for plain, name in self._names.items():
            last = PurePosixPath(plain)
            for key in {last.name, last.stem}:
                self._by_last.setdefault(key, []).append(name)

    def find(self, written: str) -> str | None:
        """Return the name of the file that a cell of the table means; None if there is none."""
        plain = unicodedata.normalize("NFC", written.replace("\\", "/"))
        plain = "/".join(part for part in plain.split("/") if part not in ("", "."))
        parts = plain.split("/")
        for start in range(len(parts)):
            shorter = "/".join(parts[start:])
            for candidate in (self._folder + shorter, shorter):
                if candidate in self._names:
                    return self._names[candidate]
        matches = self._by_last.get(plain.rpartition("/")[2], [])
        return matches[0] if len(matches) == 1 else None


def column_of(names: Sequence[str], kind: str) -> str | None:
    """Return which of a table's columns is of a kind, such as ``"path"``; None if none is.

    Example:
        >>> column_of(["Archivo", "Clase"], "path"), column_of(["a"], "split")
        ('Archivo', None)
    """
    words = _COLUMNS[kind].split()
    plain = {_plain(name): name for name in reversed(names)}
    return next((plain[word] for word in words if word in plain), None)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold().strip()
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return re.sub(r"[\s-]+", "_", letters)


def _decoded(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise ValueError(f"{len(content)} bytes are too many for a table")
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""):
        if encoding:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    # Spreadsheets in Spanish still write this one.
    return content.decode("cp1252", "replace")


def _separated(text: str, separator: str | None) -> list[dict[str, str]]:
    text = text.lstrip("\r\n")
    # Excel names the separator in a line of its own.
    if named_separator := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):
        separator, text = named_separator[1], text[named_separator.end() :]
    header = text.partition("\n")[0]
    if separator is None:
        separator = max(",;\t|", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    # Cells beyond the header have no name.
    named = ({str(key): str(cell) for key, cell in row.items() if key} for row in reader)
    return [row for row in named if any(row.values())]


def _object(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("a line is no JSON object")  # noqa: TRY004
    return {str(key): "" if cell is None else str(cell) for key, cell in value.items()}


def _even(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows with all columns in each; what a row lacks is empty."""
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column, "") for column in columns} for row in rows]


def _parquet(content: bytes) -> list[dict[str, str]]:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError as error:
        raise DataError("own_parquet_missing", python=interpreter()) from error
    try:
        rows = parquet.read_table(io.BytesIO(content)).to_pylist()
    except ArrowInvalid as error:
        raise ValueError(str(error)) from error
    return [_object(row) for row in rows]
