"""Simulated studies with claims whose truth is known, for `verdicts.py` and `looks.py`.

A seed gets an image right if the sum of the image's ease, the seed's luck and its luck with this
image is above 0, as in `simulated_answers.py`. Here the seeds' luck may have heavy tails, or be
bad once in ten. Epochs and seconds vary in proportion to their mean. The claim's line is put so
that the truth lies a given number of margins above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from cotejo.report.judging import Judging
from simulated_answers import IMAGE, LUCK, SHARED

ACCURACY_METRICS = ("test_accuracy", "valid_accuracy", "gap")
METRICS = (*ACCURACY_METRICS, "epochs", "seconds")
REACH = 0.6

SHARES = (np.arange(400) + 0.5) / 400
"""Where the laws of the seeds' luck are evaluated for the true accuracies."""


@dataclass(frozen=True)
class Case:
    """What studies are simulated.

    Attributes:
        claims: how many claims a study states; each compares an alternative of its own with the
            same reference.
        metrics: of the claims, in turn.
        offsets: how many margins the truth lies above the claim's line, in turn.
        seeds: of each alternative.
        images: of the test set and of the validation set.
        accuracy: about that of every alternative.
        law: ``"normal"``; ``"heavy tails"``: t with three degrees of freedom; ``"one bad seed in
            ten"``: it is four deviations worse.
        spreads: ``"as measured"``: about 0.78 points, worth eight degrees of freedom; ``"one
            wide"``: one alternative of 2 points, the others 0.3.
        margin: of accuracies and gaps.
        error: ``"share"`` or ``"family"``.
        shared: the share of the variance of a seed's luck that every second alternative has in
            common with the reference, as if it continued it; they are compared seed by seed.
    """

    claims: int = 10
    metrics: Sequence[str] = METRICS
    offsets: Sequence[float] = (0.0, 0.5, 1.0, 2.0, 4.0)
    seeds: int = 3
    images: int = 10_000
    accuracy: float = 0.7
    law: str = "normal"
    spreads: str = "as measured"
    margin: float = 0.02
    error: str = "share"
    shared: float = 0.0


@dataclass
class Simulated:
    """An alternative as `Judging` and the claims ask for it."""

    name: str
    answers: dict[str, Any]
    gaps: list[float]
    train_accuracy: float
    seconds: list[float]
    epochs: list[float]
    truth: dict[str, float]
    finished: list[Any] = field(default_factory=list)
    diverged: int = 0
    is_added: bool = False
    has_validation: bool = True
    parts: Any = None
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give each seed a run: its history reaches the accuracy asked for when it should."""
        self.finished = [
            SimpleNamespace(
                record={"seed": seed, "timings": {"train_seconds": 60.0}},
                seconds=seconds,
                history=_history(epochs),
            )
            for seed, (seconds, epochs) in enumerate(zip(self.seconds, self.epochs, strict=True), 1)
        ]

    @property
    def seeds(self) -> list[int]:
        """The seeds, from 1."""
        return [run.record["seed"] for run in self.finished]

    @property
    def representative(self) -> Any:
        """A run that knows the number of training images."""
        images = self.answers["test"].shape[1]
        return SimpleNamespace(metrics={"train": {"images": images}})

    def mean(self, split: str, metric: str) -> float:
        """The mean accuracy over seeds."""
        if split == "train":
            return self.train_accuracy
        return float(self.answers[split].mean())


def study(case: Case, generator: np.random.Generator) -> tuple[Judging, list[float]]:
    """Return the differences of a simulated study, and the truth of each claim's advantage."""
    eases = {
        split: generator.standard_normal(case.images) * np.sqrt(IMAGE * SHARED)
        for split in ("train", "valid", "test")
    }
    deviations = _deviations(case, generator)
    common = _lucks(case.law, (case.seeds, 1), generator)
    alternatives = [
        _alternative(case, index, deviation, eases, common, generator)
        for index, deviation in enumerate(deviations)
    ]
    reference, *others = alternatives
    claims, truths = [], []
    for index, other in enumerate(others):
        metric = case.metrics[index % len(case.metrics)]
        lower = metric in ("gap", "epochs", "seconds")
        truth = other.truth[metric] - reference.truth[metric]
        truth = -truth if lower else truth
        margin = case.margin if metric in ACCURACY_METRICS else 0.1 * reference.truth[metric]
        offset = case.offsets[(index // len(case.metrics) + index) % len(case.offsets)]
        claims.append(
            {"better": other.name, "than": [reference.name], "metric": metric, "margin": margin,
             "by": truth - offset * margin, "reach": REACH if metric == "epochs" else None}
        )  # fmt: skip
        truths.append(truth)
    facts = SimpleNamespace(
        study={"claims": claims, "error": case.error},
        trained=alternatives,
        own=alternatives,
        folds=None,
        data={"counts": {"valid": [case.images // 10]}},
        images=lambda split: case.images,
        whole_seconds=lambda run: run.seconds,
        whole_epochs=lambda run: len(run.history),
    )
    judging = Judging(facts)
    pairs = others[1::2] if case.shared else []
    seeds = list(range(1, case.seeds + 1))
    judging.__dict__["shared"] = {frozenset((reference.name, o.name)): seeds for o in pairs}
    return judging, truths


def _deviations(case: Case, generator: np.random.Generator) -> np.ndarray:
    count = case.claims + 1
    if case.spreads == "one wide":
        return np.array([0.003, 0.020, *[0.003] * (count - 2)])
    return 0.0078 * np.sqrt(8 / generator.chisquare(8, count))


def _alternative(case, index, deviation, eases, common, generator) -> Simulated:
    level = case.accuracy + 0.02 * generator.standard_normal()
    level = min(max(level, 0.05), 0.98)
    threshold = ndtri(level)
    shift = deviation * np.sqrt(2 * np.pi) * np.exp(threshold**2 / 2)
    lucks = _lucks(case.law, (case.seeds, 1), generator)
    if index % 2 == 0 or not case.shared:
        # Of those that continue nothing, the reference alone has the luck that others share.
        lucks = common if index == 0 else lucks
    else:
        lucks = np.sqrt(case.shared) * common + np.sqrt(1 - case.shared) * lucks
    means = {"train": threshold + 0.2, "valid": threshold, "test": threshold}
    answers = {}
    for split, ease in eases.items():
        own = generator.standard_normal(case.images) * np.sqrt(IMAGE * (1 - SHARED))
        total = generator.standard_normal((case.seeds, case.images)) * np.sqrt(LUCK)
        answers[split] = total + ease + own + means[split] + shift * lucks > 0
    truth = {split: _truth(case, mean, shift) for split, mean in means.items()}
    figures = {"epochs": 6.0, "seconds": 60.0}
    values = {}
    for figure, mean in figures.items():
        mean *= np.exp(0.2 * generator.standard_normal())
        spread = 0.05 * mean * np.sqrt(8 / generator.chisquare(8))
        values[figure] = np.maximum(mean + spread * _lucks(case.law, case.seeds, generator), 0.1)
        figures[figure] = mean
    train = answers.pop("train")
    return Simulated(
        name=f"a{index}",
        answers=answers,
        gaps=(train.mean(axis=1) - answers["test"].mean(axis=1)).tolist(),
        train_accuracy=float(train.mean()),
        seconds=values["seconds"].tolist(),
        epochs=values["epochs"].tolist(),
        truth={
            "test_accuracy": truth["test"],
            "valid_accuracy": truth["valid"],
            "gap": truth["train"] - truth["test"],
            **figures,
        },
    )


def _lucks(law: str, shape: Any, generator: np.random.Generator) -> np.ndarray:
    """Return draws of mean 0 and variance 1."""
    if law == "heavy tails":
        return generator.standard_t(3, shape) / np.sqrt(3)
    lucks = generator.standard_normal(shape)
    if law == "one bad seed in ten":
        bad = generator.random(shape) < 0.1
        lucks = (lucks - 4 * bad + 0.4) / np.sqrt(1 + 16 * 0.09)
    return lucks


def _truth(case: Case, mean: float, shift: float) -> float:
    """Return the expected accuracy over all seeds and images."""
    if case.law == "heavy tails":
        lucks, weights = stdtrit(3, SHARES) / np.sqrt(3), 1 / len(SHARES)
    elif case.law == "one bad seed in ten":
        normal, scale = ndtri(SHARES), np.sqrt(1 + 16 * 0.09)
        lucks = np.concatenate([(normal + 0.4) / scale, (normal - 3.6) / scale])
        weights = np.repeat([0.9, 0.1], len(SHARES)) / len(SHARES)
    else:
        lucks, weights = ndtri(SHARES), 1 / len(SHARES)
    return float((weights * ndtr((mean + shift * lucks) / np.sqrt(IMAGE + LUCK))).sum())


def _history(epochs: float) -> list[dict[str, float]]:
    """Return a history that reaches the accuracy asked for after so many epochs."""
    whole, guess = ceil(epochs) - 1, 0.1
    before = 0.0 if whole else guess
    share = max(epochs - whole, 1e-6)
    rows = [{"valid_accuracy": 0.0}] * whole
    return [*rows, {"valid_accuracy": before + (REACH - before) / share}]
