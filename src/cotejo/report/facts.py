"""What a study's files say, gathered and checked: the only place where the report reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store import RunFolder, StudyFolder, read_csv

__all__ = ["AlternativeFacts", "Phase", "StudyFacts", "gather", "in_language"]

_HISTORY = (
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_accuracy",
    "learning_rate",
    "seconds",
)


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
            predictions = RunFolder(run.path).predictions
            predicted = predictions["test_probabilities"].argmax(axis=1)
            answers.append(predicted == predictions["test_labels"])
        return np.asarray(np.mean(answers, axis=0), np.float64)


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
    def missing(self) -> int:
        """How many runs were asked for and have not come to an end."""
        ended = sum(len(one.finished) + len(one.failed) for one in self.alternatives)
        return len(self.alternatives) * len(self.seeds) - ended

    def images(self, split: str) -> int:
        """Return how many images a split has."""
        return int(sum(self.data["counts"][split]))

    def class_names(self, language: str) -> list[str]:
        """Return the classes' names, in label order."""
        return [str(name) for name in in_language(self.data["class_names"], language)]

    def phases(self, run: RunFolder) -> list[Phase]:
        """Return the whole training of ``run``: first the runs that it started from."""
        chain = [run]
        while (start := self._start_of(chain[0])) is not None and start not in chain:
            chain.insert(0, start)
        phases: list[Phase] = []
        epochs, seconds = 0, 0.0
        for one in chain:
            phases.append(Phase(self.alternative(one.record["alternative"]), one, epochs, seconds))
            epochs += len(one.history)
            seconds += sum(row["seconds"] for row in one.history)
        return phases

    def alternative(self, name: str) -> AlternativeFacts:
        """Return the alternative called ``name``."""
        return next(one for one in self.alternatives if one.name == name)

    def _start_of(self, run: RunFolder) -> RunFolder | None:
        start = run.record.get("start_from")
        if not start:
            return None
        parents = [one for one in self.alternatives if one.name == start["alternative"]]
        runs = [candidate for parent in parents for candidate in parent.finished]
        same = [one for one in runs if one.record.get("key") == start.get("key")]
        return same[0] if same else None


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
    _require(study.path / "study.json", study.study, ("alternatives", "seeds"))
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
    _require(study.path / "data.json", study.data, ("counts", "class_names", "image_shape"))
    reads = study.path / "test-reads.csv"
    return StudyFacts(study, alternatives, tuple(read_csv(reads) if reads.is_file() else ()))


def _alternative(study: StudyFolder, index: int, entry: Mapping[str, Any]) -> AlternativeFacts:
    runs = study.runs(entry["name"])
    for run in runs:
        _require(run.path / "run.json", run.record, ("status", "alternative", "seed"))
    finished = tuple(run for run in runs if run.is_finished)
    for run in finished:
        _require(run.path / "run.json", run.record, ("epochs", "timings"))
        _require(run.path / "metrics.json", run.metrics, ("train", "valid", "test"))
        _require_history(run)
    return AlternativeFacts(index, entry, finished, tuple(r for r in runs if not r.is_finished))


def _require_history(run: RunFolder) -> None:
    path = run.path / "history.csv"
    try:
        rows = run.history
    except (TypeError, ValueError) as error:
        raise OutputError("damaged_file", path=path) from error
    if not rows:
        raise OutputError("damaged_file", path=path)
    _require(path, rows[0], _HISTORY)


def _require(path: Path, content: Mapping[str, Any], keys: Sequence[str]) -> None:
    # A file of the right format that lacks what everything rests on was not written by Cotejo.
    if any(key not in content for key in keys):
        raise OutputError("damaged_file", path=path)
