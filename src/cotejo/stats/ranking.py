"""A ranking with its uncertainty: which places are possible, and what can't be told apart.

References:
    Piepho, H.-P. (2004). An algorithm for a letter-based representation of all-pairwise
    comparisons. Journal of Computational and Graphical Statistics 13(2).
    Mogstad, M., Romano, J. P., Shaikh, A. M., and Wilhelm, D. (2024). Inference for ranks with
    applications to mobility across neighbourhoods and academic achievement across countries.
    Review of Economic Studies 91(1).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

__all__ = ["groups_alike", "possible_places"]

Name = TypeVar("Name", bound=Hashable)


def possible_places(
    names: Sequence[Name], ahead: Collection[tuple[Name, Name]]
) -> dict[Name, tuple[int, int]]:
    """Return the best and the worst place that each one may have, counted from 1.

    Args:
        names: what is ranked.
        ahead: the pairs of which it is settled that the first is ahead of the second.

    Example:
        >>> possible_places("abc", [("a", "c")])
        {'a': (1, 2), 'b': (1, 3), 'c': (2, 3)}
    """
    return {
        name: (
            1 + sum(behind == name for _, behind in ahead),
            len(names) - sum(before == name for before, _ in ahead),
        )
        for name in names
    }


def groups_alike(names: Sequence[Name], apart: Collection[tuple[Name, Name]]) -> list[list[Name]]:
    """Return the largest sets of which no two can be told apart, by Piepho's algorithm.

    Two that can't be told apart share a set; two that can never do. One may be in several sets.

    Args:
        names: in the order of the ranking, which the sets and their members keep.
        apart: the pairs that can be told apart, each in either order.

    Example:
        >>> groups_alike("abcd", [("a", "c"), ("a", "d"), ("b", "d")])
        [['a', 'b'], ['b', 'c'], ['c', 'd']]
    """
    sets: list[frozenset[Name]] = [frozenset(names)] if names else []
    for first, second in apart:
        split: list[frozenset[Name]] = []
        for each in sets:
            both = first in each and second in each
            split += [each - {first}, each - {second}] if both else [each]
        unique = list(dict.fromkeys(split))
        sets = [each for each in unique if not any(each < other for other in unique)]
    place = {name: index for index, name in enumerate(names)}
    listed = [sorted(each, key=place.__getitem__) for each in sets]
    return sorted(listed, key=lambda each: [place[name] for name in each])
