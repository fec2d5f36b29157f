"""The schemas of a study's JSON files: what must be there, of which type, within which bounds.

A file of the right format that does not fit its schema was not written by Cotejo, or was edited by
hand. What a report can do without may be missing; whatever is there must be of the right type.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from cotejo.texts import NAME_PATTERN

__all__ = [
    "AddedRun",
    "Content",
    "Data",
    "FinishedRun",
    "Metrics",
    "Reason",
    "Run",
    "Study",
    "are_distinct",
]


def _is_moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def are_distinct(values: list[Any]) -> list[Any]:
    """Return a list that holds nothing twice."""
    if len(set(values)) != len(values):
        raise ValueError("a value is there twice")
    return values


Moment = Annotated[str, AfterValidator(_is_moment)]
Text = dict[str, str] | str | None
Fraction = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0, lt=2**53)]
Positive = Annotated[int, Field(ge=1, lt=2**53)]
Side = Annotated[int, Field(ge=1, le=65535)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
Bounds = Annotated[list[float], Field(min_length=2, max_length=2)] | None
Key = Annotated[str, Field(min_length=1, max_length=128)]
FolderName = Annotated[str, Field(pattern=NAME_PATTERN)]
"""The name of an alternative, which its folder has too."""
Settings = dict[str, bool | int | float | str | list[str | dict[str, int | float]] | None]


class Content(BaseModel):
    """A JSON object, or a part of one. A value of another type is refused, not converted."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _File(Content):
    bytes: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Listing(Content):
    """A file that lists the size and the SHA-256 of files that belong to it."""

    files: dict[str, _File] = {}


class _Alternative(Content):
    name: FolderName
    label: Text = None
    settings: Settings = {}
    added: bool = False
    seeds: Annotated[list[Seed], AfterValidator(are_distinct)] | None = None


class _Range(Content):
    low: int | float
    high: int | float
    log: bool = False


class _Search(Content):
    name: FolderName
    trials: Positive
    adds: bool = True
    start: FolderName | None = None
    sampler: Literal["tpe", "random"]
    prune: bool
    at_once: Positive = 1
    space: dict[str, _Range | list[Any]]
    found: Settings | None = None
    number: Positive | None = None
    keys: list[Key] = []

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Search:
        """Check that what was found is that of a trial, in the settings that were searched."""
        if (self.found is None) != (self.number is None):
            raise ValueError("found, number")
        if self.found is not None and set(self.found) != set(self.space):
            raise ValueError("found")
        if self.number is not None and self.number > len(self.keys):
            raise ValueError("number")
        return self


class _Claim(Content):
    text: dict[str, str]
    better: str
    than: Annotated[list[str], Field(min_length=1)] | None = None
    value: float | None = None
    by: float
    margin: Annotated[float, Field(gt=0)] | None = None
    metric: Literal["test_accuracy", "valid_accuracy", "gap", "epochs", "seconds"]
    reach: Fraction | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _Claim:
        """Check that it has what its metric needs, and exactly one thing to compare with."""
        if (self.than is None) == (self.value is None):
            raise ValueError("than, value")
        if (self.reach is None) == (self.metric == "epochs"):
            raise ValueError("reach")
        return self


class _ReportHeading(Content):
    title: Text = None
    author: Text = None


class _Shard(Content):
    number: Positive
    of: Positive


class Study(_Listing):
    """``study.json``."""

    name: str = ""
    title: Text = None
    report: _ReportHeading = _ReportHeading()
    data: str | None = None
    requested_data: str | None = None
    quick: bool = False
    final: bool = False
    seeds: Annotated[list[Seed], Field(min_length=1), AfterValidator(are_distinct)]
    folds: Annotated[int, Field(ge=3, le=255)] | None = None
    shard: _Shard | None = None
    alternatives: list[_Alternative]
    searches: list[_Search] = []
    claims: list[_Claim] = []
    error: Literal["share", "family"] = "share"
    keys: dict[str, dict[str, Key]] = {}
    command: str = ""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Study:
        """Check that alternatives have different names, and claims are about them."""
        names = [alternative.name for alternative in self.alternatives]
        if len(set(names)) != len(names):
            raise ValueError("alternatives")
        for claim in self.claims:
            if not {claim.better, *(claim.than or [])} <= set(names):
                raise ValueError("claims")
        if not {search.name for search in self.searches} <= set(names):
            raise ValueError("searches")
        return self


class _Counts(Content):
    train: list[Count]
    valid: list[Count]
    test: list[Count]


class _Split(Content):
    method: str = ""
    folds: Annotated[int, Field(ge=3, le=255)] | None = None


class _Channels(Content):
    mean: list[Fraction]
    std: list[Fraction]


class _Pictures(Content):
    fit: Literal["pad", "crop", "stretch"]
    chosen: bool
    smaller: Count
    larger: Count
    least: Count
    middle: Count
    most: Count
    left_out: dict[str, Count]
    groups: Count


class Data(_Listing):
    """``data.json``."""

    name: str
    source: str | None = None
    fingerprint: str | None = None
    image_shape: Annotated[list[Side], Field(min_length=3, max_length=3)]
    class_names: Annotated[dict[str, list[str]], Field(min_length=1)]
    split: _Split | None = None
    counts: _Counts
    channels: _Channels | None = None
    pictures: _Pictures | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Data:
        """Check that there are as many names and counts as classes."""
        counts = self.counts
        lengths = {len(of_split) for of_split in (counts.train, counts.valid, counts.test)}
        lengths |= {len(names) for names in self.class_names.values()}
        if len(lengths) != 1 or not sum(counts.test):
            raise ValueError("class_names, counts")
        channels = self.channels
        if channels and {len(channels.mean), len(channels.std)} != {self.image_shape[2]}:
            raise ValueError("channels")
        return self


class Reason(Content):
    """Why a training failed, to be put into words in any language."""

    key: str
    values: dict[str, Any] = Field(default_factory=dict)
    message: str | None = None


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


class Run(_Listing):
    """``run.json`` of a run that came to an end."""

    key: Key
    status: Literal["finished", "failed"]
    reason: Reason | None = None
    alternative: str
    seed: Seed
    settings: Settings = {}
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


class _Resumed(Content):
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
    resumed: list[_Resumed] = []
    folds: Annotated[list[_Fold], Field(min_length=3, max_length=255)] | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> FinishedRun:
        """Check that the best epoch was trained."""
        if (self.best_epoch or 1) > self.epochs:
            raise ValueError("best_epoch")
        return self


class _AddedFile(_File):
    name: str


class _Source(Content):
    kind: Literal["added"]
    probabilities: bool
    predictions: str = ""
    files: list[_AddedFile] = []
    history: _AddedFile | None = None
    cotejo: str = ""


class AddedRun(Run):
    """``run.json`` of a run that was trained elsewhere, and whose predictions were added."""

    source: _Source
    epochs: Positive | None = None
    test_reads: Count = 1


class _Measured(Content):
    accuracy: Fraction
    balanced_accuracy: Fraction | None = None
    loss: NotNegative | None
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
    confidence: Fraction | None
    accuracy: Fraction | None


class _Calibration(Content):
    ece: Fraction
    temperature: Annotated[float, Field(gt=0)] | None = None
    ece_scaled: Fraction | None = None
    loss_scaled: NotNegative | None = None
    brier_scaled: NotNegative | None = None
    reliability: Annotated[list[_Bin], Field(min_length=1)]
    reliability_scaled: Annotated[list[_Bin], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> _Calibration:
        """Check that a temperature and what follows from it are there together, or not at all.

        It is fitted on the validation images, and a final training has none.
        """
        scaled = (self.ece_scaled, self.loss_scaled, self.brier_scaled, self.reliability_scaled)
        if {value is None for value in (self.temperature, *scaled)} == {True, False}:
            raise ValueError("test.calibration")
        return self


class _Tested(_Measured):
    macro_f1: Fraction
    macro_precision: Fraction | None = None
    macro_recall: Fraction | None = None
    macro_auc: Fraction | None = None
    brier: Annotated[float, Field(ge=0, le=2)] | None = None
    top2_accuracy: Fraction | None = None
    intervals: dict[str, Bounds] | None = None
    calibration: _Calibration | None = None
    per_class: list[_OfClass]
    confusion: list[list[Count]]


class Metrics(Content):
    """``metrics.json``; a final training has no ``valid``, and an added run no ``train``."""

    train: _Measured | None = None
    valid: _Measured | None = None
    test: _Tested

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Metrics:
        """Check that each class has a row of figures, and a row and a column of the matrix."""
        classes = len(self.test.per_class)
        matrix = self.test.confusion
        if not classes or {len(matrix), *(len(row) for row in matrix)} != {classes}:
            raise ValueError("test.confusion")
        return self
