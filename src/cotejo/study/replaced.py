"""Runs whose place is needed: put aside, never deleted, and brought back when asked for again.

A finished run is in the way where the study's settings have changed, or where a file of it is
damaged, so that it can't be counted any more.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from cotejo.errors import OutputError
from cotejo.store import RunFolder, StudyFolder, make_folder

__all__ = ["REPLACED", "bring_back", "clear"]

REPLACED = "replaced"
"""The folder, in the study's, that runs are put aside to."""


def bring_back(folder: Path, keys: Mapping[tuple[str, int], str]) -> None:
    """Move runs of ``keys`` that were put aside back to where the study wants them.

    Args:
        folder: the study's.
        keys: each run's key, by alternative and seed.

    Raises:
        OutputError: a folder can't be moved.
    """
    aside = [RunFolder(found.parent) for found in sorted((folder / REPLACED).glob("*/run.json"))]
    wanted = set(keys.values())
    # Only those that are wanted are looked at whole.
    kept = {run.key: run.path for run in aside if run.key in wanted and run.is_finished}
    for (alternative, seed), key in keys.items():
        place = StudyFolder(folder).run(alternative, seed)
        if key in kept and not (place.is_finished and place.key == key):
            clear(place.path, key, folder)
            _move(kept.pop(key), place.path)


def clear(path: Path, key: str, folder: Path) -> None:
    """Make room for the run of ``key`` at ``path``: what a training found is put aside.

    Only what is left of a run that failed, or was stopped before it had results, is deleted.

    Raises:
        OutputError: a folder can't be moved or removed.
    """
    run = RunFolder(path)
    if run.has_results:
        name = f"{path.parent.name}-{path.name}-{(run.key or 'damaged')[:8]}"
        _move(path, _free(make_folder(folder / REPLACED) / name))
    elif path.exists():
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise OutputError("cannot_write", path=path, reason=error.strerror or error) from error


def _free(path: Path) -> Path:
    """Return ``path``, numbered if it is taken: what is put aside is never written over."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.name}-{number}")
        number += 1
    return free


def _move(source: Path, target: Path) -> None:
    try:
        make_folder(target.parent)
        source.rename(target)
    except OSError as error:
        raise OutputError("cannot_write", path=target, reason=error.strerror or error) from error
