"""Runs of one study that were trained on several machines, brought together in one folder.

A run is taken if its key is that of the study and its files are those that its record lists. What
is finished in the folder already stays as it is, so that merging again changes nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from cotejo.errors import CotejoError, OutputError
from cotejo.store import (
    StudyFile,
    StudyFolder,
    check_study,
    described_content,
    locked,
    make_folder,
    put_damaged_readings_aside,
    read_bytes,
    training_progress,
    write_file,
    write_json,
)
from cotejo.study.borrowing import copy_run
from cotejo.study.place import check_place, clear_half_written
from cotejo.study.progress import RunId
from cotejo.study.shards import Shard
from cotejo.texts import shown_path

__all__ = ["LeftBehind", "Merged", "merge"]


@dataclass(frozen=True)
class LeftBehind:
    """A finished run that was not taken.

    Attributes:
        run: which one.
        folder: of the study that it lies in.
        reason: why.
    """

    run: RunId
    folder: Path
    reason: CotejoError


@dataclass
class Merged:
    """What came of bringing folders together.

    Attributes:
        folder: the study's, where all runs are now.
        taken: the runs that were copied, in the order of the study.
        there: those that were finished there before.
        missing: those that are finished nowhere.
        left: the finished runs that were not taken, each with the reason.
        added: the alternatives of predictions from elsewhere, which stay where they are.
        command: the one that trains the missing runs.
        absent: the shards of which no folder was given, as far as the given ones tell.
        training: the folders in which runs are still being trained.
    """

    folder: Path
    taken: list[RunId] = field(default_factory=list)
    there: list[RunId] = field(default_factory=list)
    missing: list[RunId] = field(default_factory=list)
    left: list[LeftBehind] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    command: str = ""
    absent: list[Shard] = field(default_factory=list)
    training: list[Path] = field(default_factory=list)


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Bring the finished runs of folders of one study together.

    Args:
        folders: of shards, or of the study as far as somebody trained it. They are left as they
            are.
        out: the study's folder; a new one, or one of this study.

    Returns:
        What was taken, and what is missing.

    Raises:
        OutputError: a folder holds no study, or another one than the first; or ``out`` holds
            something else, or can't be written.
    """
    studies = [_study(folder) for folder in folders]
    for study in studies[1:]:
        _check_same(studies[0], study)
    check_place(out)
    is_new = not (out / StudyFile.RECORD).is_file()
    if not is_new:
        _check_same(studies[0], StudyFolder(out))
        if StudyFolder(out).study.get("shard") is not None:
            raise OutputError("machines.merge_into_shard", path=out)
    make_folder(out)
    merged = Merged(
        out,
        command=_command(studies[0].study, out),
        absent=_absent(studies),
        training=[study.path for study in studies if training_progress(study.path) is not None],
    )
    with locked(out):
        clear_half_written(out)
        put_damaged_readings_aside(out)
        if is_new:
            _begin(studies[0], out, merged.command)
        for run, key in _keys(studies[0].study).items():
            _take(run, key, studies, merged)
    merged.added = sorted(
        {
            each["name"]
            for study in studies
            for each in study.study["alternatives"]
            if _is_added(each)
        }
        - {each["name"] for each in StudyFolder(out).study["alternatives"]}
    )
    return merged


def _absent(studies: Sequence[StudyFolder]) -> list[Shard]:
    """Return the shards that are not among the studies; [] unless all are shards of as many."""
    given = [study.study.get("shard") or {"number": 1, "of": 1} for study in studies]
    counts = {shard["of"] for shard in given}
    if len(counts) > 1:
        return []
    numbers, count = {shard["number"] for shard in given}, counts.pop()
    return [Shard(number, count) for number in range(1, count + 1) if number not in numbers]


def _study(folder: Path) -> StudyFolder:
    check_study(folder)
    if (folder / StudyFile.LOOKS).exists():
        raise OutputError("machines.merge_looks", path=folder)
    study = StudyFolder(folder)
    if study.study.get("searches"):
        raise OutputError("machines.merge_searches", path=folder)
    return study


def _take(run: RunId, key: str, studies: Sequence[StudyFolder], merged: Merged) -> None:
    """Copy a run from the first study that has it whole, unless it is there."""
    place = StudyFolder(merged.folder).run(*run)
    if place.key == key and place.is_finished:
        merged.there.append(run)
        return
    left: list[LeftBehind] = []
    for study in studies:
        other = study.run(*run)
        if other.path.absolute() == place.path.absolute() or other.key != key:
            continue
        if other.record["status"] != "finished":
            continue
        reason = other.damage
        if reason is None:
            if copy_run(merged.folder, study.path, run, key):
                merged.taken.append(run)
                return
            reason = OutputError("machines.merge_no_reading", path=study.path)
        left.append(LeftBehind(run, study.path, reason))
    merged.left += left
    merged.missing.append(run)


def _begin(study: StudyFolder, out: Path, command: str) -> None:
    """Write what the study is to its new folder: what was asked for, and what it learned from."""
    content = {name: value for name, value in study.study.items() if name not in ("shard", "seal")}
    trained = [each for each in content["alternatives"] if not _is_added(each)]
    names = {each["name"] for each in trained}
    content |= {
        "alternatives": trained,
        "keys": {name: keys for name, keys in content["keys"].items() if name in names},
        "command": command,
    }
    own = {name: read_bytes(study.path / name) for name in (StudyFile.DATA, StudyFile.IMAGES)}
    study.images_in(own[StudyFile.IMAGES])  # checks them, before anything is written
    listed = {**study.study.get("files", {}), **study.data.get("files", {})}
    others = [name for name in listed if name not in own]
    files = own | {name: _listed_content(study.path, name, listed[name]) for name in others}
    # First, because a folder without it is not known as a study's, should this process be killed.
    write_json(out / StudyFile.RECORD, content)
    for name, each in files.items():
        write_file(out / name, each)


def _listed_content(folder: Path, name: str, expected: Mapping[str, Any]) -> bytes:
    """Return a file's content, compared with what is listed of it."""
    if PurePath(name).name != name:
        raise OutputError("machines.merge_file_name", path=folder, name=name)
    content = read_bytes(folder / name)
    if described_content(content) != expected:
        raise OutputError("file_changed", path=folder / name, bytes=expected["bytes"])
    return content


def _check_same(study: StudyFolder, other: StudyFolder) -> None:
    """Refuse a folder of another study; the error says in what it differs.

    Raises:
        OutputError: it is another one.
    """
    places = {"path": other.path, "first": study.path}
    if study.data.get("fingerprint") != other.data.get("fingerprint"):
        data = {"data": other.data.get("name"), "first_data": study.data.get("name")}
        raise OutputError("machines.merge_other_data", **places, **data)
    ours, theirs = _settings(study.study), _settings(other.study)
    if list(ours) != list(theirs):
        names = sorted(ours.keys() ^ theirs.keys()) or list(theirs)
        raise OutputError("machines.merge_other_alternatives", **places, names=", ".join(names))
    for name, settings in ours.items():
        for setting in sorted(settings.keys() | theirs[name].keys()):
            values = settings.get(setting), theirs[name].get(setting)
            if values[0] != values[1]:
                raise OutputError(
                    "machines.merge_other_settings",
                    **places,
                    name=name,
                    setting=setting,
                    value=values[1],
                    first_value=values[0],
                )
    keys, other_keys = _keys(study.study), _keys(other.study)
    if keys.keys() != other_keys.keys():
        raise OutputError("machines.merge_other_seeds", **places)
    if keys != other_keys:
        raise OutputError("machines.merge_other_keys", **places)


def _settings(study: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["name"]: each["settings"] for each in study["alternatives"] if not _is_added(each)}


def _keys(study: Mapping[str, Any]) -> dict[RunId, str]:
    """Return the key of each run that the study trains, in the order of its alternatives."""
    return {
        (name, int(seed)): key
        for name in _settings(study)
        for seed, key in study["keys"][name].items()
    }


def _is_added(alternative: Mapping[str, Any]) -> bool:
    return bool(alternative.get("added"))


def _command(study: Mapping[str, Any], out: Path) -> str:
    """Return the command that trains the missing runs."""
    flags = [f"--{name}" for name in ("quick", "final") if study.get(name)]
    path = shown_path(out / StudyFile.CONFIG)
    return shlex.join(["cotejo", "study", path, "--out", shown_path(out), *flags])
