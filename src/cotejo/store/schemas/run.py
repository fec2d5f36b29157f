"""``run.json``: how a run was trained, or where its predictions come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cotejo.store.schemas.values import (
    Content,
    Count,
    File,
    Key,
    Listing,
    Moment,
    NotNegative,
    Positive,
    Reason,
    Seed,
    Settings,
)

__all__ = ["AddedRun", "FinishedRun", "Run"]


class _Start(Content):
    alternative: str
    key: str


class _Layer(Content):
    name: str
    type: str
    output_shape: list[int | None] | None = None
    parameters: Count
    precision: Literal["float32", "bfloat16"] | None = None
    kernel_size: list[Count] | None = None
    activation: str | None = None
    rate: NotNegative | None = None


class _Code(Content):
    file: str
    sha256: Key
    reached: Key | None = None


class _Model(Content):
    parameters: Count
    changes: list[str] | None = None
    operations_per_image: Count | None = None
    bytes: Count | None = None
    layers: list[_Layer] | None = None


class _Machine(Content):
    processor: str | None = None
    cores: Count | None = None
    memory_gib: NotNegative | None = None
    accelerator: str | None = None
    onednn: bool | None = None
    system: str | None = None


class _RunData(Content):
    name: str | None = None
    fingerprint: str | None = None
    train: Count | None = None
    valid: Count | None = None
    test: Count | None = None
    class_names: dict[str, list[str]] | None = None
    fit: Literal["pad", "crop", "stretch"] | None = None


class Run(Listing):
    """``run.json`` of a run that came to an end."""

    key: Key
    status: Literal["finished", "failed"]
    reason: Reason | None = None
    alternative: str
    seed: Seed
    settings: Settings = Field(default_factory=dict)
    start_from: _Start | None = None
    code: _Code | None = None
    model: _Model | None = None
    precision: str | None = None
    backend: str | None = None
    versions: dict[str, str] | None = None
    machine: _Machine | None = None
    started: Moment | None = None
    finished: Moment | None = None
    dataset: _RunData | None = None


class _Timings(Content):
    train_seconds: NotNegative
    images_per_second: NotNegative
    inference_ms_per_image: NotNegative | None = None


class _Fold(Content):
    train: Positive
    valid: Positive
    test: Positive
    epochs: Positive
    best_epoch: Positive
    stopped_early: bool


class Resumed(Content):
    """A training that went on from a checkpoint, of a run or a trial."""

    network: Positive
    epoch: Positive
    step: Count
    exact: bool


class FinishedRun(Run):
    """``run.json`` of one that finished."""

    epochs: Positive
    best_epoch: Positive | None = None
    stopped_early: bool = False
    timings: _Timings
    test_reads: Count = 1
    views_margin: NotNegative | None = None
    resumed: list[Resumed] = Field(default_factory=list)
    folds: Annotated[list[_Fold], Field(min_length=3, max_length=255)] | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> FinishedRun:
        """Check that the best epoch was trained."""
        if (self.best_epoch or 1) > self.epochs:
            raise ValueError("best_epoch")
        return self


class _AddedFile(File):
    name: str


class _Source(Content):
    kind: Literal["added"]
    probabilities: bool
    predictions: str = ""
    files: list[_AddedFile] = Field(default_factory=list)
    history: _AddedFile | None = None
    cotejo: str = ""


class AddedRun(Run):
    """``run.json`` of a run that was trained elsewhere, and whose predictions were added."""

    source: _Source
    epochs: Positive | None = None
    test_reads: Count = 1
