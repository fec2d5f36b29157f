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
    deep RL agents. arXiv:2306.10882.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cotejo.stats.error_control import ERROR, ErrorKind, adjusted_levels, error_each

__all__ = ["LOOKS", "Standing", "errors_of_looks", "share_of_look", "standings"]

_Spent: TypeAlias = "tuple[float, int] | None"

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
    return float(round(1 - LOOKS * _SHARE, 12) / 2 ** (number - LOOKS))


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
    settled: dict[int, Standing] = {}
    spent: list[_Spent] = [None] * len(levels[0])
    for number, row in enumerate(levels, start=1):
        spent = _spent(spent, row, number)
        each, adjusted = _shared(spent, kind, error)
        for claim, known in enumerate(spent):
            if claim not in settled and known is not None and known[0] <= each:
                share = each * share_of_look(known[1])
                settled[claim] = Standing(number, known[1], share, adjusted[claim])
    last = len(levels)
    open_ = each * share_of_look(last)
    return [
        settled.get(claim, Standing(None, last, open_, adjusted.get(claim)))
        for claim in range(len(levels[0]))
    ]


def errors_of_looks(
    levels: Sequence[Sequence[float | None]], kind: ErrorKind = "share", error: float = ERROR
) -> list[float]:
    """Return the share of error of the intervals of each look, as they were judged then.

    Args:
        levels: as of `standings`.
        kind: the same.
        error: the same.

    Example:
        >>> [round(error, 4) for error in errors_of_looks([[0.001, 0.2], [0.3, 0.002]])]
        [0.0075, 0.015]
    """
    errors: list[float] = []
    spent: list[_Spent] = [None] * len(levels[0])
    for number, row in enumerate(levels, start=1):
        spent = _spent(spent, row, number)
        errors.append(_shared(spent, kind, error)[0] * share_of_look(number))
    return errors


def _spent(before: Sequence[_Spent], row: Sequence[float | None], number: int) -> list[_Spent]:
    """Return each claim's smallest level for its look's share, and the look, with one look more."""
    share = share_of_look(number)
    after: list[_Spent] = []
    for known, level in zip(before, row, strict=True):
        new = None if level is None else (min(level / share, 1.0), number)
        # Of equal ones the first: what it says has been said.
        after.append(min((each for each in (known, new) if each is not None), default=None))
    return after


def _shared(
    spent: Sequence[_Spent], kind: ErrorKind, error: float
) -> tuple[float, dict[int, float]]:
    """Return the share of error that each claim may have, and the level of those tested."""
    known = {claim: each[0] for claim, each in enumerate(spent) if each is not None}
    adjusted = adjusted_levels(list(known.values()), kind)
    return error_each(list(known.values()), kind, error), dict(zip(known, adjusted, strict=True))
