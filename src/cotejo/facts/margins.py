"""The difference that matters to a claim: what its study says, or else what the metric is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

__all__ = ["LARGEST", "margin_of", "margin_of_pairs", "stated_margin"]

_SHARE = 0.1
"""The share of the reference's errors, epochs or seconds that matters, if a claim says none."""

_SMALLEST = 0.005
"""The smallest difference of accuracies that is taken to matter if no claim states one."""

LARGEST = 0.02
"""The largest such difference, as a fraction."""


def margin_of(claim: Mapping[str, Any], reference: float) -> float:
    """Return a claim's margin in the unit of its metric, above 0.

    Args:
        claim: an entry of ``study.json``'s claims.
        reference: of what the claim compares with: its accuracy for accuracies and gaps, as a
            fraction; its epochs or seconds otherwise.

    Returns:
        What the claim states. Otherwise a tenth of the reference's errors, at least half a point
        and at most two points; of epochs and seconds, a tenth of the reference's. Infinite where
        there is nothing to take a tenth of.

    Example:
        >>> claim = {"metric": "test_accuracy", "margin": None}
        >>> margin_of(claim, 0.9), margin_of(claim, 0.5), margin_of({"metric": "seconds"}, 60.0)
        (0.01, 0.02, 6.0)
    """
    if claim.get("margin") is not None:
        return float(claim["margin"])
    if claim["metric"] in ("epochs", "seconds"):
        return _rounded(_SHARE * reference) if reference > 0 else inf
    return _rounded(min(max(_SHARE * (1 - reference), _SMALLEST), LARGEST))


def stated_margin(claims: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the smallest margin that a study's claims about test accuracy state, if one does."""
    stated = [
        float(claim["margin"])
        for claim in claims
        if claim["metric"] == "test_accuracy" and claim.get("margin") is not None
    ]
    return min(stated, default=None)


def margin_of_pairs(claims: Sequence[Mapping[str, Any]], best: float) -> float:
    """Return the difference of test accuracies that matters between alternatives without a claim.

    Args:
        claims: the study's.
        best: the test accuracy of its best alternative, as a fraction.

    Returns:
        The smallest margin that the study's claims about test accuracy state; else that of a claim
        that compares with the best.

    Example:
        >>> margin_of_pairs([], 0.9)
        0.01
    """
    stated = stated_margin(claims)
    return stated or margin_of({"metric": "test_accuracy"}, best)


def _rounded(margin: float) -> float:
    """Return a margin with two significant digits, as it is shown."""
    return float(f"{margin:.2g}")
