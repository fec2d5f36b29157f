"""What a study's files say, gathered and checked: the only place where the report reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.report.checks import (
    check_arrays,
    check_data,
    check_finished,
    check_run,
    check_study,
)
from cotejo.store import RunFolder, StudyFolder, read_csv

__all__ = ["AlternativeFacts", "Phase", "StudyFacts", "gather", "in_language"]


@dataclass(frozen=True)
class AlternativeFacts:
    """One alternative: what was asked for, and its runs that came to an end."""

    index: int
    entry: Mapping[str, Any]
    finished: tuple[RunFolder, ...]
    failed: tuple[RunFolder, ...]

    @property
    def name(self) -> str:
        """What files and folders call it."""
        return str(self.entry["name"])

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every setting, resolved."""
        return self.entry.get("settings") or {}

    def label(self, language: str) -> str:
        """Return what the report calls it."""
        return in_language(self.entry.get("label"), language) or self.name

    def values(self, split: str, metric: str) -> list[float]:
        """Return one metric on one split, a value a finished seed."""
        return [float(run.metrics[split][metric]) for run in self.finished]

    def mean(self, split: str, metric: str) -> float:
        """Return the mean over the finished seeds."""
        return fmean(self.values(split, metric))

    def spread(self, split: str, metric: str) -> float | None:
        """Return the sample deviation over the finished seeds; None for one."""
        values = self.values(split, metric)
        return stdev(values) if len(values) > 1 else None

    def mean_timing(self, name: str) -> float:
        """Return the mean over the finished seeds of one of ``run.json``'s timings."""
        return fmean(float(run.record["timings"][name]) for run in self.finished)

    @property
    def model(self) -> Mapping[str, Any] | None:
        """The network's parameters and layers, or None where no run got so far."""
        for run in (*self.finished, *self.failed):
            if run.record.get("model"):
                return dict(run.record["model"])
        return None

    def has_layers(self, kind: str) -> bool:
        """Whether its network has layers of a kind, such as ``"Dropout"``."""
        layers = (self.model or {}).get("layers") or []
        return any(layer["type"] == kind for layer in layers)

    @cached_property
    def representative(self) -> RunFolder:
        """The finished run of the median validation accuracy, the lower of two middle ones.

        One trained network, so that its curves, confusion matrix and mistakes belong together.
        """
        ranked = sorted(self.finished, key=lambda run: run.metrics["valid"]["accuracy"])
        return ranked[(len(ranked) - 1) // 2]

    @cached_property
    def per_class(self) -> list[dict[str, float]]:
        """Precision, recall, F1 and support a class, means over the finished seeds."""
        runs = [run.metrics["test"]["per_class"] for run in self.finished]
        names = ("precision", "recall", "f1", "support")
        return [
            {name: fmean(float(one[name]) for one in same_class) for name in names}
            for same_class in zip(*runs, strict=True)
        ]

    @cached_property
    def correct(self) -> NDArray[np.float64]:
        """``[n]``: the fraction of the finished seeds that got each test image right."""
        answers = []
        for run in self.finished:
            # Not kept by the run, so that thirty runs' probabilities are not in memory at once.
            labels, chances = _predictions(RunFolder(run.path), "test")
            answers.append(chances.argmax(axis=1) == labels)
        return np.asarray(np.mean(answers, axis=0), np.float64)

    @cached_property
    def correct_on_validation(self) -> NDArray[np.float64]:
        """``[n]``: the fraction of the finished seeds that got each validation image right."""
        answers = []
        for run in self.finished:
            labels, chances = _predictions(RunFolder(run.path), "valid")
            answers.append(chances.argmax(axis=1) == labels)
        return np.asarray(np.mean(answers, axis=0), np.float64)

    @cached_property
    def test_predictions(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Labels ``[n]`` and probabilities ``[n, classes]`` of the representative run on test."""
        return _predictions(self.representative, "test")

    @cached_property
    def kept_mistakes(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """``mistakes.npz`` of the representative run: positions in the test set, and images."""
        run = self.representative
        check_arrays(run.path / "mistakes.npz", run.mistakes, {"indices": 1, "images": 4})
        return run.mistakes["indices"], run.mistakes["images"]


@dataclass(frozen=True)
class Phase:
    """One stretch of training: a run, and what was trained before it began."""

    alternative: AlternativeFacts
    run: RunFolder
    epochs_before: int
    seconds_before: float


@dataclass(frozen=True)
class StudyFacts:
    """A study's files, read."""

    folder: StudyFolder
    alternatives: tuple[AlternativeFacts, ...]
    test_reads: tuple[Mapping[str, str], ...]

    @property
    def study(self) -> Mapping[str, Any]:
        """``study.json``."""
        return self.folder.study

    @property
    def data(self) -> Mapping[str, Any]:
        """``data.json``."""
        return self.folder.data

    @property
    def seeds(self) -> list[int]:
        """The seeds asked for, in order."""
        return list(self.study["seeds"])

    @property
    def trained(self) -> list[AlternativeFacts]:
        """The alternatives with a finished run, in the study's order."""
        return [alternative for alternative in self.alternatives if alternative.finished]

    @property
    def failed(self) -> list[RunFolder]:
        """The runs that failed."""
        return [run for alternative in self.alternatives for run in alternative.failed]

    @property
    def asked(self) -> int:
        """How many runs were asked for."""
        return len(self.alternatives) * len(self.seeds)

    @property
    def finished(self) -> list[RunFolder]:
        """The runs that finished."""
        return [run for alternative in self.alternatives for run in alternative.finished]

    @property
    def missing(self) -> int:
        """How many runs were asked for and have not come to an end with these settings."""
        return self.asked - len(self.finished) - len(self.failed)

    @property
    def started(self) -> str | None:
        """When the first of the runs here began, as ISO 8601 writes it.

        A folder may be older than every run in it, once all have been replaced.
        """
        return min(self._moments("started"), default=None)

    @property
    def ended(self) -> str | None:
        """When the last of the runs here came to its end."""
        return max(self._moments("finished"), default=None)

    def _moments(self, name: str) -> list[str]:
        runs = (*self.finished, *self.failed)
        return [str(run.record[name]) for run in runs if run.record.get(name)]

    @property
    def train_sample(self) -> int | None:
        """On how many training images accuracy was measured; None where it was on all."""
        images = max(int(run.metrics["train"]["images"]) for run in self.finished)
        return images if images < self.images("train") else None

    def images(self, split: str) -> int:
        """Return how many images a split has."""
        return int(sum(self.data["counts"][split]))

    @cached_property
    def examples(self) -> Mapping[str, NDArray[Any]]:
        """``data.npz``: images of each class, and the same ones augmented."""
        arrays = self.folder.images
        augmented = {name: 5 for name in arrays if name.startswith("augmented_")}
        needed = {"example_images": 5, "original_images": 4}
        check_arrays(self.folder.path / "data.npz", arrays, needed | augmented)
        return arrays

    def class_names(self, language: str) -> list[str]:
        """Return the classes' names, in label order."""
        return [str(name) for name in in_language(self.data["class_names"], language)]

    def phases(self, alternative: AlternativeFacts) -> list[Phase]:
        """Return the whole training of its representative run: first what it started from."""
        chain = [(alternative, alternative.representative)]
        while (start := self._start_of(chain[0][1])) is not None and start not in chain:
            chain.insert(0, start)
        phases: list[Phase] = []
        epochs, seconds = 0, 0.0
        for one, run in chain:
            phases.append(Phase(one, run, epochs, seconds))
            epochs += len(run.history)
            seconds += sum(row["seconds"] for row in run.history)
        return phases

    def _start_of(self, run: RunFolder) -> tuple[AlternativeFacts, RunFolder] | None:
        start = run.record.get("start_from")
        if not start:
            return None
        # By its key: an alternative may have another name by now than its runs recorded.
        named_first = sorted(self.trained, key=lambda one: one.name != start["alternative"])
        runs = ((one, candidate) for one in named_first for candidate in one.finished)
        return next((found for found in runs if found[1].record.get("key") == start["key"]), None)


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


def gather(folder: Path) -> StudyFacts:
    """Read a study's folder.

    Raises:
        OutputError: it is no study's folder, a file in it is damaged, or no run has finished.
    """
    study = StudyFolder(Path(folder))
    if not (study.path / "study.json").is_file():
        raise OutputError("no_study", path=study.path)
    check_study(study)
    if not study.study["alternatives"]:
        raise OutputError("no_finished_run", path=study.path)
    alternatives = tuple(
        _alternative(study, index, entry) for index, entry in enumerate(study.study["alternatives"])
    )
    if not any(alternative.finished for alternative in alternatives):
        failed = sum(len(alternative.failed) for alternative in alternatives)
        raise OutputError(
            "all_runs_failed" if failed else "no_finished_run", path=study.path, count=failed
        )
    check_data(study)
    classes = len(study.data["counts"]["test"])
    for alternative in alternatives:
        for run in alternative.finished:
            check_finished(run, classes)
    reads = study.path / "test-reads.csv"
    return StudyFacts(study, alternatives, tuple(read_csv(reads) if reads.is_file() else ()))


def _alternative(study: StudyFolder, index: int, entry: Mapping[str, Any]) -> AlternativeFacts:
    # Those of the study's settings only: what earlier settings left counts as missing.
    runs = study.runs(entry["name"])
    for run in runs:
        check_run(run)
    finished = tuple(run for run in runs if run.is_finished)
    failed = tuple(run for run in runs if run.record["status"] == "failed")
    return AlternativeFacts(index, entry, finished, failed)


def _predictions(run: RunFolder, split: str) -> tuple[NDArray[Any], NDArray[Any]]:
    labels, chances = f"{split}_labels", f"{split}_probabilities"
    arrays = run.predictions
    check_arrays(run.path / "predictions.npz", arrays, {labels: 1, chances: 2})
    return arrays[labels], arrays[chances]
