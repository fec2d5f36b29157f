"""How much the gap between training and test accuracy varies with the choice of images."""

from __future__ import annotations

from statistics import variance

import numpy as np

from cotejo.facts import AlternativeFacts
from cotejo.stats.answers import Answers, summarize_answers
from cotejo.stats.two_alternatives import image_part, without_luck

__all__ = ["gap_variance"]


def gap_variance(*alternatives: AlternativeFacts) -> float:
    """Return the variance, over images, of a gap or of the difference of two gaps.

    Luck with single images is left out as far as the seeds' gaps show it already. The test images
    are shared, and paired; so are the training images, whose answers are not kept: theirs are
    added up as if they were not, which makes the variance too large, if anything. As much of
    theirs is taken for luck as of the answers on the test images.
    """
    answers = [summarize_answers(alternative.answers["test"]) for alternative in alternatives]
    images, spread = answers[0].images, sum(map(_spread, alternatives))
    if len(answers) == 2:
        test = image_part(answers[0].image_means - answers[1].image_means)
    else:
        test = float(np.var(answers[0].image_means)) / images
    luck = sum(each.luck / each.seeds for each in answers)
    return without_luck(test, luck, spread, images) + sum(map(_of_training, alternatives, answers))


def _spread(alternative: AlternativeFacts) -> float:
    gaps = alternative.gaps
    return variance(gaps) / len(gaps) if len(gaps) > 1 else 0.0


def _of_training(alternative: AlternativeFacts, answers: Answers) -> float:
    accuracy, known = alternative.mean("train", "accuracy"), answers.accuracy
    images = int(alternative.representative.metrics["train"]["images"])
    luck = answers.residual / (known * (1 - known)) if 0 < known < 1 else 0.0
    return accuracy * (1 - accuracy) / images * max(1 - luck, 1 / answers.seeds)
