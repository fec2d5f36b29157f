"""The facts of a study: its files read, checked, and put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.facts.alternative import AlternativeFacts, LeftOut, in_language
from cotejo.facts.searches import SearchFacts, search_facts
from cotejo.facts.soundness import check_settings, judged_runs
from cotejo.facts.unlike_classes import UnlikeClasses, unlike_classes
from cotejo.messages import current_language
from cotejo.store import (
    RunFolder,
    StudyFile,
    StudyFolder,
    card_name,
    check_study,
    read_looks,
    read_readings,
)

__all__ = ["Phase", "StudyFacts", "best_alternative", "gather", "gather_records"]


@dataclass(frozen=True)
class Phase:
    """One phase of a training: a run, and the epochs and seconds trained before it began."""

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
        """The seeds asked for of any alternative that the study trains, in order."""
        asked = (seed for each in self.described for seed in self.seeds_of(each))
        return list(dict.fromkeys(asked)) or list(self.study["seeds"])

    @property
    def folds(self) -> int | None:
        """Into how many parts the images are dealt for cross-validation; None without it."""
        return self.study.get("folds")

    @cached_property
    def plan_of_looks(self) -> Mapping[str, Any] | None:
        """``looks.json``: when its claims are looked at; None where they are judged once."""
        return read_looks(self.folder.path)

    @property
    def looks(self) -> list[Mapping[str, Any]]:
        """The looks that were taken, in order."""
        plan = self.plan_of_looks
        return [look for look in plan["looks"] if look.get("finished") is not None] if plan else []

    def at(self, look: Mapping[str, Any]) -> StudyFacts:
        """Return the facts as they were at a look: with the runs that there were."""
        seen = tuple(
            each.seen(look["finished"].get(each.name, ()), look["asked"].get(each.name, ()))
            for each in self.alternatives
        )
        return replace(self, alternatives=seen)

    @cached_property
    def searches(self) -> list[SearchFacts]:
        """The searches that came to their end, in the study's order."""
        return search_facts(self.folder.path, self.study, self.alternatives)

    @property
    def trained(self) -> list[AlternativeFacts]:
        """The alternatives with a finished run, in the study's order."""
        return [alternative for alternative in self.alternatives if alternative.finished]

    @property
    def own(self) -> list[AlternativeFacts]:
        """Those of `trained` that this study trained itself: how is known."""
        return [alternative for alternative in self.trained if not alternative.is_added]

    @property
    def added(self) -> list[AlternativeFacts]:
        """Those of `trained` that were trained elsewhere: their predictions are all there is."""
        return [alternative for alternative in self.trained if alternative.is_added]

    @property
    def described(self) -> list[AlternativeFacts]:
        """The alternatives whose settings the study knows, with a finished run or without."""
        return [alternative for alternative in self.alternatives if not alternative.is_added]

    @property
    def failed(self) -> list[RunFolder]:
        """The runs that failed."""
        return [run for alternative in self.alternatives for run in alternative.failed]

    @property
    def asked(self) -> int:
        """How many runs were asked for."""
        return sum(len(self.seeds_of(alternative)) for alternative in self.alternatives)

    def seeds_of(self, alternative: AlternativeFacts) -> list[int]:
        """Return the seeds that an alternative has or is to have; an added one has its own."""
        return self.folder.seeds(alternative.name)

    @property
    def finished(self) -> list[RunFolder]:
        """The runs that finished."""
        return [run for alternative in self.alternatives for run in alternative.finished]

    @property
    def left_out(self) -> list[LeftOut]:
        """The runs that came to an end and are not counted, because a file of theirs is damaged."""
        return [left_out for each in self.alternatives for left_out in each.left_out]

    @property
    def missing(self) -> int:
        """How many runs were asked for and neither finished nor failed, with those left out."""
        return self.asked - len(self.finished) - len(self.failed)

    @property
    def started(self) -> str | None:
        """When the first of the runs here began, as ISO 8601 writes it.

        The folder itself may be older, if all runs in it have been replaced.
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
    def learned_images(self) -> tuple[int, int]:
        """The lowest and the highest number of training images that a finished run learned from."""
        recorded = [run.record.get("dataset", {}).get("train") for run in self.finished]
        counts = [int(count) for count in recorded if count] or [self.images("train")]
        return min(counts), max(counts)

    @property
    def train_sample(self) -> int | None:
        """On how many training images the accuracy was measured; None if on all of them."""
        known = [run.metrics["train"] for run in self.finished if run.metrics.get("train")]
        images = max((int(measured["images"]) for measured in known), default=0)
        return images if 0 < images < self.images("train") else None

    @cached_property
    def unlike(self) -> UnlikeClasses | None:
        """Its classes of unlike size; None where they are alike."""
        return unlike_classes(self.data["counts"])

    @cached_property
    def chosen_by(self) -> Literal["accuracy", "balanced_accuracy"]:
        """The figure on validation by which the best alternative is chosen.

        It is accuracy, and balanced accuracy where the classes are unlike in size. Runs made
        before 2026-11-27 did not record that: studies that have one keep the choice they made.
        """
        # A run that was added may have no predictions on validation; it is not chosen then.
        measured = [run.metrics for run in self.finished if "valid" in run.metrics]
        recorded = all(each["valid"].get("balanced_accuracy") is not None for each in measured)
        return "balanced_accuracy" if self.unlike is not None and recorded else "accuracy"

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits whose images differ; with cross-validation each of them has all images."""
        return ("test",) if self.folds is not None else ("train", "valid", "test")

    def images(self, split: str) -> int:
        """Return how many images a split has."""
        return int(sum(self.data["counts"][split]))

    @cached_property
    def examples(self) -> Mapping[str, NDArray[Any]]:
        """``data.npz``: images of each class, and the same ones augmented."""
        return self.folder.images

    def class_names(self, language: str) -> list[str]:
        """Return the classes' names, in label order."""
        return [str(name) for name in in_language(self.data["class_names"], language)]

    def phases(self, alternative: AlternativeFacts) -> list[Phase]:
        """Return the whole training of its representative run, with the runs it started from."""
        chain = [(alternative, alternative.representative)]
        while (start := self.start_of(chain[0][1])) is not None and start not in chain:
            chain.insert(0, start)
        phases: list[Phase] = []
        epochs, seconds = 0, 0.0
        for trained, run in chain:
            phases.append(Phase(trained, run, epochs, seconds))
            epochs += len(run.history)
            seconds += sum(row.get("seconds", 0.0) for row in run.history)
        return phases

    def whole_seconds(self, run: RunFolder) -> float:
        """Return a run's training seconds, with those of the runs that it started from.

        Of a run that was added they are not known.
        """
        return sum(float(link.record["timings"]["train_seconds"]) for link in self._chain(run))

    def whole_epochs(self, run: RunFolder) -> int:
        """Return a run's epochs, with those of the runs that it started from; as above."""
        return sum(len(link.history) for link in self._chain(run))

    def _chain(self, run: RunFolder) -> list[RunFolder]:
        chain = [run]
        # A damaged record could name a run that started from this one.
        while (start := self.start_of(chain[-1])) is not None and start[1] not in chain:
            chain.append(start[1])
        return chain

    def start_of(self, run: RunFolder) -> tuple[AlternativeFacts, RunFolder] | None:
        """Return the run whose weights ``run`` started from; None if it is not in this study."""
        start = run.record.get("start_from")
        if not start:
            return None
        # Its key decides: an alternative may have been renamed since its runs were recorded.
        named_first = sorted(self.trained, key=lambda each: each.name != start["alternative"])
        for alternative in named_first:
            for candidate in alternative.finished:
                if candidate.record.get("key") == start["key"]:
                    return alternative, candidate
        return None


def gather(folder: Path) -> StudyFacts:
    """Read a study's folder.

    A run with a damaged file is left out, and `StudyFacts.left_out` says why. The others count.

    Raises:
        OutputError: the folder holds no study, a file of the study itself is damaged, or no
            finished run of it can be counted.
    """
    study = StudyFolder(Path(folder))
    check_study(study.path)
    check_settings(study)
    if study.study.get("final"):
        card = study.path / card_name(current_language())
        raise OutputError("final_no_report", folder=study.path, card=card)
    alternatives = tuple(
        _alternative(study, index, entry) for index, entry in enumerate(study.study["alternatives"])
    )
    facts = StudyFacts(study, alternatives, tuple(read_readings(study.path)))
    if not facts.finished:
        if facts.left_out:
            raise facts.left_out[0].reason
        key = "all_runs_failed" if facts.failed else "no_finished_run"
        raise OutputError(key, path=study.path, count=len(facts.failed))
    if not any(alternative.has_validation for alternative in facts.trained):
        raise OutputError("added_none_validated", path=study.path)
    return facts


def gather_records(folder: Path) -> StudyFacts:
    """Read how the runs of a study ended, from ``run.json`` and ``metrics.json`` alone.

    It is quick, because no predictions are read, and so it checks less than `gather`. There may be
    no finished run at all.

    Raises:
        OutputError: a file of the study itself is missing or damaged.
    """
    study = StudyFolder(Path(folder))
    alternatives = tuple(
        _recorded(study, index, entry) for index, entry in enumerate(study.study["alternatives"])
    )
    return StudyFacts(study, alternatives, ())


def best_alternative(facts: StudyFacts) -> AlternativeFacts:
    """Return the alternative of the highest mean over its finished seeds on validation.

    It is the mean accuracy, or balanced accuracy, as `StudyFacts.chosen_by` says.

    The test set has no say, so that the test accuracy of the best is not flattered by the choice.
    Of several equal ones it is the first in the study. One that was added without predictions on
    validation can't be chosen.
    """
    choosable = [alternative for alternative in facts.trained if alternative.has_validation]
    return max(choosable, key=lambda alternative: alternative.mean("valid", facts.chosen_by))


def _recorded(study: StudyFolder, index: int, entry: Mapping[str, Any]) -> AlternativeFacts:
    runs: dict[str, list[RunFolder]] = {"finished": [], "failed": []}
    left_out: list[LeftOut] = []
    for seed, run in study.runs(entry["name"]):
        try:
            if run.record["status"] == "finished":
                _ = run.metrics  # reading it checks it
            runs[run.record["status"]].append(run)
        except OutputError as damage:
            left_out.append(LeftOut(str(entry["name"]), seed, damage))
    return AlternativeFacts(
        index, entry, tuple(runs["finished"]), tuple(runs["failed"]), tuple(left_out)
    )


def _alternative(study: StudyFolder, index: int, entry: Mapping[str, Any]) -> AlternativeFacts:
    runs: dict[str, list[RunFolder]] = {"sound": [], "failed": []}
    left_out: list[LeftOut] = []
    for judged in judged_runs(study, entry["name"]):
        if judged.damage is None:
            runs[judged.state].append(judged.run)
        elif judged.damage.values.get("path") == study.path / StudyFile.DATA:
            raise judged.damage  # a file of the study, without which no run can be judged
        else:
            left_out.append(LeftOut(str(entry["name"]), judged.seed, judged.damage))
    return AlternativeFacts(
        index, entry, tuple(runs["sound"]), tuple(runs["failed"]), tuple(left_out)
    )
