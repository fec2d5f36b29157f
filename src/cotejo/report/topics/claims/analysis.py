"""The claims that a study stated before it ran, each with a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cotejo.evaluate import holm
from cotejo.facts import in_language
from cotejo.report.accuracies import prior
from cotejo.report.findings import Findings, computed_once
from cotejo.report.topics.claims.advantages import Measured, measure
from cotejo.stats import Difference, Needed, needed

__all__ = ["Part", "Verdict", "verdicts"]

ALPHA = 0.05

Outcome = Literal["supported", "refuted", "unsettled", "untested"]


@dataclass(frozen=True)
class Part:
    """One of the comparisons that decide on a claim.

    Attributes:
        than: the alternative's name; None for a fixed value.
        value: that value, in the metric's unit; None for an alternative.
        difference: by how much ``better`` is better, positive also where lower is better; None
            where one of the two has no finished run, and where it can't be stated. Where runs are
            ``unreached`` it is a bound, above 0 from below and below 0 from above, and its
            interval infinite.
        p_corrected: of the difference against the margin, after Holm's correction over every part
            of every claim.
        outcome: what the corrected p settles.
        needed: what would settle it; None where it is settled.
        unreached: runs that never reached the accuracy asked for, counted as the epochs that
            they trained; 0 for other metrics.
    """

    than: str | None
    value: float | None
    difference: Difference | None
    p_corrected: float
    outcome: Outcome
    needed: Needed | None
    unreached: int


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it."""

    claim: Mapping[str, Any]
    parts: tuple[Part, ...]

    @property
    def outcome(self) -> Outcome:
        """Supported if every part is, refuted if one is, else not settled or not tested."""
        outcomes = {part.outcome for part in self.parts}
        for outcome in ("refuted", "untested", "unsettled"):
            if outcome in outcomes:
                return outcome
        return "supported"

    @property
    def metric(self) -> str:
        """What is compared."""
        return str(self.claim["metric"])

    @property
    def margin(self) -> float:
        """By how much ``better`` is claimed to be better."""
        return float(self.claim["by"])

    def text(self, language: str) -> str:
        """Return the claim's words."""
        return str(in_language(self.claim["text"], language))


@computed_once
def verdicts(findings: Findings) -> list[Verdict]:
    """Return the study's claims with their verdicts, in the study's order.

    A claim about ways of training needs at least two seeds on each side. With one seed, a
    difference can't be told from chance in training, and the claim is not settled.
    """
    facts = findings.facts
    claims: Sequence[Mapping[str, Any]] = facts.study.get("claims") or []
    spreads = {"valid": prior(facts.trained, "valid"), "test": prior(facts.trained, "test")}
    measured = [measure(facts, claim, spreads) for claim in claims]
    margins = [float(claim["by"]) for claim in claims]
    every = [(part, by) for parts, by in zip(measured, margins, strict=True) for part in parts]
    # As in the comparison of all pairs, the correction uses the p of the difference with its
    # spread shrunk; the corrected p is never below the difference's own p.
    corrected = [
        max(p, part.p_value(part.difference, by))
        for p, (part, by) in zip(
            holm([part.p_value(part.tested, by) for part, by in every]), every, strict=True
        )
    ]
    # If the parts that are settled stay settled, Holm's correction asks this level of the next.
    level = ALPHA / max(sum(p >= ALPHA for p in corrected), 1)
    each = iter(corrected)
    return [
        Verdict(claim, tuple(_part(part, by, next(each), level) for part in parts))
        for claim, by, parts in zip(claims, margins, measured, strict=True)
    ]


def _part(measured: Measured, margin: float, p_corrected: float, level: float) -> Part:
    difference = measured.difference
    outcome: Outcome
    if difference is None:
        outcome = "unsettled" if measured.unreached else "untested"
        return Part(measured.than, measured.value, None, 1.0, outcome, None, measured.unreached)
    outcome = "unsettled"
    if p_corrected < ALPHA:
        outcome = "supported" if difference.estimate > margin else "refuted"
    data_needed = None
    # One seed does not show how much seeds vary. More seeds do not make a run reach an accuracy.
    if outcome == "unsettled" and difference.covers_training and not measured.unreached:
        data_needed = needed(measured.tested or difference, margin, alpha=level)
    return Part(
        measured.than,
        measured.value,
        measured.shown,
        p_corrected,
        outcome,
        data_needed,
        measured.unreached,
    )
