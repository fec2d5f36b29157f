"""How much the gap between training and test accuracy varies with the choice of images."""

from __future__ import annotations

import numpy as np

from cotejo.facts import AlternativeFacts

__all__ = ["gap_variance"]


def gap_variance(*alternatives: AlternativeFacts) -> float:
    """Return the variance, over images, of a gap or of the difference of two gaps.

    The test images are shared, and paired; so are the training images, whose answers are not
    kept: theirs are added up as if they were not, which makes the variance too large, if anything.
    """
    means = [alternative.answers["test"].mean(axis=0) for alternative in alternatives]
    shared = means[0] - means[1] if len(means) == 2 else means[0]
    variance = float(np.var(shared)) / len(shared)
    for alternative in alternatives:
        accuracy = alternative.mean("train", "accuracy")
        images = int(alternative.representative.metrics["train"]["images"])
        variance += accuracy * (1 - accuracy) / images
    return variance
