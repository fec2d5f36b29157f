"""What the seeds and the test images settle: the claims, and every pair of alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from cotejo.facts import AlternativeFacts, StudyFacts, best_alternative
from cotejo.facts.margins import margin_of_pairs
from cotejo.report.accuracies import accuracy
from cotejo.report.claims import Course, Verdict, course_of, judge, kind_of, unjudged
from cotejo.report.judging import Judging
from cotejo.stats import (
    Difference,
    ErrorKind,
    Interval,
    Outcome,
    adjusted_levels,
    error_each,
    settled_by,
)

__all__ = ["Evidence", "Lead"]


@dataclass(frozen=True)
class Lead:
    """One alternative's test accuracy less another's.

    Attributes:
        first, second: the two alternatives.
        difference: the first's accuracy less the second's, with the interval that is judged: it is
            wide enough for all comparisons that are judged together.
        level: the share of error of all of them at which this one, or the claim, is settled.
        margin: a difference that matters, as a fraction.
        claimed: whether a claim is about these two, and its interval is shown.
    """

    first: AlternativeFacts
    second: AlternativeFacts
    difference: Difference
    level: float
    margin: float
    claimed: bool = False

    @property
    def verdict(self) -> Outcome:
        """What the interval settles of the first being better than the second."""
        return settled_by(self.difference.low, self.difference.high, self.margin)

    @property
    def is_ahead(self) -> bool:
        """Whether it is settled that the first is better."""
        return self.difference.low > 0

    @property
    def is_behind(self) -> bool:
        """Whether it is settled that the second is better."""
        return self.difference.high < 0

    @property
    def told_apart(self) -> bool:
        """Whether it is settled that one of the two is better."""
        return self.difference.excludes_zero

    @property
    def settled(self) -> bool:
        """Whether anything is settled: that one is better, or that no difference matters."""
        return self.verdict != "unsettled"

    @property
    def of_leader(self) -> Lead:
        """The same lead with the higher accuracy first, so that its verdict is never "refuted"."""
        return self.reversed() if self.difference.estimate < 0 else self

    @property
    def one_seed(self) -> bool:
        """Whether it compares two trained networks rather than two ways of training."""
        return self.difference.method == "mcnemar"

    def reversed(self) -> Lead:
        """Return the lead of the second over the first."""
        difference = self.difference.reversed()
        return replace(self, first=self.second, second=self.first, difference=difference)


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
    def judging(self) -> Judging:
        """Every difference as it is judged."""
        return Judging(self.facts)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The study's claims with their verdicts, in the study's order."""
        if self.course is None:
            return judge(self.judging)
        return self.course.verdicts if self.course.looks else unjudged(self.facts)

    @cached_property
    def course(self) -> Course | None:
        """How the claims went over the looks of the study; None where they are judged once."""
        return course_of(self.facts)

    @property
    def kind(self) -> ErrorKind:
        """What is kept below 5%: the share of wrong verdicts, or of studies with any."""
        return kind_of(self.facts.study)

    @cached_property
    def leads(self) -> list[Lead]:
        """Every pair of trained alternatives, in the study's order.

        A pair that a claim is about has the claim's interval and margin, so that the report says
        one thing of it. The others share their error among themselves.
        """
        claimed = self._claimed
        pairs = list(combinations(self.facts.trained, 2))
        others = {
            (first.name, second.name): replace(
                self.judging.accuracy(first, second, "test"), margin=self.margin
            )
            for first, second in pairs
            if (first.name, second.name) not in claimed
        }
        levels = [tested.level for tested in others.values()]
        error = error_each(levels, self.kind)
        adjusted = dict(zip(others, adjusted_levels(levels, self.kind), strict=True))
        leads = []
        for first, second in pairs:
            names = first.name, second.name
            if names in claimed:
                leads.append(Lead(first, second, *claimed[names], claimed=True))
            else:
                shown = others[names].shown(error)
                leads.append(Lead(first, second, shown, adjusted[names], self.margin))
        return leads

    @cached_property
    def margin(self) -> float:
        """The difference of test accuracies that matters between pairs without a claim."""
        best = best_alternative(self.facts).mean("test", "accuracy")
        return margin_of_pairs(self.facts.study.get("claims") or [], best)

    @property
    def unclaimed(self) -> int:
        """How many pairs no claim is about; they share their error."""
        return sum(not lead.claimed for lead in self.leads)

    @cached_property
    def _claimed(self) -> Mapping[tuple[str, str], tuple[Difference, float, float]]:
        """The differences of test accuracy that claims are about, their levels and margins."""
        known: dict[tuple[str, str], tuple[Difference, float, float]] = {}
        # A claim about being ahead at all comes before one about by how much.
        for verdict in sorted(self.verdicts, key=lambda each: each.line != 0):
            if verdict.metric != "test_accuracy":
                continue
            for part in verdict.parts:
                difference, better = part.difference, verdict.claim["better"]
                if difference is None or part.tested is None or part.measured.than is None:
                    continue
                if not difference.covers_training:
                    continue
                pair = better, part.measured.than
                if pair not in known:
                    level = 1.0 if verdict.level is None else verdict.level
                    known[pair] = difference, level, part.tested.margin
                    known[pair[::-1]] = difference.reversed(), level, part.tested.margin
        return known

    @cached_property
    def _by_pair(self) -> Mapping[tuple[str, str], Lead]:
        return {(lead.first.name, lead.second.name): lead for lead in self.leads}

    def lead(self, first: AlternativeFacts, second: AlternativeFacts) -> Lead:
        """Return how far ``first`` is ahead of ``second``; behind it, where it is negative."""
        lead = self._by_pair.get((first.name, second.name))
        return lead or self._by_pair[second.name, first.name].reversed()
