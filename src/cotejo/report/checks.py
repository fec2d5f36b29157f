"""What a study's files must hold for a report: checked once, before anything rests on it.

A file that is of the right format and lacks this was not written by Cotejo, or was edited by hand.
What a report can do without may be missing; what is there must be of its type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cotejo.errors import OutputError
from cotejo.store import HISTORY_COLUMNS, RunFolder, StudyFolder

__all__ = ["check_arrays", "check_data", "check_finished", "check_run", "check_study"]


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Moment = Annotated[str, AfterValidator(_is_moment)]
Text = dict[str, str] | str | None
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Settings = dict[str, bool | int | float | str | None]


class _Content(BaseModel):
    model_config = ConfigDict(strict=True)


class _Alternative(_Content):
    name: str
    label: Text = None
    settings: Settings = {}


class _Study(_Content):
    name: str = ""
    title: Text = None
    data: str | None = None
    requested_data: str | None = None
    quick: bool = False
    seeds: list[int]
    alternatives: list[_Alternative]
    keys: dict[str, dict[str, str]] = {}
    command: str = ""


class _Counts(_Content):
    train: list[Count]
    valid: list[Count]
    test: list[Count]


class _Split(_Content):
    method: str = ""


class _Channels(_Content):
    mean: list[float]
    std: list[float]


class _Data(_Content):
    name: str
    source: str | None = None
    fingerprint: str | None = None
    image_shape: Annotated[list[Positive], Field(min_length=3, max_length=3)]
    class_names: Annotated[dict[str, list[str]], Field(min_length=1)]
    split: _Split | None = None
    counts: _Counts
    channels: _Channels | None = None


class _Reason(_Content):
    key: str
    values: dict[str, Any] = {}
    message: str | None = None


class _Start(_Content):
    alternative: str
    key: str


class _Layer(_Content):
    name: str
    type: str
    output_shape: list[int | None] | None = None
    parameters: Count


class _Model(_Content):
    parameters: Count
    layers: list[_Layer] | None = None


class _Machine(_Content):
    processor: str | None = None
    cores: int | None = None
    memory_gib: float | None = None
    accelerator: str | None = None
    system: str | None = None


class _Run(_Content):
    key: str | None = None
    status: Literal["finished", "failed"]
    reason: _Reason | None = None
    alternative: str
    seed: int
    start_from: _Start | None = None
    model: _Model | None = None
    precision: str | None = None
    backend: str | None = None
    versions: dict[str, str] | None = None
    machine: _Machine | None = None
    started: Moment | None = None
    finished: Moment | None = None


class _Timings(_Content):
    train_seconds: float
    images_per_second: float


class _FinishedRun(_Run):
    epochs: Positive
    best_epoch: Positive | None = None
    stopped_early: bool = False
    timings: _Timings


class _Measured(_Content):
    accuracy: Fraction
    loss: float
    images: Positive


class _OfClass(_Content):
    precision: Fraction
    recall: Fraction
    f1: Fraction
    support: Count


class _Tested(_Measured):
    macro_f1: Fraction
    per_class: list[_OfClass]
    confusion: list[list[Count]]


class _Metrics(_Content):
    train: _Measured
    valid: _Measured
    test: _Tested


def check_study(study: StudyFolder) -> None:
    """Check ``study.json``.

    Raises:
        OutputError: it is not what Cotejo writes.
    """
    _check(_Study, study.study, study.path / "study.json")


def check_data(study: StudyFolder) -> None:
    """Check ``data.json``: as many names and counts as classes, and images in every split.

    Raises:
        OutputError: it is not what Cotejo writes.
    """
    path = study.path / "data.json"
    _check(_Data, study.data, path)
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
    _check(_Run, run.record, run.path / "run.json")


def check_finished(run: RunFolder, classes: int) -> None:
    """Check what a finished run on ``classes`` classes found: its record, metrics and history.

    Raises:
        OutputError: a file of it is not what Cotejo writes.
    """
    _check(_FinishedRun, run.record, run.path / "run.json")
    path = run.path / "metrics.json"
    _check(_Metrics, run.metrics, path)
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


def _check_history(run: RunFolder) -> None:
    path = run.path / "history.csv"
    try:
        rows: Sequence[Mapping[str, float]] = run.history
    except (TypeError, ValueError) as error:
        raise OutputError(_damaged(path), path=path) from error
    if not rows or any(column not in rows[0] for column in HISTORY_COLUMNS):
        raise OutputError(_damaged(path), path=path)


def _check(shape: type[_Content], content: Mapping[str, Any], path: Path) -> None:
    try:
        shape.model_validate(content)
    except ValidationError as error:
        raise OutputError(_damaged(path), path=path) from error


def _damaged(path: Path) -> str:
    # What to do about it differs: a run's folder can be trained again, the study's can't.
    return "damaged_file" if path.parent.name.startswith("seed-") else "damaged_study_file"
