"""What a study's files must hold for a report: checked once, before anything rests on it.

A file that is of the right format and lacks this was not written by Cotejo, or was edited by hand.
What a report can do without may be missing; what is there must be of its type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from pydantic import ValidationError

from cotejo.errors import OutputError
from cotejo.facts.shapes import Content, Data, FinishedRun, Metrics, Run, Study
from cotejo.store import HISTORY_COLUMNS, RunFolder, StudyFolder

__all__ = ["check_arrays", "check_data", "check_finished", "check_run", "check_study"]


def check_study(study: StudyFolder) -> None:
    """Check ``study.json``: its claims are about its own alternatives.

    Raises:
        OutputError: it is not what Cotejo writes.
    """
    path = study.path / "study.json"
    _check(Study, study.study, path)
    names = {alternative["name"] for alternative in study.study["alternatives"]}
    if not all(_is_about(claim, names) for claim in study.study.get("claims", [])):
        raise OutputError(_damaged(path), path=path)


def check_data(study: StudyFolder) -> None:
    """Check ``data.json``: as many names and counts as classes, and images in every split.

    Raises:
        OutputError: it is not what Cotejo writes.
    """
    path = study.path / "data.json"
    _check(Data, study.data, path)
    counts, names = study.data["counts"], study.data["class_names"]
    classes = len(counts["train"])
    if any(len(listed) != classes for listed in (*names.values(), *counts.values())) or not all(
        sum(of_split) for of_split in counts.values()
    ):
        raise OutputError(_damaged(path), path=path)


def check_run(run: RunFolder) -> None:
    """Check the ``run.json`` of a run that came to an end.

    Raises:
        OutputError: it is not what Cotejo writes.
    """
    _check(Run, run.record, run.path / "run.json")


def check_finished(run: RunFolder, classes: int) -> None:
    """Check what a finished run on ``classes`` classes found: its record, metrics and history.

    Raises:
        OutputError: a file of it is not what Cotejo writes.
    """
    _check(FinishedRun, run.record, run.path / "run.json")
    path = run.path / "metrics.json"
    _check(Metrics, run.metrics, path)
    test = run.metrics["test"]
    if any(len(of) != classes for of in (test["per_class"], test["confusion"], *test["confusion"])):
        raise OutputError(_damaged(path), path=path)
    _check_history(run)


def check_arrays(
    path: Path, arrays: Mapping[str, NDArray[Any]], dimensions: Mapping[str, int]
) -> None:
    """Check that an ``.npz`` file has the arrays that ``dimensions`` names, each with as many.

    Raises:
        OutputError: one is missing or of another shape.
    """
    if any(name not in arrays or arrays[name].ndim != count for name, count in dimensions.items()):
        raise OutputError(_damaged(path), path=path)


def _is_about(claim: Mapping[str, Any], names: set[str]) -> bool:
    """Whether a claim compares alternatives of ``names``, with what its metric needs."""
    others, value = claim.get("than"), claim.get("value")
    with_reach = claim.get("reach") is not None
    return (
        (others is None) != (value is None)
        and with_reach == (claim["metric"] == "epochs")
        and {claim["better"], *(others or [])} <= names
    )


def _check_history(run: RunFolder) -> None:
    path = run.path / "history.csv"
    try:
        rows: Sequence[Mapping[str, float]] = run.history
    except (TypeError, ValueError) as error:
        raise OutputError(_damaged(path), path=path) from error
    if not rows or any(column not in rows[0] for column in HISTORY_COLUMNS):
        raise OutputError(_damaged(path), path=path)


def _check(shape: type[Content], content: Mapping[str, Any], path: Path) -> None:
    try:
        shape.model_validate(content)
    except ValidationError as error:
        raise OutputError(_damaged(path), path=path) from error


def _damaged(path: Path) -> str:
    # What to do about it differs: a run's folder can be trained again, the study's can't.
    return "damaged_file" if path.parent.name.startswith("seed-") else "damaged_study_file"
