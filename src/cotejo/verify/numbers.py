"""Whether a study's metrics, and its report, follow from its predictions."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from importlib.metadata import version
from math import isclose
from pathlib import Path
from typing import Any

from cotejo.errors import OutputError
from cotejo.evaluate import split_metrics
from cotejo.messages import LANGUAGES
from cotejo.report import write_report
from cotejo.store import SEAL, SEARCHES, ReportFile, RunFile, StudyFile, StudyFolder
from cotejo.verify.files import SoundRuns
from cotejo.verify.finding import Finding, Level

__all__ = ["first_difference", "metric_findings", "report_findings"]

_REPORTED = tuple(
    name
    for name in StudyFile
    if name not in (StudyFile.LOCK, StudyFile.AUDIT_LOG, StudyFile.ERROR_ANALYSIS_LOG)
)
"""The files of a study that its report is made from, besides the files of the runs."""

_CLOSE = 1e-6
"""The largest relative difference of numbers computed from equal predictions on any machine."""


def metric_findings(runs: SoundRuns) -> Iterator[Finding]:
    """Compute every metric anew from the predictions, and say where it differs."""
    following = 0
    for _, _, run in runs:
        said = {split: run.metrics[split] for split in run.metrics if split in ("valid", "test")}
        difference = first_difference(_without_scaled(said), split_metrics(run.predictions))
        if difference is None:
            following += 1
            continue
        values = {"path": run.path / RunFile.METRICS, "field": difference}
        # An earlier version computed some figures otherwise; its runs list no files.
        level: Level = "error" if run.listed else "warning"
        yield Finding(level, f"verify.metrics_differ_{level}", values)
    if following:
        yield Finding("ok", "verify.metrics_follow", {"count": following})


def _without_scaled(said: dict[str, Any]) -> dict[str, Any]:
    """Return metrics without what follows from a temperature.

    A search finds the temperature, and may end at a slightly different one on another machine.
    """
    test = dict(said.get("test") or {})
    calibration = test.get("calibration") or {}
    kept = {
        name: value
        for name, value in calibration.items()
        if name != "temperature" and not name.endswith("_scaled")
    }
    return {**said, "test": {**test, "calibration": kept}} if calibration else said


def report_findings(study: StudyFolder) -> Iterator[Finding]:
    """Write the report anew, elsewhere, and say where the one in the folder differs from it."""
    # Neither a final training nor a shard has a report.
    if study.study.get("final") or study.study.get("shard") is not None:
        return
    folder = study.path
    if not (folder / ReportFile.NUMBERS).is_file():
        yield Finding("warning", "verify.no_report", {"folder": folder})
        return
    try:
        different = _different_files(study)
    except OutputError as error:
        yield Finding("error", "verify.broken", {"reason": error}, error)
        return
    if not (folder / ReportFile.PAGE).is_file():
        yield Finding("warning", "verify.no_page", {"folder": folder})
    if not different:
        yield Finding("ok", "verify.report_follows")
        return
    # Another version may say the same differently: that is for a reader to judge.
    level: Level = "error" if _is_of_this_version(folder) else "warning"
    for name, field in different.items():
        yield Finding(level, f"verify.report_differs_{level}", {"path": name, "field": field})


def _different_files(study: StudyFolder) -> dict[str, str]:
    """Return, for each file that the report would write otherwise, where it first differs."""
    folder = study.path
    page = folder / ReportFile.PAGE
    said = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
    named = re.search(r'<html lang="(\w+)"', said)
    languages = [named[1]] if named and named[1] in LANGUAGES else list(LANGUAGES)
    results = []
    for language in languages:
        with tempfile.TemporaryDirectory() as temporary:
            twin = _twin(study, Path(temporary) / folder.resolve().name)
            new = write_report(twin, language)
            different = dict(_compare(folder, twin))
            if said and (place := _first_other_word(said, new.read_text(encoding="utf-8"))):
                different[ReportFile.PAGE] = place
            results.append(different)
    # The tables' class names are in the report's language, which a study without a page hides.
    return min(results, key=len)


def _twin(study: StudyFolder, twin: Path) -> Path:
    """Make a folder of links to the study's files, so that nothing is written among those."""
    twin.mkdir()
    names = [entry["name"] for entry in study.study["alternatives"]]
    for name in (*_REPORTED, SEARCHES, *names):
        if (study.path / name).exists():
            _link((study.path / name).resolve(), twin / name)
    return twin


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source, target_is_directory=source.is_dir())
    except OSError:  # on Windows it takes a privilege
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target)


def _compare(folder: Path, twin: Path) -> Iterator[tuple[str, str]]:
    for new in sorted([*twin.glob("*.csv"), twin / ReportFile.NUMBERS]):
        old = folder / new.name
        if new.name in _REPORTED:
            continue
        if not old.is_file():
            yield new.name, "–"
            continue
        if new.suffix == ".json":
            said, expected = _json(old), _json(new)
            # Less than this version writes is no difference only to an earlier format.
            lacks = set(expected) - set(said) if _is_as_new(said, expected) else set()
            difference = first_difference(said, expected) or next(iter(sorted(lacks)), None)
        else:
            difference = first_difference(_csv(old), _csv(new))
        if difference is not None:
            yield new.name, difference


def _is_as_new(said: Any, expected: Any) -> bool:
    return isinstance(said, dict) and said.get("format", expected["format"]) == expected["format"]


def _json(path: Path) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return content
    return {key: value for key, value in content.items() if key != SEAL}


def _csv(path: Path) -> Any:
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, ValueError, csv.Error):
        return None
    return [[_number(cell) for cell in row] for row in rows]


def _number(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell


def first_difference(old: Any, new: Any, place: str = "") -> str | None:
    """Return where two contents first differ, such as ``"test.accuracy"``; None where nowhere.

    Numbers count as equal if they differ by no more than rounding. What only ``new`` has does not
    count, because earlier versions wrote less.

    Example:
        >>> first_difference({"a": [1.0, 2.0]}, {"a": [1.0, 2.5], "b": 1})
        'a.1'
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        parts = [(str(key), old[key], new.get(key)) for key in old]
    elif _is_list(old) and _is_list(new) and len(old) == len(new):
        parts = [(str(index), *pair) for index, pair in enumerate(zip(old, new, strict=True))]
    elif isinstance(old, float) and isinstance(new, int | float):
        return None if isclose(old, new, rel_tol=_CLOSE, abs_tol=_CLOSE) else place or "–"
    else:
        return None if old == new else place or "–"
    for name, old_part, new_part in parts:
        difference = first_difference(old_part, new_part, f"{place}.{name}".lstrip("."))
        if difference is not None:
            return difference
    return None


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _first_other_word(old: str, new: str) -> str | None:
    """Return the words around the first difference of two pages' texts, figures left out."""
    before, after = _words(old), _words(new)
    if before == after:
        return None
    same = [old_word == new_word for old_word, new_word in zip(before, after, strict=False)]
    at = same.index(False) if False in same else len(same)
    return "“" + " ".join(before[max(0, at - 3) : at + 4]) + "”"


def _words(page: str) -> list[str]:
    text = re.sub(r"<(svg|style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", text)).split()


def _is_of_this_version(folder: Path) -> bool:
    page = folder / ReportFile.PAGE
    return page.is_file() and f"Cotejo {version('cotejo')}" in page.read_text("utf-8", "replace")
