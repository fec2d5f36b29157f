"""The claims that a study stated before it ran, each with a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cotejo.compare import Difference, Needed, needed, spread_prior
from cotejo.evaluate import holm
from cotejo.facts import in_language
from cotejo.report.findings import Findings, computed_once
from cotejo.report.topics.claims.advantages import Measured, measure

__all__ = ["Part", "Verdict", "verdicts"]

ALPHA = 0.05

Outcome = Literal["supported", "refuted", "unsettled", "untested"]


@dataclass(frozen=True)
class Part:
    """One comparison that a claim stands or falls with.

    Attributes:
        than: the alternative's name; None for a fixed value.
        value: that value, in the metric's unit; None for an alternative.
        difference: by how much ``better`` is better, positive also where lower is better; None
            where one of the two has no finished run, and where it can't be stated. Where runs are
            ``unreached`` it is a bound, above 0 from below and below 0 from above, and its
            interval infinite.
        p_corrected: against the margin, Holm's over every part of every claim.
        outcome: what that settles.
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

    A claim about ways of training needs two seeds a side at least: with one, chance in training
    can't be told from a difference, and it is not settled.
    """
    facts = findings.facts
    claims: Sequence[Mapping[str, Any]] = facts.study.get("claims") or []
    spreads = {
        split: spread_prior(one.answers[split] for one in facts.trained)
        for split in ("valid", "test")
    }
    measured = [measure(facts, claim, spreads) for claim in claims]
    margins = [float(claim["by"]) for claim in claims]
    every = [(one, by) for parts, by in zip(measured, margins, strict=True) for one in parts]
    # As in the comparison of all pairs: corrected with the study's spread, never below its own.
    corrected = [
        max(p, one.p_value(one.difference, by))
        for p, (one, by) in zip(
            holm([one.p_value(one.tested, by) for one, by in every]), every, strict=True
        )
    ]
    # Those settled staying so, Holm's correction asks this level of the first one more.
    level = ALPHA / max(sum(p >= ALPHA for p in corrected), 1)
    each = iter(corrected)
    return [
        Verdict(claim, tuple(_part(one, by, next(each), level) for one in parts))
        for claim, by, parts in zip(claims, margins, measured, strict=True)
    ]


def _part(found: Measured, margin: float, p_corrected: float, level: float) -> Part:
    difference = found.difference
    if difference is None:
        gone: Outcome = "unsettled" if found.unreached else "untested"
        return Part(found.than, found.value, None, 1.0, gone, None, found.unreached)
    outcome: Outcome = "unsettled"
    if p_corrected < ALPHA:
        outcome = "supported" if difference.estimate > margin else "refuted"
    # How much seeds vary is not known from one of them; what was never reached, not from more.
    told = outcome == "unsettled" and min(difference.seeds) > 1 and not found.unreached
    more = needed(found.tested or difference, margin, alpha=level) if told else None
    return Part(found.than, found.value, found.shown, p_corrected, outcome, more, found.unreached)
