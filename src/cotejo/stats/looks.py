"""Verdicts from several looks at data that grow, where none is taken back.

Who looks often finds something by chance. So the looks are fixed beforehand, and each may use a
share of the error that is its own: an interval of a look misses the truth no more often than its
share allows, and all looks together no more often than the sum (Bonferroni), whatever made the
data grow in between. A claim's level is the smallest over the looks, each divided by its share.

The three looks of a study use three tenths each. The last tenth is for what was not planned: each
further look, after more runs than were first asked for, uses half of what is left of it.

References:
    Pocock, S. J. (1977). Group sequential methods in the design and analysis of clinical trials.
    Biometrika 64(2).
    Mathieu, T., Della Vecchia, R., Shilova, A., Centa de Medeiros, M., Kohler, H., Maillard,
    O.-A., and Preux, P. (2023). AdaStop: adaptive statistical testing for sound comparisons of
    deep RL agents. Transactions on Machine Learning Research 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cotejo.stats.error_control import ERROR, ErrorKind, adjusted_levels, error_each

__all__ = ["LOOKS", "Standing", "share_of_look", "standings"]

LOOKS = 3
"""How many looks a study has whose budget stays as it was."""

_SHARE = 0.3


def share_of_look(number: int) -> float:
    """Return the share of the error that a look may use; looks are counted from 1.

    Raises:
        ValueError: ``number`` is below 1.

    Example:
        >>> [share_of_look(number) for number in (1, 2, 3, 4, 5)]
        [0.3, 0.3, 0.3, 0.05, 0.025]
    """
    if number < 1:
        raise ValueError(f"`number` must be 1 or more; received {number}")
    if number <= LOOKS:
        return _SHARE
    return round(1 - LOOKS * _SHARE, 12) / 2 ** (number - LOOKS)


@dataclass(frozen=True)
class Standing:
    """How a claim stands after the looks so far.

    Attributes:
        settled: at which look it was settled, from 1; None where it is open.
        look: the look whose interval settled it; the last one where it is open.
        error: the share of error of that interval.
        level: the smallest share of error, over all claims and looks, at which it is settled; None
            where it could not be tested at any look.
    """

    settled: int | None
    look: int
    error: float
    level: float | None


def standings(
    levels: Sequence[Sequence[float | None]], kind: ErrorKind = "share", error: float = ERROR
) -> list[Standing]:
    """Return how each claim stands after a number of looks.

    Args:
        levels: of each look, in order, and each claim, the smallest share of error at which its
            interval settles it, in ``[0, 1]``; None where it could not be tested.
        kind: what is kept below ``error`` (`cotejo.stats.error_each`).
        error: in ``(0, 1)``.

    Returns:
        One standing per claim. What further looks show does not change one that is settled.

    Raises:
        ValueError: there is no look, or they have different numbers of claims.

    Example:
        >>> first, second = standings([[0.001, 0.2], [0.3, 0.002]])
        >>> (first.settled, first.look), (second.settled, second.look)
        ((1, 1), (2, 2))
    """
    if not levels or len({len(row) for row in levels}) != 1:
        raise ValueError("`levels` must hold one look or more, each with as many claims")
    best: dict[int, tuple[float, int]] = {}
    settled: dict[int, Standing] = {}
    for number, row in enumerate(levels, start=1):
        for claim, level in enumerate(row):
            if level is not None:
                spent = min(level / share_of_look(number), 1.0)
                # The first of equal ones: what it says has been said.
                best[claim] = min(best.get(claim, (spent, number)), (spent, number))
        known = {claim: spent for claim, (spent, _) in best.items()}
        each = error_each(list(known.values()), kind, error)
        adjusted = dict(zip(known, adjusted_levels(list(known.values()), kind), strict=True))
        for claim, spent in known.items():
            if claim not in settled and spent <= each:
                look = best[claim][1]
                share = each * share_of_look(look)
                settled[claim] = Standing(number, look, share, adjusted[claim])
    last = len(levels)
    open_ = each * share_of_look(last)
    return [
        settled.get(claim, Standing(None, last, open_, adjusted.get(claim)))
        for claim in range(len(levels[0]))
    ]
