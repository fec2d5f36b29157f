"""The label of each picture: from tables if there are any that fit, else from the folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from cotejo.data.own.entries import Entry, LeftOut
from cotejo.data.own.grouping import by_pattern
from cotejo.data.own.holders import HeldFile, Holder
from cotejo.data.own.layouts import by_folders, is_hidden, pictures_of, split_called
from cotejo.data.own.tables import TABLE_ENDINGS, by_table, is_labelled, read_rows
from cotejo.errors import DataError
from cotejo.pictures import measure, strict_pillow
from cotejo.texts import readable

__all__ = ["is_picture", "labelled"]


def labelled(
    path: Path,
    holder: Holder,
    files: Sequence[HeldFile],
    table: str | None,
    group_by: str | None = None,
) -> tuple[list[Entry], list[LeftOut]]:
    """Return the pictures with their labels: from tables, or from the folders they lie in.

    Args:
        path: what an error calls the whole.
        holder: what holds the pictures.
        files: what it holds.
        table: the name of the table that was asked for; None to look for one.
        group_by: the column of a table, or a regular expression for paths, that tells which
            pictures stay together.

    Returns:
        The pictures, and the files that are left out.

    Raises:
        DataError: a table can't be read or has not the columns, the folders are ambiguous, or
            ``group_by`` fits nothing.
    """
    pictures, left_out = pictures_of(files, partial(is_picture, holder))
    tables = _tables(path, holder, files, table, pictures)
    entries: list[Entry] = []
    if tables:
        for name, rows in tables.items():
            column = group_by if group_by in rows[0] else None
            found, more = by_table(name, rows, pictures, column)
            split = split_called(PurePosixPath(name).stem) if len(tables) > 1 else None
            entries += [replace(entry, split=entry.split or split) for entry in found]
            left_out += more
        entries, more = _joined_tables(entries)
        left_out += more
        left_out = [each for each in left_out if each.name not in tables]
        named = {entry.name for entry in entries} | {each.name for each in left_out}
        left_out += [LeftOut(name, "no_label") for name in pictures if name not in named]
        grouped = group_by is None or any(group_by in r[0] for r in tables.values())
    else:
        entries, more = by_folders(pictures, path)
        left_out += more
        grouped = group_by is None
    if not grouped:
        entries = by_pattern(entries, str(group_by))
    return entries, left_out


def _joined_tables(entries: Sequence[Entry]) -> tuple[list[Entry], list[LeftOut]]:
    """Return the pictures of several tables, each once.

    Where some tables are of a split, such as ``train.csv``, one of everything counts for nothing.
    """
    if any(entry.split for entry in entries):
        entries = [entry for entry in entries if entry.split]
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    kept, left_out = [], []
    for name, same in by_name.items():
        if len({entry.label for entry in same}) > 1:
            left_out.append(LeftOut(name, "two_classes"))
        else:
            # The same picture in two splits stays in both: the audit tells of it.
            kept += list({entry.split: entry for entry in same}.values())
    return kept, left_out


def _tables(
    path: Path,
    holder: Holder,
    files: Sequence[HeldFile],
    table: str | None,
    pictures: Sequence[str],
) -> dict[str, list[dict[str, str]]]:
    """Return the rows of the tables that label the pictures, by the tables' names.

    A table that is named counts in any case. Where the pictures are sorted into folders, a table
    counts if it labels at least half of them: the folders are then patients or days, not classes.
    """
    names = [
        file.name
        for file in files
        if file.name.rpartition(".")[2].casefold() in TABLE_ENDINGS
        and file.name.count("/") <= 1
        and not is_hidden(file.name)
    ]
    if table is not None:
        names = [table]
    tables, failure = {}, None
    for name in names:
        try:
            rows = _rows(holder, name)
        except DataError as error:
            # It may be another table than that of the pictures.
            failure = failure or error
            continue
        if table is not None or is_labelled(rows):
            tables[name] = rows
    if table is None and _sorted_into_folders(pictures):
        labelling = {name: by_table(name, rows, pictures)[0] for name, rows in tables.items()}
        most = sum(map(len, labelling.values()))
        return tables if most and 2 * most >= len(pictures) else {}
    if failure is not None and not tables:
        raise failure
    if not tables and pictures and names:
        raise DataError("own_no_table", path=path, tables=", ".join(map(readable, names[:5])))
    return tables


def _rows(holder: Holder, name: str) -> list[dict[str, str]]:
    try:
        with holder.open(name) as file:
            return read_rows(name, file.read())
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError("own_table_unreadable", path=name, reason=reason) from error


def _sorted_into_folders(pictures: Sequence[str]) -> bool:
    """Return whether the pictures lie in two folders or more that are no splits."""
    try:
        entries, flat = by_folders(pictures, "")
    except DataError:
        return True
    return len({entry.label for entry in entries}) > 1 and len(flat) < len(entries)


def is_picture(holder: Holder, name: str) -> bool:
    """Look into a file whose name does not say that it is a picture."""
    try:
        with strict_pillow(), holder.open(name) as file:
            measure(name, file)
    except (DataError, OSError):
        return False
    return True
