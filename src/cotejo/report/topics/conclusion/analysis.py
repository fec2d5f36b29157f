"""What the comparisons settle: of the best against the others, and of the single choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.report.topics.factors.analysis import factors
from cotejo.stats import Outcome

__all__ = ["Supported", "supported"]


@dataclass(frozen=True)
class Supported:
    """What the comparisons settle.

    Attributes:
        others: the other trained alternatives, by the verdict on the best being better.
        choices: how many single choices were compared, by the setting's name.
        settled: how many of those comparisons are settled, by the setting's name.
        one_seed: whether every alternative has one trained network, so that these are what is
            compared.
    """

    others: dict[Outcome, list[AlternativeFacts]]
    choices: dict[str, int]
    settled: dict[str, int]
    one_seed: bool

    def to_json(self) -> dict[str, Any]:
        """Return what ``report.json`` holds of it."""
        names = {
            outcome: [alternative.name for alternative in alternatives]
            for outcome, alternatives in self.others.items()
        }
        return {"best_against_others": names, "choices": self.choices, "settled": self.settled}


@computed_once
def supported(findings: Findings) -> Supported:
    """Return what the comparisons of a study settle."""
    others: dict[Outcome, list[AlternativeFacts]] = {outcome: [] for outcome in get_args(Outcome)}
    for lead in findings.leads:
        others[lead.verdict].append(lead.second)
    every = factors(findings)
    return Supported(
        others=others,
        choices={factor.name: len(factor.effects) for factor in every},
        settled={
            factor.name: count
            for factor in every
            if (count := sum(effect.lead.settled for effect in factor.effects))
        },
        one_seed=max(alternative.networks for alternative in findings.facts.trained) == 1,
    )
