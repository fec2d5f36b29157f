"""Every alternative of a study against every other, corrected for the number of comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cotejo.evaluate import holm
from cotejo.stats.answers import summarize_answers
from cotejo.stats.difference import Difference
from cotejo.stats.fold_values import fold_values
from cotejo.stats.folds import fold_difference
from cotejo.stats.power import Needed, needed
from cotejo.stats.shrinkage import spread_prior_of_answers
from cotejo.stats.two_alternatives import difference_of_answers

__all__ = ["Comparison", "compare_all", "compare_folds"]

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
    return _comparisons(pairs, differences, shrunk)


def compare_folds(
    correct: Mapping[str, ArrayLike], parts: Mapping[str, ArrayLike], share: float | None = None
) -> list[Comparison]:
    """Compare every alternative of a cross-validated study with every other.

    Each difference is that of `fold_difference`. Its own p-value is corrected by Holm's method: it
    has enough degrees of freedom without the spread of the other alternatives.

    Args:
        correct: for each alternative ``[seeds, images]``, whether each image was answered right
            in each repetition; all of the same repetitions and images.
        parts: for each alternative ``[seeds, images]``, the part that each image is in, 0 to
            K - 1; the same for every alternative.
        share: the number of test images per training image, above 0; by default 1 / (K - 2).

    Returns:
        One comparison per pair, in the order of `compare_all`.

    Raises:
        ValueError: an argument has another shape or is out of its range, or the names or the
            parts of the alternatives differ.

    Example:
        >>> right = {"large": [[True] * 57 + [False] * 3], "small": [[True, False, False] * 20]}
        >>> parts = [[part for part in range(5) for _ in range(12)]]
        >>> [pair.verdict for pair in compare_folds(right, {"large": parts, "small": parts})]
        ['first']
    """
    _check_same_parts(correct, parts)
    folds = {name: fold_values(table, parts[name]) for name, table in correct.items()}
    pairs = list(combinations(folds, 2))
    differences = [fold_difference(folds[a], folds[b], share) for a, b in pairs]
    return _comparisons(pairs, differences, differences)


def _check_same_parts(correct: Mapping[str, ArrayLike], parts: Mapping[str, ArrayLike]) -> None:
    if list(correct) != list(parts):
        raise ValueError(
            "`correct` and `parts` must be of the same alternatives; "
            f"received {list(correct)} and {list(parts)}"
        )
    names = list(parts)
    for name in names[1:]:
        if not np.array_equal(parts[name], parts[names[0]]):
            raise ValueError(f"`parts[{name!r}]` must be the same as `parts[{names[0]!r}]`")


def _comparisons(
    pairs: Sequence[tuple[str, str]],
    differences: Sequence[Difference],
    tested: Sequence[Difference],
) -> list[Comparison]:
    """Return the comparisons, after Holm's correction of the p-values of ``tested``."""
    holm_p = holm([difference.p_value for difference in tested])
    corrected = [
        max(p, difference.p_value) for p, difference in zip(holm_p, differences, strict=True)
    ]
    # If the pairs found so far stay found, Holm's correction asks this level of the next one.
    level = _ALPHA / max(sum(p >= _ALPHA for p in corrected), 1)
    return [
        Comparison(*pair, difference, p, "tie", _needed(difference, other, level))
        if p >= _ALPHA
        else Comparison(
            *pair, difference, p, "first" if difference.estimate > 0 else "second", None
        )
        for pair, difference, other, p in zip(pairs, differences, tested, corrected, strict=True)
    ]


def _needed(difference: Difference, tested: Difference, level: float) -> Needed:
    """Return what settles the difference in both tests: its own and the corrected one."""
    own, corrected = needed(difference, alpha=_ALPHA), needed(tested, alpha=level)
    if own.seeds is None or corrected.seeds is None:
        return corrected if corrected.seeds is None else own
    return max(own, corrected, key=lambda amount: amount.seeds or 0)
