"""Every alternative of a study against every other, corrected for the number of comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from numpy.typing import ArrayLike

from cotejo.compare.answers import summarize_answers
from cotejo.compare.difference import Difference
from cotejo.compare.power import Needed, needed
from cotejo.compare.shrinkage import spread_prior_of_answers
from cotejo.compare.two_alternatives import difference_of_answers
from cotejo.evaluate import holm

__all__ = ["Comparison", "compare_all"]

_ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two alternatives of a study side by side.

    Attributes:
        first: the name of the first alternative.
        second: the name of the second.
        difference: the first's accuracy minus the second's.
        p_corrected: the p-value after Holm's correction over all comparisons of the study; never
            below the difference's own p-value.
        verdict: which alternative is better, if the corrected p-value is below 0.05; otherwise
            ``tie``, which says that this much data can't tell them apart, not that they are equal.
        needed: for a tie, how much data would settle it; otherwise None.
    """

    first: str
    second: str
    difference: Difference
    p_corrected: float
    verdict: Literal["first", "second", "tie"]
    needed: Needed | None


def compare_all(correct: Mapping[str, ArrayLike]) -> list[Comparison]:
    """Compare every alternative of a study with every other.

    Each difference has its own interval and p-value. Holm's correction uses other p-values, where
    the variance between seeds is shrunk towards that of the whole study (`spread_prior`): the few
    seeds of two alternatives alone could never survive a correction for many comparisons.

    Args:
        correct: for each alternative ``[seeds, images]``, whether each seed's model got each
            image right; the images are the same, the numbers of seeds may differ.

    Returns:
        One comparison per pair: the first alternative with each one after it, then the second, …

    Raises:
        ValueError: an alternative's answers have another shape.

    Example:
        >>> right = {"large": [[True] * 80 + [False] * 20], "small": [[True] * 60 + [False] * 40]}
        >>> [(pair.first, pair.second, pair.verdict) for pair in compare_all(right)]
        [('large', 'small', 'first')]
    """
    answers = {
        name: summarize_answers(table, f"correct[{name!r}]") for name, table in correct.items()
    }
    pairs = list(combinations(answers, 2))
    differences = [difference_of_answers(answers[a], answers[b]) for a, b in pairs]
    prior = spread_prior_of_answers(list(answers.values()))
    if prior is None:
        shrunk = differences
    else:
        shrunk = [difference_of_answers(answers[a], answers[b], prior) for a, b in pairs]
    holm_p = holm([difference.p_value for difference in shrunk])
    corrected = [
        max(p, difference.p_value) for p, difference in zip(holm_p, differences, strict=True)
    ]
    # If the pairs found so far stay found, Holm's correction asks this level of the next one.
    level = _ALPHA / max(sum(p >= _ALPHA for p in corrected), 1)
    return [
        Comparison(*pair, difference, p, "tie", _needed(difference, with_prior, level))
        if p >= _ALPHA
        else Comparison(
            *pair, difference, p, "first" if difference.estimate > 0 else "second", None
        )
        for pair, difference, with_prior, p in zip(
            pairs, differences, shrunk, corrected, strict=True
        )
    ]


def _needed(difference: Difference, shrunk: Difference, level: float) -> Needed:
    """Return what settles the difference in both tests: its own and the corrected one."""
    own, corrected = needed(difference, alpha=_ALPHA), needed(shrunk, alpha=level)
    if own.seeds is None or corrected.seeds is None:
        return corrected if corrected.seeds is None else own
    return max(own, corrected, key=lambda amount: amount.seeds or 0)
