"""How much the gap between training and test accuracy varies with the choice of images."""

from __future__ import annotations

from statistics import variance

import numpy as np

from cotejo.facts import AlternativeFacts
from cotejo.stats.answers import summarize_answers
from cotejo.stats.two_alternatives import image_part, without_luck

__all__ = ["gap_variance"]


def gap_variance(*alternatives: AlternativeFacts) -> float:
    """Return the variance, over images, of a gap or of the difference of two gaps.

    Luck with single images is left out as far as the seeds' gaps show it already. The test images
    are shared, and paired. The answers on training images are not kept: what luck and what is
    common to both takes off their variance is taken to be as much as on the test images, unless
    the two learned from other images.
    """
    answers = [summarize_answers(alternative.answers["test"]) for alternative in alternatives]
    images, spread = answers[0].images, sum(map(_spread, alternatives))
    if len(answers) == 2:
        test = image_part(answers[0].image_means - answers[1].image_means)
    else:
        test = float(np.var(answers[0].image_means)) / images
    luck = sum(each.luck / each.seeds for each in answers)
    test = without_luck(test, luck, spread, images)
    alone = sum(each.accuracy * (1 - each.accuracy) for each in answers) / images
    shares = {alternative.settings.get("train_fraction") for alternative in alternatives}
    left = min(test / alone, 1.0) if alone and len(shares) == 1 else 1.0
    return test + left * sum(map(_of_training, alternatives))


def _spread(alternative: AlternativeFacts) -> float:
    gaps = alternative.gaps
    return variance(gaps) / len(gaps) if len(gaps) > 1 else 0.0


def _of_training(alternative: AlternativeFacts) -> float:
    """Return the variance of a training accuracy of so many independent answers."""
    accuracy = alternative.mean("train", "accuracy")
    return accuracy * (1 - accuracy) / int(alternative.representative.metrics["train"]["images"])
