"""What is said of a model's limits beside its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.messages import current_language, message
from cotejo.numbers import Numbers

if TYPE_CHECKING:
    from cotejo.inference.limits import Limits

__all__ = ["limits_note"]


def limits_note(limits: Limits | None, coverage: float) -> str:
    """Return what the classes that can't be ruled out are, or why there are none."""
    if limits is None or limits.true_probabilities is None:
        return message("doubts.none")
    decimals = 0 if round(100 * coverage, 6).is_integer() else 1
    shown = Numbers(current_language()).percent(coverage, decimals)
    return message("doubts.note", coverage=shown)
