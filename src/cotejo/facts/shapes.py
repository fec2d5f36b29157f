"""The shapes of a study's JSON files: what must be there, and the type of what may be."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Content", "Data", "FinishedRun", "Metrics", "Run", "Study"]


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Moment = Annotated[str, AfterValidator(_is_moment)]
Text = dict[str, str] | str | None
Fraction = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Bounds = Annotated[list[float], Field(min_length=2, max_length=2)] | None
Settings = dict[str, bool | int | float | str | None]


class Content(BaseModel):
    """A JSON object, or a part of one."""

    model_config = ConfigDict(strict=True)


class _Alternative(Content):
    name: str
    label: Text = None
    settings: Settings = {}


class _Claim(Content):
    text: dict[str, str]
    better: str
    than: Annotated[list[str], Field(min_length=1)] | None = None
    value: float | None = None
    by: float
    metric: Literal["test_accuracy", "valid_accuracy", "gap", "epochs", "seconds"]
    reach: float | None = None


class Study(Content):
    """``study.json``."""

    name: str = ""
    title: Text = None
    data: str | None = None
    requested_data: str | None = None
    quick: bool = False
    seeds: list[int]
    alternatives: list[_Alternative]
    claims: list[_Claim] = []
    keys: dict[str, dict[str, str]] = {}
    command: str = ""


class _Counts(Content):
    train: list[Count]
    valid: list[Count]
    test: list[Count]


class _Split(Content):
    method: str = ""


class _Channels(Content):
    mean: list[float]
    std: list[float]


class Data(Content):
    """``data.json``."""

    name: str
    source: str | None = None
    fingerprint: str | None = None
    image_shape: Annotated[list[Positive], Field(min_length=3, max_length=3)]
    class_names: Annotated[dict[str, list[str]], Field(min_length=1)]
    split: _Split | None = None
    counts: _Counts
    channels: _Channels | None = None


class _Reason(Content):
    key: str
    values: dict[str, Any] = {}
    message: str | None = None


class _Start(Content):
    alternative: str
    key: str


class _Layer(Content):
    name: str
    type: str
    output_shape: list[int | None] | None = None
    parameters: Count


class _Model(Content):
    parameters: Count
    operations_per_image: Count | None = None
    bytes: Count | None = None
    layers: list[_Layer] | None = None


class _Machine(Content):
    processor: str | None = None
    cores: int | None = None
    memory_gib: float | None = None
    accelerator: str | None = None
    system: str | None = None


class Run(Content):
    """``run.json`` of a run that came to an end."""

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


class _Timings(Content):
    train_seconds: float
    images_per_second: float
    inference_ms_per_image: float | None = None


class FinishedRun(Run):
    """``run.json`` of one that finished."""

    epochs: Positive
    best_epoch: Positive | None = None
    stopped_early: bool = False
    timings: _Timings


class _Measured(Content):
    accuracy: Fraction
    loss: float
    images: Positive


class _OfClass(Content):
    precision: Fraction
    recall: Fraction
    f1: Fraction
    auc: Fraction | None = None
    support: Count
    precision_interval: Bounds = None
    recall_interval: Bounds = None
    f1_interval: Bounds = None
    auc_interval: Bounds = None


class _Bin(Content):
    low: Fraction
    high: Fraction
    images: Count
    confidence: float | None
    accuracy: Fraction | None


class _Calibration(Content):
    ece: Fraction
    temperature: float
    ece_scaled: Fraction
    loss_scaled: float
    brier_scaled: float
    reliability: Annotated[list[_Bin], Field(min_length=1)]
    reliability_scaled: Annotated[list[_Bin], Field(min_length=1)]


class _Tested(_Measured):
    macro_f1: Fraction
    macro_precision: Fraction | None = None
    macro_recall: Fraction | None = None
    macro_auc: Fraction | None = None
    brier: float | None = None
    top2_accuracy: Fraction | None = None
    intervals: dict[str, Bounds] | None = None
    calibration: _Calibration | None = None
    per_class: list[_OfClass]
    confusion: list[list[Count]]


class Metrics(Content):
    """``metrics.json``."""

    train: _Measured
    valid: _Measured
    test: _Tested
