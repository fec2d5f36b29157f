"""What the seeds and the test images settle: the claims, and every pair of alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.report.accuracies import accuracy
from cotejo.report.claims import Course, Verdict, course_of, judge, kind_of, unjudged
from cotejo.report.judging import Judging
from cotejo.stats import Difference, ErrorKind, Interval, adjusted_levels, error_each

__all__ = ["Evidence", "Lead", "Outcome"]

Outcome = Literal["ahead", "behind", "tie"]


@dataclass(frozen=True)
class Lead:
    """One alternative's test accuracy less another's.

    Attributes:
        first, second: the two alternatives.
        difference: the first's accuracy less the second's, with the interval that is judged: it is
            wide enough for all comparisons that are judged together.
        level: the share of error of all of them at which this one, or the claim, is settled.
        claimed: whether a claim is about these two, and its interval is shown.
    """

    first: AlternativeFacts
    second: AlternativeFacts
    difference: Difference
    level: float
    claimed: bool = False

    @property
    def outcome(self) -> Outcome:
        """Whether the interval settles that the first is ahead, or behind."""
        if not self.difference.excludes_zero:
            return "tie"
        return "ahead" if self.difference.low > 0 else "behind"

    @property
    def settled(self) -> bool:
        """Whether one is ahead."""
        return self.outcome != "tie"

    @property
    def one_seed(self) -> bool:
        """Whether it compares two trained networks rather than two ways of training."""
        return self.difference.method == "mcnemar"

    def reversed(self) -> Lead:
        """Return the lead of the second over the first."""
        difference = self.difference.reversed()
        return Lead(self.second, self.first, difference, self.level, self.claimed)


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

        A pair that a claim is about has the claim's interval, so that the report says one thing of
        it. The others share their error among themselves.
        """
        claimed = self._claimed
        pairs = list(combinations(self.facts.trained, 2))
        others = {
            (first.name, second.name): self.judging.accuracy(first, second, "test")
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
                leads.append(Lead(first, second, shown, adjusted[names]))
        return leads

    @property
    def unclaimed(self) -> int:
        """How many pairs no claim is about; they share their error."""
        return sum(not lead.claimed for lead in self.leads)

    @cached_property
    def _claimed(self) -> Mapping[tuple[str, str], tuple[Difference, float]]:
        """The differences of test accuracy that claims are about, and the claims' levels."""
        known: dict[tuple[str, str], tuple[Difference, float]] = {}
        # A claim about being ahead at all comes before one about by how much.
        for verdict in sorted(self.verdicts, key=lambda each: each.line != 0):
            if verdict.metric != "test_accuracy":
                continue
            for part in verdict.parts:
                difference, better = part.difference, verdict.claim["better"]
                if difference is None or part.measured.than is None:
                    continue
                if not difference.covers_training:
                    continue
                pair = better, part.measured.than
                if pair not in known:
                    level = 1.0 if verdict.level is None else verdict.level
                    known[pair] = difference, level
                    known[pair[::-1]] = difference.reversed(), level
        return known

    @cached_property
    def _by_pair(self) -> Mapping[tuple[str, str], Lead]:
        return {(lead.first.name, lead.second.name): lead for lead in self.leads}

    def lead(self, first: AlternativeFacts, second: AlternativeFacts) -> Lead:
        """Return how far ``first`` is ahead of ``second``; behind it, where it is negative."""
        lead = self._by_pair.get((first.name, second.name))
        return lead or self._by_pair[second.name, first.name].reversed()
