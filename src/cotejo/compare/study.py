"""All alternatives of a study against each other, corrected for how many comparisons there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from numpy.typing import ArrayLike

from cotejo.compare.answers import take_apart
from cotejo.compare.difference import Difference
from cotejo.compare.pairs import difference_of_answers
from cotejo.compare.power import Needed, needed
from cotejo.compare.shared import shared_spread
from cotejo.evaluate import holm

__all__ = ["Comparison", "compare_all"]

_ALPHA = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two alternatives of a study side by side.

    Attributes:
        first: name of the one alternative.
        second: name of the other.
        difference: the first's accuracy less the second's.
        p_corrected: the p-value after Holm's correction over all comparisons of the study;
            never below the difference's own.
        verdict: which is better, if the corrected p-value is below 0.05; else ``tie``, which
            says that they can't be told apart by this much data, not that they are equal.
        needed: of a tie, how much data would settle it; else None.
    """

    first: str
    second: str
    difference: Difference
    p_corrected: float
    verdict: Literal["first", "second", "tie"]
    needed: Needed | None


def compare_all(correct: Mapping[str, ArrayLike]) -> list[Comparison]:
    """Compare every alternative of a study with every other.

    Each difference has its own interval and p-value. What Holm's correction is made over are the
    p-values with the seeds' spread drawn to that of the study at large (`spread_of_study`): a few
    seeds of two alternatives alone could never stand a correction for many comparisons.

    Args:
        correct: of each alternative ``[seeds, images]``, whether each seed's model got each
            image right; the images are the same, the seeds may differ in number.

    Returns:
        A comparison a pair: the first alternative with each after it, then the second, …

    Raises:
        ValueError: an alternative's answers have another shape.

    Example:
        >>> right = {"large": [[True] * 80 + [False] * 20], "small": [[True] * 60 + [False] * 40]}
        >>> [(one.first, one.second, one.verdict) for one in compare_all(right)]
        [('large', 'small', 'first')]
    """
    answers = {name: take_apart(table, f"correct[{name!r}]") for name, table in correct.items()}
    pairs = list(combinations(answers, 2))
    differences = [difference_of_answers(answers[one], answers[other]) for one, other in pairs]
    shared = shared_spread(list(answers.values()))
    if shared is None:
        tested = differences
    else:
        tested = [
            difference_of_answers(answers[one], answers[other], shared) for one, other in pairs
        ]
    corrected = [
        max(p, difference.p_value)
        for p, difference in zip(holm([one.p_value for one in tested]), differences, strict=True)
    ]
    # Those found staying so, Holm's correction asks this level of the first one more.
    level = _ALPHA / max(sum(p >= _ALPHA for p in corrected), 1)
    return [
        Comparison(*pair, difference, p, "tie", _needed(difference, drawn, level))
        if p >= _ALPHA
        else Comparison(
            *pair, difference, p, "first" if difference.estimate > 0 else "second", None
        )
        for pair, difference, drawn, p in zip(pairs, differences, tested, corrected, strict=True)
    ]


def _needed(difference: Difference, drawn: Difference, level: float) -> Needed:
    """Return what both the difference's own test and the corrected one need."""
    own, corrected = needed(difference, alpha=_ALPHA), needed(drawn, alpha=level)
    if own.seeds is None or corrected.seeds is None:
        return corrected if corrected.seeds is None else own
    return max(own, corrected, key=lambda one: one.seeds or 0)
