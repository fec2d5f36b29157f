"""The difference that matters to a claim: what its study says, or else what the metric is."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

__all__ = ["margin_of"]

_SHARE = 0.1
"""The share of the reference's errors, epochs or seconds that matters, if a claim says none."""

_LEAST, _MOST = 0.005, 0.02
"""The smallest and the largest difference of accuracies that is taken to matter, as fractions."""


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
    return _rounded(min(max(_SHARE * (1 - reference), _LEAST), _MOST))


def _rounded(margin: float) -> float:
    """Return a margin with two significant digits, as it is shown."""
    return float(f"{margin:.2g}")
