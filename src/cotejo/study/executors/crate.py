"""The files of a run as bytes: how they come from another machine, and how they are unpacked here.

A run that was trained elsewhere is written by the same code as one that was trained here, so that
its folder is the same, and a full disk loses it no more than any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from cotejo.errors import CotejoError, OutputError
from cotejo.store import (
    RunFile,
    RunFolder,
    checkpoint_files,
    delete_checkpoints,
    described_content,
    keep_checkpoint,
    make_folder,
    read_bytes,
    write_file,
    write_trial,
)
from cotejo.store.files import parse_json
from cotejo.store.layout import TRIAL
from cotejo.study.events import Emit
from cotejo.study.executors.between import Parcel
from cotejo.study.executors.shared import check_left
from cotejo.study.keeping import goes_on
from cotejo.study.planning import Job, Plan
from cotejo.study.record import described_reason
from cotejo.study.replaced import clear
from cotejo.study.results import Results, save

__all__ = ["Crate", "job_in", "packed", "packed_parent", "unpacked"]


@dataclass(frozen=True)
class Crate:
    """What comes back of a run.

    Attributes:
        reason: why it failed; None if it finished.
        files: its files by name, ``run.json`` among them.
        readings: when it read the test images, as arguments of `cotejo.store.note_reading`.
        is_in_place: whether its files lie in the study's folder already, and are not in ``files``.
        parcel: where its files lie, if they come through a place in between; None if they are here.
    """

    reason: CotejoError | None
    files: Mapping[str, bytes]
    readings: tuple[Mapping[str, Any], ...] = ()
    is_in_place: bool = False
    parcel: Parcel | None = None


def job_in(
    job: Job,
    folder: Path,
    parent: Mapping[str, bytes] | None,
    checkpoints: Mapping[int, bytes],
) -> Job:
    """Return a job whose files, and those of the run that it starts from, lie in another folder.

    Args:
        job: as the study has it.
        folder: where its run is to be trained.
        parent: the files of the run that it starts from, which are written there.
        checkpoints: of the run, by the number of its network, which are written there.

    Raises:
        OutputError: they can't be written.
    """
    run = replace(job.run, folder=_place(folder, job.run.folder))
    if checkpoints:
        make_folder(run.folder)
    for network, content in checkpoints.items():
        keep_checkpoint(run.folder, network, content)
    if job.parent is None or parent is None:
        return replace(job, run=run)
    of_parent = replace(job.parent, folder=_place(folder, job.parent.folder))
    make_folder(of_parent.folder)
    for name, content in parent.items():
        write_file(of_parent.folder / name, content)
    return replace(job, run=run, parent=of_parent)


def _place(folder: Path, run: Path) -> Path:
    return folder / run.parent.name / run.name


def packed(folder: Path) -> dict[str, bytes]:
    """Return the files of a run that has ended, without checkpoints, which went before them."""
    files = {path for path in folder.iterdir() if path.is_file()} - set(checkpoint_files(folder))
    return {path.name: read_bytes(path) for path in sorted(files)}


def packed_parent(folder: Path) -> dict[str, bytes]:
    """Return those files of a run that another one needs to start from it; {} if it has none.

    Whether a run can start from them is checked where they arrive, as it would be here.
    """
    run = RunFolder(folder)
    if not run.is_finished:
        return {}
    return packed(folder)


def unpacked(crate: Crate, plan: Plan, job: Job, emit: Emit) -> CotejoError | None:
    """Write what came of a run to its folder; return why it failed, or None if it finished.

    Args:
        crate: what came.
        plan: the plan that the job is of.
        job: the run.
        emit: told if the files have to wait for room.

    Raises:
        OutputError: a file is not the one that was packed; or they can't be written.
    """
    if crate.is_in_place:
        check_left(job, finished=crate.reason is None)
        return crate.reason and _here(crate.reason, job)
    if job.trial is not None:
        return _unpacked_trial(crate, job)
    path = job.run.folder / RunFile.RECORD
    record = parse_json(crate.files[RunFile.RECORD], path)
    files = {name: content for name, content in crate.files.items() if name != RunFile.RECORD}
    if record.get("key") != job.run.key:
        raise OutputError("run_of_other_settings", path=job.run.folder)
    listed = record.get("files") or {}
    for name, content in files.items():
        if PurePath(name).name != name or described_content(content) != listed.get(name):
            raise OutputError("file_changed", path=job.run.folder / name, bytes=len(content))
    reason = crate.reason
    if reason is not None:
        reason = _here(reason, job)
        record["reason"] = described_reason(reason)
    clear(job.run.folder, job.run.key, plan.folder, but_checkpoints=True)
    own = {name: value for name, value in record.items() if name not in ("files", "seal")}
    save(Results(job.run, plan.folder, own, files), emit)
    if not goes_on(reason):
        delete_checkpoints(job.run.folder)
    return reason


def _unpacked_trial(crate: Crate, job: Job) -> CotejoError | None:
    folder = job.run.folder
    trial = parse_json(crate.files[TRIAL], folder / TRIAL)
    if trial.get("key") != job.run.key:
        raise OutputError("run_of_other_settings", path=folder)
    make_folder(folder)
    if (log := crate.files.get(RunFile.LOG)) is not None:
        write_file(folder / RunFile.LOG, log)
    write_trial(folder, trial)
    if not goes_on(crate.reason):
        delete_checkpoints(folder)
    return crate.reason and _here(crate.reason, job)


def _here(reason: CotejoError, job: Job) -> CotejoError:
    """Return a reason that names the log's place here, and not where the run was trained."""
    if "log" not in reason.values:
        return reason
    return type(reason)(reason.key, **{**reason.values, "log": job.run.folder / RunFile.LOG})
