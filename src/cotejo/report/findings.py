"""What follows from a study's facts, as far as several topics of the report need it.

That is the best alternative, how far it is ahead, and what to doubt. What one topic alone needs
is computed in its own folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from statistics import fmean
from typing import Any, TypeVar, cast

import numpy as np

from cotejo.evaluate import balanced_accuracy, confused_pairs, confusion_counts
from cotejo.facts import AlternativeFacts, StudyFacts, best_alternative
from cotejo.facts.error_analysis import ErrorAnalysis, error_analysis_of
from cotejo.report.accuracies import balanced, balanced_lead, lead
from cotejo.report.evidence import Evidence, Lead
from cotejo.stats import Difference, Interval, wilson_interval

__all__ = ["Findings", "Overfitting", "computed_once"]

Result = TypeVar("Result")

_SURE = 0.9
"""A mistake made with this probability or more is called a sure one."""


@dataclass(frozen=True)
class Overfitting:
    """How far an alternative's training images are ahead of its validation images.

    Attributes:
        gap: training less validation accuracy of the kept weights, neither augmented; a mean
            over the seeds.
        epochs: epochs that the representative run trained.
        lowest_epoch: its epoch of the lowest validation loss, from 1.
        lowest_loss: that loss, in nats.
        loss_rise: by how much validation loss was higher at the last epoch, in nats.
    """

    gap: float
    epochs: int
    lowest_epoch: int
    lowest_loss: float
    loss_rise: float


@dataclass(frozen=True)
class Findings:
    """What follows from the facts of one study."""

    facts: StudyFacts
    computed: dict[Callable[..., Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What the functions under `computed_once` returned."""

    @cached_property
    def best(self) -> AlternativeFacts:
        """The best on validation, by what `StudyFacts.chosen_by` says."""
        return best_alternative(self.facts)

    @property
    def most_seeds(self) -> int:
        """The largest number of finished seeds of an alternative; 1 if none has several."""
        return max(len(alternative.finished) for alternative in self.facts.trained)

    @cached_property
    def ranked(self) -> list[AlternativeFacts]:
        """The alternatives with a finished run, by what the best is chosen by, descending.

        Those that were added without predictions on validation come last, in the study's order.
        """
        chosen_by = self.facts.chosen_by

        def place(alternative: AlternativeFacts) -> float:
            known = alternative.has_validation
            return -alternative.mean("valid", chosen_by) if known else float("inf")

        return sorted(self.facts.trained, key=place)

    @property
    def validated(self) -> list[AlternativeFacts]:
        """Those of `ranked` among which the best is chosen."""
        return [alternative for alternative in self.ranked if alternative.has_validation]

    @property
    def by_balanced(self) -> bool:
        """Whether the best is chosen by balanced accuracy on validation, instead of accuracy."""
        return self.facts.chosen_by == "balanced_accuracy"

    @property
    def second(self) -> AlternativeFacts | None:
        """The second best on validation, where there is one."""
        return self.validated[1] if len(self.validated) > 1 else None

    @cached_property
    def evidence(self) -> Evidence:
        """What seeds and test images settle of every pair."""
        return Evidence(self.facts)

    @property
    def accuracy(self) -> Mapping[str, Interval]:
        """Mean test accuracy of each alternative, with its 95% interval over seeds and images."""
        return self.evidence.accuracy

    @cached_property
    def balanced(self) -> Mapping[str, Interval]:
        """Mean balanced accuracy on test of each alternative, with its 95% interval."""
        return {alternative.name: balanced(alternative) for alternative in self.facts.trained}

    @cached_property
    def representative_accuracy(self) -> Interval:
        """Test accuracy of the best's representative run, with Wilson's 95% interval."""
        test = self.best.representative.metrics["test"]
        return wilson_interval(test["accuracy"], int(test["images"]))

    @cached_property
    def macro(self) -> dict[str, dict[str, float]]:
        """Of each alternative with a finished run, its figures' means over the classes.

        Those without test images are left out, for they can't be measured.
        """
        names = ("precision", "recall", "f1")
        present = {
            alternative.name: self.classes_by_f1(alternative) for alternative in self.facts.trained
        }
        return {
            alternative.name: {
                name: fmean(
                    alternative.per_class[label][name]
                    for label in sorted(present[alternative.name])
                )
                for name in names
            }
            for alternative in self.facts.trained
        }

    @property
    def untested(self) -> list[int]:
        """The classes of which there are no test images, in label order."""
        return [label for label, row in enumerate(self.best.per_class) if not row["support"]]

    @cached_property
    def leads(self) -> list[Lead]:
        """The best's lead over each other one on the test images, in the order of validation."""
        return [self.evidence.lead(self.best, alternative) for alternative in self.ranked[1:]]

    @cached_property
    def choice(self) -> Difference | None:
        """By how much the best is ahead of the second on validation; None without a second."""
        if self.second is None:
            return None
        if self.by_balanced:
            return balanced_lead(self.best, self.second)
        return lead(self.best, self.second, "valid")

    @property
    def choice_is_uncertain(self) -> bool:
        """Whether another seed, or other validation images, might have made the second the best."""
        return self.choice is not None and not self.choice.excludes_zero

    @cached_property
    def unlearned(self) -> list[AlternativeFacts]:
        """The trained alternatives that are not clearly better than naming one class."""
        return [
            alternative
            for alternative in self.facts.trained
            if alternative.has_validation and not self.has_learned(alternative)
        ]

    @cached_property
    def overfitting(self) -> dict[str, Overfitting]:
        """Of each alternative with a finished run that this study trained."""
        return {alternative.name: _overfitting(alternative) for alternative in self.facts.own}

    @cached_property
    def confusion(self) -> list[list[int]]:
        """The confusion matrix of the best's representative run."""
        return [list(row) for row in self.best.representative.metrics["test"]["confusion"]]

    @cached_property
    def pairs(self) -> list[tuple[int, int, int]]:
        """Its confused pairs, ``(true, predicted, count)``, the most frequent first."""
        return confused_pairs(self.confusion)

    @property
    def mistakes(self) -> int:
        """How many test images its representative run got wrong."""
        return sum(count for *_, count in self.pairs)

    @cached_property
    def sure_mistakes(self) -> int | None:
        """How many of them it got wrong with a probability of 90% or more.

        None where classes alone were added.
        """
        if not self.best.has_probabilities:
            return None
        labels, chances = self.best.test_predictions
        wrong = chances.argmax(axis=1) != labels
        return int((wrong & (chances.max(axis=1) >= _SURE)).sum())

    @cached_property
    def mutual_pair(self) -> tuple[int, int, int] | None:
        """The two classes most confused in both directions together, and how often.

        None where several pairs are confused that often, so that none stands out, and of two
        classes, which are the only pair.
        """
        if len(self.confusion) == 2:
            return None
        both: Counter[tuple[int, int]] = Counter()
        for true, predicted, count in self.pairs:
            both[min(true, predicted), max(true, predicted)] += count
        if not both:
            return None
        (first, second), count = both.most_common(1)[0]
        if list(both.values()).count(count) > 1:
            return None
        # Confused in one direction only, it is no more than the pair it is among `pairs`.
        return (first, second, count) if (first, second, count) not in self._one_way else None

    @property
    def _one_way(self) -> set[tuple[int, int, int]]:
        return {
            (min(true, predicted), max(true, predicted), count)
            for true, predicted, count in self.pairs
        }

    def classes_by_f1(self, alternative: AlternativeFacts) -> list[int]:
        """Return the classes from the best F1 to the worst; those without test images left out."""
        rows = alternative.per_class
        present = [label for label, row in enumerate(rows) if row["support"]]
        return sorted(present, key=lambda label: -rows[label]["f1"])

    def most_frequent_in(self, split: str) -> float:
        """Return the accuracy of always naming a split's most frequent class."""
        counts = self.facts.data["counts"][split]
        return float(max(counts) / sum(counts))

    def one_class_in(self, split: str) -> float:
        """Return the balanced accuracy of always naming one class that a split has images of."""
        counts: list[int] = self.facts.data["counts"][split]
        return 1 / sum(count > 0 for count in counts)

    @property
    def valid_baseline(self) -> float:
        """What always naming one class reaches on validation, in what the best is chosen by."""
        return self.one_class_in("valid") if self.by_balanced else self.most_frequent_in("valid")

    @property
    def is_no_better(self) -> bool:
        """Whether the best is not clearly better on test than always naming one class.

        Where the classes are unlike in size, balanced accuracy decides it: always naming the
        largest class would be right for most images.
        """
        if self.facts.unlike is not None:
            return self.balanced[self.best.name].low <= self.one_class_in("test")
        return self.accuracy[self.best.name].low <= self.most_frequent_in("test")

    def has_learned(self, alternative: AlternativeFacts) -> bool:
        """Whether it is clearly better on validation than always naming the most frequent class.

        By accuracy, or by balanced accuracy where the best is chosen by that.
        """
        if self.by_balanced:
            known = balanced_accuracy(confusion_counts(*alternative.valid_predictions))
            return known.low > self.one_class_in("valid")
        images = int(alternative.representative.metrics["valid"]["images"])
        accuracy = wilson_interval(alternative.mean("valid", "accuracy"), images)
        return accuracy.low > self.most_frequent_in("valid")

    @cached_property
    def error_analysis(self) -> ErrorAnalysis | None:
        """The analysis of the misread images; None where there is none, or one of other runs."""
        return error_analysis_of(self.facts, self.best)

    @cached_property
    def lost_test_reads(self) -> int:
        """How many readings of the test set the finished runs made that are recorded nowhere."""
        noted = Counter(row["key"] for row in self.facts.test_reads)
        made = ((run.key, int(run.record.get("test_reads", 1))) for run in self.facts.finished)
        return sum(max(count - noted[str(key)], 0) for key, count in made)

    @cached_property
    def extra_test_reads(self) -> dict[tuple[str, str], int]:
        """How often the test set was read, for each run that read it more than once."""
        reads = Counter(
            (row.get("alternative", ""), row.get("seed", "")) for row in self.facts.test_reads
        )
        return {run: count for run, count in reads.items() if count > 1}

    @cached_property
    def train_seconds(self) -> float:
        """The training time of all finished runs together, as far as it is known."""
        timings = [run.record.get("timings") for run in self.facts.finished]
        return sum(float(each["train_seconds"]) for each in timings if each)

    @property
    def whole_training(self) -> tuple[int, float] | None:
        """Epochs and seconds of the best's representative run and of those it started from.

        None where the best was trained elsewhere.
        """
        if self.best.is_added:
            return None
        run = self.best.representative
        return self.facts.whole_epochs(run), self.facts.whole_seconds(run)

    def lowest_f1(self, alternative: AlternativeFacts) -> list[int]:
        """Return the class of an alternative's lowest F1; several classes where they share it."""
        rows, present = alternative.per_class, sorted(self.classes_by_f1(alternative))
        lowest = min(rows[label]["f1"] for label in present)
        return [label for label in present if rows[label]["f1"] == lowest]

    def hardest_counts(self) -> Counter[int]:
        """Return in how many alternatives each class has the lowest F1, alone or with others."""
        return Counter(
            label for alternative in self.facts.trained for label in self.lowest_f1(alternative)
        )


def computed_once(compute: Callable[[Findings], Result]) -> Callable[[Findings], Result]:
    """Decorate a topic's function of the findings, so that it computes once per study.

    Several parts of the report ask for the same result: the page, the files, ``report.json``.
    """

    @wraps(compute)
    def kept(findings: Findings) -> Result:
        if compute not in findings.computed:
            findings.computed[compute] = compute(findings)
        return cast(Result, findings.computed[compute])

    return kept


def _overfitting(alternative: AlternativeFacts) -> Overfitting:
    run = alternative.representative
    losses = np.array([row["valid_loss"] for row in run.history])
    lowest = int(losses.argmin())
    return Overfitting(
        gap=alternative.mean("train", "accuracy") - alternative.mean("valid", "accuracy"),
        epochs=len(losses),
        lowest_epoch=lowest + 1,
        lowest_loss=float(losses[lowest]),
        loss_rise=float(losses[-1] - losses[lowest]),
    )
