"""Whether a study's files are there, whole, and those that were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cotejo.config import Settings
from cotejo.data.audit import read_audit
from cotejo.errors import ConfigError, OutputError
from cotejo.facts.soundness import check_settings, judged_runs
from cotejo.models import check_options, find_model_family
from cotejo.store import (
    RunFile,
    RunFolder,
    StudyFile,
    StudyFolder,
    damaged,
    described_content,
    read_bytes,
    read_looks,
    read_npz,
    read_readings,
    read_robustness,
)
from cotejo.verify.finding import Finding, Level

__all__ = ["SoundRuns", "file_findings"]

SoundRuns = list[tuple[str, int, RunFolder]]
"""The finished runs whose files are whole and agree: alternative, seed, folder."""


def file_findings(folder: Path) -> tuple[StudyFolder | None, SoundRuns, list[Finding]]:
    """Return the study, or None if it can't be read, its sound runs, and what its files show.

    Raises:
        OutputError: the folder holds no study.
    """
    study = StudyFolder(folder)
    if not (folder / StudyFile.RECORD).is_file():
        raise OutputError("no_study", path=folder)
    try:
        check_settings(study)
        _check_options(study)
    except OutputError as error:
        return None, [], [_broken(error)]
    sound: SoundRuns = []
    findings = [*_study_findings(study), *_run_findings(study, sound)]
    return study, sound, findings


def _check_options(study: StudyFolder) -> None:
    """Check the options of the models that ship; others may not be known here."""
    for index, alternative in enumerate(study.study["alternatives"]):
        if alternative.get("added"):
            continue
        settings = alternative.get("settings") or {}
        family = find_model_family(str(settings.get("model", Settings.default("model"))))
        if family is None or not family.ships:
            continue
        for name in family.options:
            value = settings.get(name)
            try:
                check_options(family.name, {name: value})
            except ConfigError as error:
                field = f"alternatives.{index}.settings.{name}"
                raise damaged(study.path / StudyFile.RECORD, field, value) from error


def _study_findings(study: StudyFolder) -> Iterator[Finding]:
    folder = study.path
    checks: list[tuple[str, Callable[[], object]]] = [
        (StudyFile.CONFIG, lambda: _check_toml(study)),
        (StudyFile.DATA, lambda: study.data),
        (StudyFile.IMAGES, lambda: study.images),
        (StudyFile.TEST_READS, lambda: read_readings(folder)),
        (StudyFile.ERROR_ANALYSIS, lambda: read_npz(folder / StudyFile.ERROR_ANALYSIS)),
        (StudyFile.AUDIT, lambda: read_audit(folder)),
        (StudyFile.LOOKS, lambda: _check_looks(study)),
    ]
    # Code and networks of its author's own, whose names the study chose.
    own = [name for name in study.study.get("files", ()) if name != StudyFile.CONFIG]
    checks += [(name, partial(_check_listed, study, name)) for name in own if _is_name(name)]
    whole: list[str] = [StudyFile.RECORD]
    for name, check in checks:
        if not (folder / name).is_file():
            needed = {
                StudyFile.DATA,
                StudyFile.IMAGES,
                StudyFile.TEST_READS,
                *study.study.get("files", ()),
            }
            if name in needed:
                yield _broken(OutputError("missing_file", path=folder / name))
            continue
        try:
            check()
            whole.append(name)
        except OutputError as error:
            yield _broken(error)
    if study.study.get("format", 1) < 2:
        yield Finding("warning", "verify.unsealed", {"path": folder / StudyFile.RECORD})
    yield Finding("ok", "verify.study_files", {"files": ", ".join(whole)})


def _check_looks(study: StudyFolder) -> None:
    """Check that the looks at the claims were at runs that the study asks for.

    Raises:
        OutputError: the file is damaged, or a look was at another run.
    """
    looks = read_looks(study.path)
    for look in looks["looks"] if looks else ():
        for name, seeds in (look.get("finished") or {}).items():
            for seed in set(seeds) - set(study.seeds(name)):
                path = study.path / StudyFile.LOOKS
                raise OutputError("looks_at_missing", path=path, alternative=name, seed=seed)


def _is_name(name: str) -> bool:
    """Whether this is the name of a file in the study's folder, and no path out of it."""
    return Path(name).name == name


def _check_toml(study: StudyFolder) -> None:
    _check_listed(study, StudyFile.CONFIG)


def _check_listed(study: StudyFolder, name: str) -> None:
    """Compare a file with what ``study.json`` lists of it.

    Raises:
        OutputError: it is another.
    """
    expected = (study.study.get("files") or {}).get(name)
    path = study.path / name
    if expected not in (None, described_content(read_bytes(path))):
        raise damaged(path)


def _run_findings(study: StudyFolder, sound: SoundRuns) -> Iterator[Finding]:
    """Say what the files of the runs show, and add the sound runs to ``sound``."""
    unlisted, failed, asked = 0, 0, 0
    for alternative in study.study["alternatives"]:
        asked += len(study.seeds(str(alternative["name"])))
        for judged in judged_runs(study, str(alternative["name"])):
            if judged.damage is not None:
                yield _broken(judged.damage)
            elif judged.state == "failed":
                failed += 1
            else:
                sound.append((judged.alternative, judged.seed, judged.run))
                unlisted += not judged.run.listed
                yield from _log_findings(judged.run)
                yield from _robustness_findings(judged.run)
                yield from _limits_findings(judged.run)
    whole = len(sound)
    yield from _added_findings(sound)
    if whole:
        yield Finding("ok", "verify.run_files", {"count": whole, "asked": asked})
    if unlisted:
        yield Finding("warning", "verify.unlisted", {"count": unlisted})
    if failed:
        yield Finding("warning", "verify.failed_runs", {"count": failed})
    if missing := asked - whole - failed:
        level: Level = "warning" if whole else "error"
        yield Finding(level, "verify.missing_runs", {"count": missing, "asked": asked})


def _added_findings(sound: SoundRuns) -> Iterator[Finding]:
    """Tell of runs whose predictions were added: how they came about can't be looked at."""
    for name, seed, run in sound:
        if not run.is_added:
            continue
        files = ", ".join(file["name"] for file in run.record["source"]["files"])
        values = {"alternative": name, "seed": seed, "files": files}
        yield Finding("warning", "verify.added" if files else "verify.added_arrays", values)


def _log_findings(run: RunFolder) -> Iterator[Finding]:
    """Tell of a log that was changed since it was written; nothing rests on it."""
    if RunFile.LOG not in run.listed:
        return
    try:
        run.content(RunFile.LOG)
    except OutputError:
        yield Finding("warning", "verify.log_changed", {"path": run.path / RunFile.LOG})


def _robustness_findings(run: RunFolder) -> Iterator[Finding]:
    """Tell of a ``robustness.json`` that is not as it was written."""
    try:
        read_robustness(run)
    except OutputError as error:
        yield _broken(error)


def _limits_findings(run: RunFolder) -> Iterator[Finding]:
    """Tell of limits that are gone; if they are there, they have been compared already."""
    path = run.path / RunFile.LIMITS
    if RunFile.LIMITS in run.listed and not path.is_file():
        yield Finding("warning", "verify.limits_missing", {"path": path})


def _broken(error: OutputError) -> Finding:
    return Finding("error", "verify.broken", {"reason": error}, error)
