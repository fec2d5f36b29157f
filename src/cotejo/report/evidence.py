"""What the seeds and the test images settle: every pair of alternatives, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.accuracies import accuracy, comparisons, prior
from cotejo.stats import Comparison, Difference, Interval, Needed

__all__ = ["Evidence", "Lead", "Outcome"]

Outcome = Literal["ahead", "behind", "tie"]


@dataclass(frozen=True)
class Lead:
    """One alternative's test accuracy less another's.

    Attributes:
        first, second: the two alternatives.
        difference: the first's accuracy less the second's, with the 95% interval and the p of this
            pair alone.
        p_corrected: the p after Holm's correction over all pairs of the study.
        outcome: whether the corrected p settles that the first is ahead, or behind.
        needed: how much data would settle a difference of this size; None where it is settled.
        pairs: how many pairs the correction is for.
    """

    first: AlternativeFacts
    second: AlternativeFacts
    difference: Difference
    p_corrected: float
    outcome: Outcome
    needed: Needed | None
    pairs: int

    @property
    def settled(self) -> bool:
        """Whether one is ahead after the correction."""
        return self.outcome != "tie"

    @property
    def one_seed(self) -> bool:
        """Whether it compares two trained networks rather than two ways of training."""
        return self.difference.method == "mcnemar"


@dataclass(frozen=True)
class Evidence:
    """The comparisons of one study, on its test images."""

    facts: StudyFacts

    @cached_property
    def accuracy(self) -> Mapping[str, Interval]:
        """Mean test accuracy of each trained alternative, with its 95% interval.

        The interval is over seeds and test images; for a single seed, over the images alone.
        """
        return {alternative.name: accuracy(alternative) for alternative in self.facts.trained}

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Every pair of trained alternatives, in the study's order, with Holm's correction."""
        return comparisons(self.facts.trained)

    @cached_property
    def shrinks_spreads(self) -> bool:
        """Whether the p-values to be corrected use spreads shrunk towards the study's."""
        return prior(self.facts.trained, "test") is not None

    @cached_property
    def _by_pair(self) -> Mapping[tuple[str, str], Comparison]:
        return {
            (comparison.first, comparison.second): comparison for comparison in self.comparisons
        }

    def lead(self, first: AlternativeFacts, second: AlternativeFacts) -> Lead:
        """Return how far ``first`` is ahead of ``second``; behind it, where it is negative."""
        comparison = self._by_pair.get((first.name, second.name))
        if comparison is not None:
            outcomes: dict[str, Outcome] = {"first": "ahead", "second": "behind", "tie": "tie"}
            difference = comparison.difference
        else:
            comparison = self._by_pair[second.name, first.name]
            outcomes = {"first": "behind", "second": "ahead", "tie": "tie"}
            difference = comparison.difference.reversed()
        return Lead(
            first,
            second,
            difference,
            comparison.p_corrected,
            outcomes[comparison.verdict],
            comparison.needed,
            len(self.comparisons),
        )
