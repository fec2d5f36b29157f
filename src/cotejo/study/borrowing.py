"""Finished runs of other studies that are copied, because this study would train the very same."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from cotejo.errors import OutputError
from cotejo.store import (
    RunFile,
    RunFolder,
    StudyFolder,
    make_folder,
    note_reading,
    read_bytes,
    read_readings,
    reading_of,
    temporary_path,
    write_file,
    writing,
)
from cotejo.study.progress import RunId
from cotejo.study.replaced import clear

__all__ = ["borrow", "copy_run"]


def borrow(folder: Path, keys: Mapping[RunId, str], others: Iterable[Path]) -> None:
    """Copy finished runs of other studies that have the key of a run that is missing here.

    The readings of the test set that belong to them are copied, too: a run brings its own.

    Args:
        folder: the study's.
        keys: each run's key, by alternative and seed.
        others: the folders of the other studies, which are left as they are.

    Raises:
        OutputError: a run can't be copied.
    """
    for (alternative, seed), key in keys.items():
        place = StudyFolder(folder).run(alternative, seed)
        if place.key == key and place.is_finished:
            continue
        for other in others:
            run = StudyFolder(other).run(alternative, seed)
            # `is_finished` reads all files of a run, so it is asked of the wanted runs only.
            if run.key != key or not run.is_finished:
                continue
            if copy_run(folder, other, (alternative, seed), key):
                break


def copy_run(folder: Path, other: Path, run: RunId, key: str) -> bool:
    """Copy a finished run of another study with its readings; return whether that was done.

    A run without readings is not copied. What is in its place is put aside.

    Args:
        folder: the study's.
        other: the other study's.
        run: which run.
        key: of the run.

    Raises:
        OutputError: the run can't be copied.
    """
    readings = _readings(folder, other, key)
    if readings is None:
        return False
    place = StudyFolder(folder).run(*run)
    clear(place.path, key, folder)
    _copy(StudyFolder(other).run(*run), place.path)
    # Once the run is here: what could not be copied has not been read for this study.
    for row in readings:
        note_reading(folder, **row)
    return True


def _readings(folder: Path, other: Path, key: str) -> list[dict[str, Any]] | None:
    """Return the readings of a run that are not noted here yet; None if it brings none at all."""
    try:
        rows = [row for row in read_readings(other) if row["key"] == key]
        noted = [row for row in read_readings(folder) if row["key"] == key]
    except OutputError:  # of a damaged list nothing is taken
        return None
    if not rows:
        return None
    return [reading_of(row) for row in rows[len(noted) :]]


def _contents(run: RunFolder) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a run that its record lists: nothing else in its folder, and no link.

    Raises:
        OutputError: a result is not what is listed.
    """
    yield RunFile.RECORD, read_bytes(run.path / RunFile.RECORD)
    # Runs of earlier versions list none.
    names = run.listed or [each.name for each in run.path.iterdir() if _is_own(each)]
    for name in names:
        if PurePath(name).name != name or name == RunFile.RECORD:
            continue
        try:
            yield name, run.content(name)
        except OutputError:
            if name in run.results:
                raise  # nothing rests on the others, such as a log that somebody has changed


def _is_own(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _copy(run: RunFolder, target: Path) -> None:
    make_folder(target.parent)
    # Under a temporary name, so that the run is there whole or not at all.
    half = temporary_path(target)
    with writing(target):
        try:
            make_folder(half)
            for name, content in _contents(run):
                write_file(half / name, content)
            half.rename(target)
        finally:
            shutil.rmtree(half, ignore_errors=True)
