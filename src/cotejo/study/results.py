"""The results of a run: kept in memory until they are written, so that a full disk loses none.

If the run's folder can't be written, the files go to another place: Cotejo's cache folder, or the
system's folder of temporary files. The next start of the study moves them to where they belong. If
nothing can be written anywhere, they wait in memory, and writing is tried again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.platform import cache_folder
from cotejo.store import (
    RunFile,
    RunFolder,
    StudyFolder,
    described_content,
    make_folder,
    move_folder,
    note_reading,
    read_readings,
    write_file,
    write_json,
)
from cotejo.study.events import Emit, WaitingToWrite
from cotejo.study.progress import PlannedRun
from cotejo.study.replaced import clear

__all__ = ["Results", "bring_back_kept", "save"]

PATIENCE = 600.0
"""Seconds for which results that can be written nowhere wait for somebody to make room."""
PAUSE = 5.0
"""Seconds between two attempts."""


@dataclass
class Results:
    """What a run leaves, before it is written.

    Attributes:
        planned: the run.
        study_folder: the folder of its study, where its reading of the test set is noted.
        record: the content of ``run.json``, without the list of files.
        files: the content of the other files, by name.
        reading: the reading of the test set, if it could not be noted yet: the arguments of
            `note_reading`.
    """

    planned: PlannedRun
    study_folder: Path
    record: dict[str, Any]
    files: dict[str, bytes]
    reading: Mapping[str, Any] | None = None

    def write(self) -> None:
        """Write everything to where it belongs.

        Raises:
            OutputError: something can't be written.
        """
        if self.reading is not None:
            note_reading(self.study_folder, **self.reading)
            self.reading = None
        self.write_to(self.planned.folder)

    def write_to(self, folder: Path) -> None:
        """Write the run's files to a folder, ``run.json`` last.

        Raises:
            OutputError: one can't be written.
        """
        make_folder(folder)
        for name, content in self.files.items():
            write_file(folder / name, content)
        listed = {name: described_content(self.files[name]) for name in sorted(self.files)}
        write_json(folder / RunFile.RECORD, {**self.record, "files": listed})


def save(results: Results, emit: Emit) -> None:
    """Write the results of a run where they belong, or elsewhere, or as soon as there is room.

    Raises:
        OutputError: it could not be written where it belongs. The error says where it is kept,
            or that it is lost.
    """
    try:
        results.write()
    except OutputError as error:
        # A failure is quickly had again; a training is not.
        if results.record["status"] != "finished":
            raise
        if (kept := _keep_beside(results)) is not None:
            # What was written before the disk was full is in the way of what is kept.
            shutil.rmtree(results.planned.folder, ignore_errors=True)
            raise OutputError(
                "results_kept", path=results.planned.folder, kept=kept, reason=_reason(error)
            ) from error
        emit(WaitingToWrite(results.planned.id, error))
        _wait_and_write(results)


def _keep_beside(results: Results) -> Path | None:
    """Write the results to the first place that takes them, and return it; None where none does."""
    for place in _places():
        folder = place / _short(results.planned.key)
        try:
            if not _is_own(_private(place)):
                continue
            results.write_to(folder)
        except OutputError:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            return folder
    return None


def _wait_and_write(results: Results) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        time.sleep(PAUSE)
        try:
            return results.write()
        except OutputError:
            if time.monotonic() > until:
                raise


def bring_back_kept(study_folder: Path, keys: Mapping[tuple[str, int], str]) -> None:
    """Move what `save` kept of a study's runs beside it to where it belongs.

    Args:
        study_folder: the study's.
        keys: each run's key, by alternative and seed.

    Raises:
        OutputError: it can't be moved.
    """
    for (alternative, seed), key in keys.items():
        place = StudyFolder(study_folder).run(alternative, seed)
        for kept in map(RunFolder, _kept(key)):
            there = place.is_finished and place.key == key
            if kept.is_finished and kept.key == key and not there:
                clear(place.path, key, study_folder)
                _note(study_folder, alternative, seed, kept)
                move_folder(kept.path, place.path)


def _note(study_folder: Path, alternative: str, seed: int, run: RunFolder) -> None:
    """Note a reading of the test set that could not be noted when it was made."""
    key = str(run.key)
    if not any(row["key"] == key for row in read_readings(study_folder)):
        when = run.record["finished"]
        note_reading(study_folder, time=when, alternative=alternative, seed=seed, key=key)


def _kept(key: str) -> Iterator[Path]:
    for place in _places():
        folder = place / _short(key)
        if _is_own(place) and _is_own(folder):
            yield folder


def _private(place: Path) -> Path:
    """Make a folder that nobody else may look into, and return it."""
    make_folder(place.parent)
    with suppress(OSError):
        place.mkdir(mode=0o700)
    return place


def _is_own(folder: Path) -> bool:
    """Whether a folder is there and this user's.

    Where everybody may write, a stranger could have left a folder or a link of that name.
    """
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (os.name == "nt" or status.st_uid == os.getuid())


def _places() -> tuple[Path, ...]:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return cache_folder() / "kept", Path(tempfile.gettempdir()) / f"cotejo-kept-{user}"


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _reason(error: OutputError) -> str:
    return str(error.values.get("reason", error))
