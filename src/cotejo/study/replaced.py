"""Finished runs that are in the way of others: moved aside, and brought back when asked for again.

A finished run is in the way if the settings of the study have changed, or if a file of it is
damaged, so that it can't be counted any more. It is never deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from cotejo.store import (
    CHECKPOINTS,
    REPLACED,
    RunFile,
    RunFolder,
    StudyFolder,
    make_folder,
    move_folder,
    writing,
)

__all__ = ["bring_back", "clear"]


def bring_back(folder: Path, keys: Mapping[tuple[str, int], str]) -> None:
    """Move runs that were put aside back, if the study asks for them again.

    Args:
        folder: the study's.
        keys: each run's key, by alternative and seed.

    Raises:
        OutputError: a folder can't be moved.
    """
    aside = [
        RunFolder(record.parent)
        for record in sorted((folder / REPLACED).glob(f"*/{RunFile.RECORD}"))
    ]
    wanted = set(keys.values())
    # `is_finished` reads all files of a run, so it is asked of the wanted runs only.
    kept = {run.key: run.path for run in aside if run.key in wanted and run.is_finished}
    for (alternative, seed), key in keys.items():
        place = StudyFolder(folder).run(alternative, seed)
        if key in kept and not (place.is_finished and place.key == key):
            clear(place.path, key, folder)
            move_folder(kept.pop(key), place.path)


def clear(path: Path, key: str, folder: Path, *, but_checkpoints: bool = False) -> None:
    """Make room for the run of ``key`` at ``path``; a folder with results is put aside.

    Only the rest of a run that failed, or that was stopped before it had results, is deleted.

    Args:
        path: the run's folder.
        key: the run's key.
        folder: the study's.
        but_checkpoints: whether checkpoints stay; their key says which run they are of. Results
            beside them, without a record, are those of a run that was stopped as it wrote them.

    Raises:
        OutputError: a folder can't be moved or removed.
    """
    run = RunFolder(path)
    checkpoints = sorted(path.glob(CHECKPOINTS)) if but_checkpoints else []
    if checkpoints and not run.is_written:
        _delete_all_but(checkpoints, path)
    elif run.has_results:
        name = f"{path.parent.name}-{path.name}-{(run.key or 'damaged')[:8]}"
        aside = _free(make_folder(folder / REPLACED) / name)
        move_folder(path, aside)
    elif path.exists():
        _delete_all_but(checkpoints, path)


def _delete_all_but(kept: Sequence[Path], path: Path) -> None:
    """Delete a folder, or what is in it but for some files."""
    with writing(path):
        if not kept:
            shutil.rmtree(path)
            return
        for each in set(path.iterdir()).difference(kept):
            shutil.rmtree(each) if each.is_dir() else each.unlink()


def _free(path: Path) -> Path:
    """Return ``path``, numbered if it is taken: what is put aside is never written over."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.name}-{number}")
        number += 1
    return free
