"""The limits of a trained network: the classes it can't rule out, and pictures unlike all it knows.

They rest on validation images, which the network did not learn from. A final training has none, so
that it has neither sets nor a scale of unlikeness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.conformal import COVERAGE, candidate_sets, least_probabilities
from cotejo.evaluate.unlikeness import FEWEST, Look, is_unlike, signs, unlikeness

__all__ = ["Limits"]


@dataclass(frozen=True, eq=False)
class Limits:
    """What ``limits.npz`` keeps of a run, in use.

    Attributes:
        look: what training images look like.
        true_probabilities: ``[v]``, the probability of each validation image's true class; None
            without validation images.
        true_labels: ``[v]``, those classes.
        valid_signs: ``[v, signs]``, the signs of unlikeness of these images.
        by_class: whether the coverage is that of each class by itself, because they are unlike in
            size.
    """

    look: Look
    true_probabilities: NDArray[np.float32] | None = None
    true_labels: NDArray[np.int64] | None = None
    valid_signs: NDArray[np.float32] | None = None
    by_class: bool = False

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Limits:
        """Return the limits that the arrays of a ``limits.npz`` hold, which have been checked."""
        seen = (arrays[f"look_{name}"].astype(np.float64) for name in ("mean", "scale", "points"))
        parts: dict[str, Any] = {"look": Look(*seen)}
        if "valid_signs" in arrays:
            parts |= {
                "true_probabilities": arrays["true_probabilities"],
                "true_labels": arrays["true_labels"].astype(np.int64),
                "valid_signs": arrays["valid_signs"],
                "by_class": bool(arrays["by_class"]),
            }
        return cls(**parts)

    def candidates(
        self, probabilities: NDArray[np.floating], coverage: float = COVERAGE
    ) -> NDArray[np.bool_] | None:
        """Return which classes can't be ruled out, ``[n, classes]``; None if nobody can say.

        The true class of a picture like those of the data is among them at least as often as
        ``coverage`` says. The likeliest class always is.

        Args:
            probabilities: ``[n, classes]``, as `Classifier.probabilities` returns them.
            coverage: in ``(0, 1)``.

        Raises:
            ValueError: ``coverage`` is out of its range.
        """
        if self.true_probabilities is None or self.true_labels is None:
            return None
        least = least_probabilities(
            self.true_probabilities,
            self.true_labels,
            probabilities.shape[1],
            coverage,
            by_class=self.by_class,
        )
        return candidate_sets(probabilities, least)

    def unlikeness(
        self, images: NDArray[np.uint8], logits: NDArray[np.floating]
    ) -> NDArray[np.float64] | None:
        """Return the share of validation images that look less unlike, ``[n]``, in ``[0, 1]``.

        None without validation images to compare with.

        Args:
            images: ``[n, height, width, channels]``, as the network sees them.
            logits: ``[n, classes]``, as `Classifier.logits` returns them.
        """
        if self.valid_signs is None:
            return None
        return unlikeness(signs(self.look, images, logits), self.valid_signs)

    @property
    def can_tell_unlike(self) -> bool:
        """Whether there are validation images enough to call a picture unlike all of them."""
        return self.valid_signs is not None and len(self.valid_signs) >= FEWEST

    def are_unlike(self, unlikeness: NDArray[np.floating]) -> NDArray[np.bool_] | None:
        """Return which of these unlikenesses are beyond the limit, ``[n]``.

        At most one in a hundred pictures like those that were learned is called so. None if there
        are too few validation images to say so (`cotejo.evaluate.unlikeness.FEWEST`).
        """
        return None if self.valid_signs is None else is_unlike(unlikeness, len(self.valid_signs))

    def is_unlike(
        self, images: NDArray[np.uint8], logits: NDArray[np.floating]
    ) -> NDArray[np.bool_] | None:
        """Return which pictures are unlike anything that was learned, ``[n]``; None likewise."""
        found = self.unlikeness(images, logits)
        return None if found is None else self.are_unlike(found)
