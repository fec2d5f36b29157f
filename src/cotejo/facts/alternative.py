"""What an alternative's files say: what was asked for, and its runs that came to an end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.evaluate import balanced_accuracy
from cotejo.evaluate.intervals import Interval
from cotejo.store import RunFile, RunFolder, damaged

__all__ = ["AlternativeFacts", "LeftOut", "in_language"]


@dataclass(frozen=True)
class LeftOut:
    """A run that came to an end and can't be counted: a file of it is not as it was written.

    Attributes:
        alternative, seed: which run.
        reason: names the file, and says what to do.
    """

    alternative: str
    seed: int
    reason: OutputError


_DIVERGED = "loss_not_finite"
"""The key of the reason why a diverged run failed."""

_DERIVED = {"Convolution": "Conv2D"}
"""Cotejo's own layers, and the layer of Keras that each is a kind of."""


@dataclass(frozen=True)
class AlternativeFacts:
    """One alternative: what was asked for, and its runs that came to an end.

    Attributes:
        index: its position in the study, from 0.
        entry: what ``study.json`` says of it.
        finished: its finished runs whose files are whole and agree with each other.
        failed: its runs that failed.
        left_out: its finished runs that can't be counted, because a file is missing or damaged.
    """

    index: int
    entry: Mapping[str, Any]
    finished: tuple[RunFolder, ...]
    failed: tuple[RunFolder, ...]
    left_out: tuple[LeftOut, ...] = ()

    def seen(self, finished: Collection[int], asked: Collection[int]) -> AlternativeFacts:
        """Return what was there when these seeds had finished, of those asked for by then."""
        return replace(
            self,
            finished=tuple(run for run in self.finished if run.record["seed"] in finished),
            failed=tuple(run for run in self.failed if run.record.get("seed") in asked),
        )

    @property
    def name(self) -> str:
        """What files and folders call it."""
        return str(self.entry["name"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting, resolved."""
        return self.entry.get("settings") or {}

    @property
    def diverged(self) -> int:
        """How many of its runs failed because the loss was no longer finite."""
        reasons = [run.record.get("reason") or {} for run in self.failed]
        return sum(reason.get("key") == _DIVERGED for reason in reasons)

    @property
    def is_added(self) -> bool:
        """Whether it was trained elsewhere, so that its predictions are all that is known."""
        return bool(self.entry.get("added"))

    @property
    def has_validation(self) -> bool:
        """Whether each finished run has predictions for the validation images."""
        return all("valid" in run.metrics for run in self.finished)

    @property
    def has_probabilities(self) -> bool:
        """Whether the predictions of each finished run are probabilities, not classes alone."""
        return all(run.has_probabilities for run in self.finished)

    @property
    def has_history(self) -> bool:
        """Whether each finished run has a history of its epochs."""
        return all(run.has_history for run in self.finished)

    @property
    def source_files(self) -> list[str]:
        """The names of the files that an added alternative's predictions came from, each once.

        There is none where the predictions were given as arrays.
        """
        sources = [run.record.get("source") or {} for run in self.finished]
        return list(dict.fromkeys(file["name"] for each in sources for file in each["files"]))

    def label(self, language: str) -> str:
        """Return what the report calls it."""
        return in_language(self.entry.get("label"), language) or self.name

    def values(self, split: str, metric: str) -> list[float]:
        """Return one metric on one split, one value per finished seed."""
        return [float(run.metrics[split][metric]) for run in self.finished]

    def mean(self, split: str, metric: str) -> float:
        """Return the mean over the finished seeds."""
        return fmean(self.values(split, metric))

    def known_mean(self, split: str, metric: str) -> float | None:
        """Return the same; None where a run lacks the figure, as one that was added may."""
        values = [(run.metrics.get(split) or {}).get(metric) for run in self.finished]
        return None if None in values or not values else self.mean(split, metric)

    def spread(self, split: str, metric: str) -> float | None:
        """Return the sample deviation over the finished seeds; None for one."""
        values = self.values(split, metric)
        return stdev(values) if len(values) > 1 else None

    @property
    def gap(self) -> float:
        """Training less test accuracy, neither augmented: a mean over the finished seeds."""
        return fmean(self.gaps)

    @property
    def gaps(self) -> list[float]:
        """The same, one value per finished seed."""
        both = zip(self.values("train", "accuracy"), self.values("test", "accuracy"), strict=True)
        return [train - test for train, test in both]

    def mean_timing(self, name: str) -> float | None:
        """Return the mean over the finished seeds of one of ``run.json``'s timings.

        None of an added alternative: how long it trained is not known.
        """
        timings = [run.record.get("timings") for run in self.finished]
        known = [float(each[name]) for each in timings if each]
        return fmean(known) if known and len(known) == len(timings) else None

    @property
    def model(self) -> Mapping[str, Any] | None:
        """The network's parameters and layers; None if no run got as far as building it."""
        for run in (*self.finished, *self.failed):
            if run.record.get("model"):
                return _in_keras_words(run.record["model"])
        return None

    def has_layers(self, kind: str) -> bool:
        """Whether its network has layers of a kind, such as ``"Dropout"``."""
        layers = (self.model or {}).get("layers") or []
        return any(layer["type"] == kind for layer in layers)

    @cached_property
    def representative(self) -> RunFolder:
        """The finished run of the median validation accuracy, the lower of two middle ones.

        One trained network, so that its curves, confusion matrix and mistakes belong together.
        Without predictions on validation it is the middle one in the order of the seeds.
        """
        if not self.has_validation:
            return self.finished[(len(self.finished) - 1) // 2]
        ranked = sorted(self.finished, key=lambda run: run.metrics["valid"]["accuracy"])
        return ranked[(len(ranked) - 1) // 2]

    @cached_property
    def per_class(self) -> list[dict[str, float]]:
        """Precision, recall, F1 and support of each class, means over the finished seeds."""
        runs = [run.metrics["test"]["per_class"] for run in self.finished]
        names = ("precision", "recall", "f1", "support")
        return [
            {name: fmean(float(row[name]) for row in same_class) for name in names}
            for same_class in zip(*runs, strict=True)
        ]

    @property
    def answers(self) -> Mapping[str, NDArray[np.bool_]]:
        """``[seeds, n]`` of ``valid`` and ``test``: whether each finished seed got an image right.

        Without predictions on validation there is ``test`` alone.

        Raises:
            OutputError: two seeds were measured on different images.
        """
        return self._answers_and_parts[0]

    @property
    def parts(self) -> NDArray[np.int64] | None:
        """``[seeds, n]``: the part of a cross-validation that each image is in; None without one.

        Raises:
            OutputError: only some of the seeds have parts.
        """
        return self._answers_and_parts[1]

    @cached_property
    def _answers_and_parts(
        self,
    ) -> tuple[Mapping[str, NDArray[np.bool_]], NDArray[np.int64] | None]:
        splits = ("valid", "test") if self.has_validation else ("test",)
        by_split: dict[str, list[NDArray[np.bool_]]] = {split: [] for split in splits}
        parts: list[NDArray[np.int64]] = []
        for run in self.finished:
            # A reader of its own, so that the probabilities of all runs are not kept in memory.
            reader = RunFolder(run.path)
            for split, answers in by_split.items():
                labels, chances = _predictions(reader, split)
                answers.append(chances.argmax(axis=1) == labels)
                if len(answers[-1]) != len(answers[0]):
                    raise damaged(run.path / RunFile.PREDICTIONS, f"{split}_labels", len(labels))
            if "test_parts" in reader.predictions:
                parts.append(reader.predictions["test_parts"].astype(np.int64))
        if parts and len(parts) < len(self.finished):
            raise damaged(self.finished[0].path / RunFile.PREDICTIONS, "test_parts")
        answered = {split: np.stack(answers) for split, answers in by_split.items()}
        return answered, np.stack(parts) if parts else None

    @property
    def seeds(self) -> list[int]:
        """The seeds of its finished runs, in the order of `finished`."""
        return [int(run.record["seed"]) for run in self.finished]

    @property
    def networks(self) -> int:
        """How many networks its finished runs trained: one of each seed, or of each fold."""
        return sum(len(run.record.get("folds") or [None]) for run in self.finished)

    @cached_property
    def test_predictions(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Labels ``[n]`` and probabilities ``[n, classes]`` of the representative run on test."""
        return _predictions(self.representative, "test")

    @cached_property
    def valid_predictions(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """The same on the validation images."""
        return _predictions(self.representative, "valid")

    @cached_property
    def balanced(self) -> list[Interval]:
        """Balanced accuracy on the test images with its 95% interval, one per finished seed.

        It follows from the confusion matrix, and so is known of runs that did not record it.
        """
        return [balanced_accuracy(run.metrics["test"]["confusion"]) for run in self.finished]

    @cached_property
    def kept_mistakes(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """``mistakes.npz`` of the representative run: positions in the test set, and images."""
        run = self.representative
        return run.mistakes["indices"], run.mistakes["images"]


def in_language(texts: Any, language: str) -> Any:
    """Return the entry of ``texts`` in ``language``, else in English, else in any.

    Example:
        >>> in_language({"en": "cat", "es": "gato"}, "es")
        'gato'
        >>> in_language({"en": "cat"}, "es")
        'cat'
    """
    if not isinstance(texts, Mapping) or not texts:
        return texts
    return texts.get(language, texts.get("en", next(iter(texts.values()))))


def _in_keras_words(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model as ``run.json`` has it, its layers named by Keras's kinds.

    Runs made before 2026-11-26 name some layers by Cotejo's own classes.
    """
    layers = [
        {**layer, "type": _DERIVED.get(layer["type"], layer["type"])}
        for layer in model.get("layers") or []
    ]
    return {**model, "layers": layers}


def _predictions(run: RunFolder, split: str) -> tuple[NDArray[Any], NDArray[Any]]:
    arrays = run.predictions
    return arrays[f"{split}_labels"], arrays[f"{split}_probabilities"]
