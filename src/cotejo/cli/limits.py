"""What is said of a model's limits beside its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cotejo.messages import current_language, message
from cotejo.numbers import Numbers

if TYPE_CHECKING:
    from cotejo.inference.limits import Limits

__all__ = ["limits_note"]


def limits_note(limits: Limits | None, coverage: float) -> str:
    """Return what the classes that can't be ruled out are, or why there are none.

    It is said, too, if there were too few validation images to call a picture unlike all others.
    """
    said = [_about_candidates(limits, coverage)]
    if limits is not None and limits.valid_signs is not None and not limits.can_tell_unlike:
        from cotejo.evaluate.unlikeness import FEWEST

        said.append(message("doubts.too_few", count=len(limits.valid_signs), least=FEWEST))
    return " ".join(said)


def _about_candidates(limits: Limits | None, coverage: float) -> str:
    if limits is None or limits.true_probabilities is None:
        return message("doubts.none")
    decimals = 0 if round(100 * coverage, 6).is_integer() else 1
    shown = Numbers(current_language()).percent(coverage, decimals)
    return message("doubts.note", coverage=shown)
