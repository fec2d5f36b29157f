"""What is shown of a model's limits beside its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.messages import current_language, message
from cotejo.numbers import Numbers

if TYPE_CHECKING:
    from cotejo.inference import Prediction

__all__ = ["candidates_text", "limits_note"]


def candidates_text(prediction: Prediction, names: Sequence[str]) -> str:
    """Return the classes that can't be ruled out, and whether a picture is unlike all learned."""
    listed = ", ".join(names[label] for label in prediction.candidates or ())
    if not prediction.unlike:
        return listed
    return message("doubts.unlike", candidates=listed)


def limits_note(predictions: Sequence[Prediction], coverage: float) -> str:
    """Return what the candidates are, or why there are none."""
    if any(prediction.candidates is None for prediction in predictions):
        return message("doubts.none")
    return message("doubts.note", coverage=Numbers(current_language()).percent(coverage))
