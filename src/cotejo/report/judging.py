"""Every difference of a study as it is judged: what it borrows, and what is paired.

Variances between seeds borrow strength from the study's other alternatives, in every figure.
Alternatives that share their seeds' trainings are compared seed by seed, and the variances of
such differences borrow from each other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean
from typing import Any, TypeVar, cast

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.accuracies import Split, above, lead
from cotejo.report.gaps import gap_variance
from cotejo.report.shared_seeds import shared_seeds
from cotejo.stats import (
    Difference,
    Judged,
    Spread,
    accuracy_above,
    accuracy_difference,
    moderated_spreads,
    own_spread,
    paired_accuracy_difference,
    paired_scalar_difference,
    scalar_above,
    scalar_difference,
)
from cotejo.stats.shrinkage import FEWEST

__all__ = ["Figure", "Judging"]

Name = TypeVar("Name", bound=Hashable)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Figure:
    """A figure with one value per seed, such as seconds of training.

    Attributes:
        name: what tells it from other figures.
        values: the values of an alternative's finished seeds, in order.
        alternatives: those that have it, from which spreads are learned.
        relative: whether seeds move it in proportion to its mean, as they do times and epochs, so
            that spreads are compared as shares of the mean: to the first order, on the scale of
            its logarithm.
        of_images: whether it is measured on images, whose choice adds to its variance.
    """

    name: Hashable
    values: Callable[[AlternativeFacts], Sequence[float]]
    alternatives: Sequence[AlternativeFacts]
    relative: bool = False
    of_images: bool = False


@dataclass(frozen=True)
class Judging:
    """The differences of one study."""

    facts: StudyFacts
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def shared(self) -> Mapping[frozenset[str], list[int]]:
        """The seeds that pairs of alternatives share, by the two names."""
        return shared_seeds(self.facts)

    @property
    def borrows(self) -> bool:
        """Whether there are alternatives enough for their spreads to borrow from each other."""
        several = sum(len(each.finished) > 1 for each in self.facts.trained)
        return self.facts.folds is None and several >= FEWEST

    def accuracy(self, first: AlternativeFacts, second: AlternativeFacts, split: Split) -> Judged:
        """Return the first's mean accuracy minus the second's, open where runs diverged.

        A diverged run would have been the worse for its side, if it is ways of training that are
        compared, and not single networks.
        """
        difference, own = self._accuracy(first, second, split)
        below, above = (
            difference.covers_training and side.diverged > 0 for side in (first, second)
        )
        return Judged(difference, own, open_below=below, open_above=above)

    def _accuracy(
        self, first: AlternativeFacts, second: AlternativeFacts, split: Split
    ) -> tuple[Difference, Difference]:
        """Return the difference with what it borrows, and with what the two have themselves."""
        pair = frozenset((first.name, second.name))
        if pair in self.shared:
            one, other = (self._rows(each, pair, split) for each in (first, second))
            spread = self._pairs(split, self.accuracies(split))[pair]
            own = paired_accuracy_difference(one, other)
            return paired_accuracy_difference(one, other, spread), own
        own = lead(first, second, split)
        if self.facts.folds is not None or own.method == "mcnemar":
            return own, own
        spreads = self._spreads(split, self.accuracies(split))
        both = spreads[first.name], spreads[second.name]
        return accuracy_difference(first.answers[split], second.answers[split], both), own

    def accuracy_above(self, alternative: AlternativeFacts, value: float, split: Split) -> Judged:
        """Return an alternative's mean accuracy minus a fixed value."""
        own = above(alternative, value, split)
        if self.facts.folds is not None:
            return Judged(own, own)
        spread = self._spreads(split, self.accuracies(split))[alternative.name]
        return _tested(accuracy_above(alternative.answers[split], value, spread), own)

    def scalar(self, first: AlternativeFacts, second: AlternativeFacts, figure: Figure) -> Judged:
        """Return the first's mean of a figure minus the second's."""
        pair = frozenset((first.name, second.name))
        images = gap_variance(first, second) if figure.of_images else 0.0
        if pair in self.shared:
            one, other = (self._values(figure, each, pair) for each in (first, second))
            paired = self._pairs(figure.name, figure)[pair]
            own = paired_scalar_difference(one, other, images)
            return _tested(paired_scalar_difference(one, other, images, paired), own)
        one, other = list(figure.values(first)), list(figure.values(second))
        spreads = self._spreads(figure.name, figure)
        both = spreads[first.name], spreads[second.name]
        own = scalar_difference(one, other, images)
        return _tested(scalar_difference(one, other, images, both), own)

    def scalar_above(self, alternative: AlternativeFacts, value: float, figure: Figure) -> Judged:
        """Return an alternative's mean of a figure minus a fixed value."""
        images = gap_variance(alternative) if figure.of_images else 0.0
        values = list(figure.values(alternative))
        spread = self._spreads(figure.name, figure)[alternative.name]
        own = scalar_above(values, value, images)
        return _tested(scalar_above(values, value, images, spread), own)

    def variance(
        self, figure: Figure, both: Sequence[AlternativeFacts], side: AlternativeFacts
    ) -> float:
        """Return the variance between seeds of one side's figure, with what it borrows.

        Of two that are compared seed by seed it is half of the variance of their differences.
        """
        pair = frozenset(each.name for each in both)
        if pair in self.shared and pair in (pairs := self._pairs(figure.name, figure)):
            return pairs[pair].variance / 2
        spreads = self._spreads(figure.name, figure)
        return spreads[side.name].variance if side.name in spreads else 0.0

    def _rows(self, alternative: AlternativeFacts, pair: frozenset[str], split: Split) -> Any:
        rows = [alternative.seeds.index(seed) for seed in self.shared[pair]]
        return alternative.answers[split][rows]

    def _values(
        self, figure: Figure, alternative: AlternativeFacts, pair: frozenset[str]
    ) -> list[float]:
        values = figure.values(alternative)
        return [values[alternative.seeds.index(seed)] for seed in self.shared[pair]]

    def accuracies(self, split: Split) -> Figure:
        """Return the accuracy of each seed as a figure."""
        known = [each for each in self.facts.trained if split in each.answers]
        return Figure(split, lambda each: each.answers[split].mean(axis=1).tolist(), known)

    def _spreads(self, name: Hashable, figure: Figure) -> Mapping[str, Spread]:
        """Return the spread of each alternative's figure, drawn towards the others'."""

        def learned() -> Mapping[str, Spread]:
            values = {each.name: figure.values(each) for each in figure.alternatives}
            means = {key: fmean(numbers) for key, numbers in values.items()}
            return _drawn(values, means if figure.relative else {}, self._rounding(name))

        return self._once(("spreads", name), learned)

    def _pairs(self, name: Hashable, figure: Figure) -> Mapping[frozenset[str], Spread]:
        """Return the same of the differences, seed by seed, of the pairs that share seeds."""

        def learned() -> Mapping[frozenset[str], Spread]:
            known = {each.name: each for each in figure.alternatives}
            gaps, means = {}, {}
            for pair in self.shared:
                if not pair <= known.keys():
                    continue
                first, second = (known[each] for each in sorted(pair))
                one, other = (self._values(figure, side, pair) for side in (first, second))
                gaps[pair] = [a - b for a, b in zip(one, other, strict=True)]
                means[pair] = fmean([*one, *other])
            return _drawn(gaps, means if figure.relative else {}, self._rounding(name))

        return self._once(("pairs", name), learned)

    def _rounding(self, name: Hashable) -> float:
        """Return the variance of rounding: an accuracy is a multiple of one image."""
        return float(self.facts.images(str(name)) ** -2 / 12) if name in ("valid", "test") else 0.0

    def _once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        if key not in self._kept:
            self._kept[key] = compute()
        return cast(Result, self._kept[key])


def _drawn(
    values: Mapping[Name, Sequence[float]], means: Mapping[Name, float], rounding: float
) -> dict[Name, Spread]:
    """Return the moderated spread of each series; relative to the means, where there are some."""
    units = {name: (means[name] ** 2 or 1.0) if means else 1.0 for name in values}
    own = {name: own_spread(of_name) for name, of_name in values.items()}
    relative = [replace(own[name], variance=own[name].variance / units[name]) for name in values]
    drawn = zip(values, moderated_spreads(relative, rounding), strict=True)
    return {name: replace(spread, variance=spread.variance * units[name]) for name, spread in drawn}


def _tested(difference: Difference, own: Difference) -> Judged:
    """Return both; where nothing is known of the two alternatives alone, nothing is borrowed."""
    return Judged(own if own.method == "single" else difference, own)
