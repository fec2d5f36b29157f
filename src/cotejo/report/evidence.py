"""What the seeds and the test images settle: every pair of alternatives, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cotejo.compare import (
    Comparison,
    Difference,
    Interval,
    Needed,
    compare_all,
    mean_accuracy,
    spread_prior,
)
from cotejo.facts import AlternativeFacts, StudyFacts

__all__ = ["Evidence", "Lead", "Outcome"]

Outcome = Literal["ahead", "behind", "tie"]


@dataclass(frozen=True)
class Lead:
    """One alternative's test accuracy less another's.

    Attributes:
        first, second: the two.
        difference: with its 95% interval and its p, for this pair alone.
        p_corrected: Holm's, over every pair of the study.
        outcome: what the corrected p settles of the first.
        needed: what would settle a difference of this size; None where it is settled.
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

        Over seeds and test images; for a single seed over images alone.
        """
        return {one.name: mean_accuracy(one.answers["test"]) for one in self.facts.trained}

    @cached_property
    def comparisons(self) -> list[Comparison]:
        """Every pair of trained alternatives, in the study's order, with Holm's correction."""
        return compare_all({one.name: one.answers["test"] for one in self.facts.trained})

    @cached_property
    def draws_spreads(self) -> bool:
        """Whether the p-values to be corrected have the seeds' spreads drawn to the study's."""
        return spread_prior(one.answers["test"] for one in self.facts.trained) is not None

    @cached_property
    def _by_pair(self) -> Mapping[tuple[str, str], Comparison]:
        return {(found.first, found.second): found for found in self.comparisons}

    def lead(self, first: AlternativeFacts, second: AlternativeFacts) -> Lead:
        """Return how far ``first`` is ahead of ``second``; behind it, where it is negative."""
        outcomes: dict[str, Outcome] = {"tie": "tie", "first": "ahead", "second": "behind"}
        found = self._by_pair.get((first.name, second.name))
        if found is not None:
            return Lead(first, second, found.difference, found.p_corrected,
                        outcomes[found.verdict], found.needed, len(self.comparisons))  # fmt: skip
        found = self._by_pair[second.name, first.name]
        outcomes |= {"first": "behind", "second": "ahead"}
        return Lead(first, second, found.difference.reversed(), found.p_corrected,
                    outcomes[found.verdict], found.needed, len(self.comparisons))  # fmt: skip
