"""What an evaluation says in words: whether the model holds up, and what to be careful about."""

from __future__ import annotations

from typing import Any

import numpy as np

from cotejo.config.views import VIEWS
from cotejo.corruptions import CORRUPTED_TIMES
from cotejo.elsewhere.evaluating import Evaluation
from cotejo.elsewhere.matching import pairs_meant
from cotejo.elsewhere.recalibration import Recalibration
from cotejo.report.naming import quoted_classes
from cotejo.report.topics.calibration.analysis import NOTABLE_EXCESS, error_by_chance
from cotejo.report.topics.robustness.analysis import mean_over_corruptions
from cotejo.report.topics.robustness.words import extremes
from cotejo.report.words import Words
from cotejo.stats import Interval

__all__ = [
    "calibration_sentences",
    "class_sentences",
    "data_name",
    "holding_up",
    "mean_corruption",
    "met_sentences",
    "method_sentences",
    "recalibration_sentences",
    "robustness_sentences",
    "verdict",
]

_SMALL = 0.05
"""Where a larger fall in accuracy can't be ruled out, nobody can say that the model holds up."""


def data_name(result: Evaluation, words: Words) -> str:
    """Return what people call the data set."""
    return words.data_name(result.dataset.name)


def verdict(result: Evaluation, words: Words) -> list[str]:
    """Return how good the model is here, and whether it holds up."""
    n = words.numbers
    accuracy = result.accuracy
    counts = np.bincount(result.labels)
    return [
        words.say(
            "evaluation.accuracy",
            model=result.model.name,
            accuracy=n.percent(accuracy.estimate),
            images=n.integer(len(result.labels)),
            data=data_name(result, words),
            interval=n.interval(accuracy.low, accuracy.high),
        ),
        holding_up(result, words),
        *met_sentences(result, words),
        words.say("evaluation.chance", share=n.percent(counts.max() / counts.sum())),
    ]


def met_sentences(result: Evaluation, words: Words) -> list[str]:
    """Return what is left out as met before, or that nobody could compare; nothing if neither."""
    if result.met_left_out:
        met = words.numbers.integer(result.met_left_out)
        return [words.say("evaluation.met_left_out", count=result.met_left_out, met=met)]
    if result.model.own is not None and not result.is_compared and not result.may_have_learned:
        return [words.say("evaluation.not_compared", data=words.data_name(result.model.own.data))]
    return []


def holding_up(result: Evaluation, words: Words) -> str:
    """Return how its accuracy here compares with that on its own test images."""
    n, own = words.numbers, result.model.own
    if own is None:
        return words.say("evaluation.own_unknown")
    if result.may_have_learned:
        return words.say("evaluation.own_perhaps", data=words.data_name(own.data))
    if result.learned:
        met = n.integer(result.learned)
        return words.say("evaluation.own_learned", count=result.learned, met=met)
    if result.is_own_data:
        return words.say("evaluation.own_test", own=n.percent(own.accuracy))
    difference = result.difference
    if difference is None:
        met = n.integer(result.tested)
        return words.say("evaluation.own_partly", count=result.tested, met=met)
    about: dict[str, Any] = {
        "own": n.percent(own.accuracy),
        "own_images": n.integer(own.images),
        "own_data": words.data_name(own.data),
    }
    if not difference.excludes_zero:
        return words.say(
            "evaluation.alike" if difference.low >= -_SMALL else "evaluation.unclear",
            points=n.difference(difference.estimate),
            low=n.difference(difference.low),
            high=n.difference(difference.high),
            **about,
        )
    interval = n.difference_interval(*sorted((abs(difference.low), abs(difference.high))))
    key = "worse" if difference.estimate < 0 else "better"
    points = n.difference(abs(difference.estimate))
    return words.say(f"evaluation.{key}", points=points, interval=interval, **about)


def class_sentences(result: Evaluation, words: Words) -> list[str]:
    """Return which classes the model lacks, and which the data; nothing if they are the same."""
    sentences = []
    n, language = words.numbers, words.language
    if result.left_out:
        labels = list(result.left_out)
        sentences.append(
            words.say(
                "evaluation.left_out",
                count=len(labels),
                classes=quoted_classes(labels, result.dataset.class_names[language], words),
                images=n.integer(sum(result.left_out.values())),
            )
        )
        of_set, of_model = result.dataset.class_names, result.model.classifier.class_names
        if meant := pairs_meant(of_set, of_model, labels):
            sentences.append(words.say("evaluation.meant", meant=meant))
    if absent := result.matching.absent:
        sentences.append(
            words.say(
                "evaluation.absent",
                count=len(absent),
                classes=quoted_classes(
                    absent, result.model.classifier.class_names[language], words
                ),
                images=n.integer(result.answers_absent),
            )
        )
    return sentences


def calibration_sentences(result: Evaluation, words: Words) -> list[str]:
    """Return how far the probabilities can be trusted."""
    n = words.numbers
    confidence = float(result.probabilities.max(axis=1).mean())
    accuracy = float(result.metrics["accuracy"])
    excess = confidence - accuracy
    key = "even" if abs(excess) < NOTABLE_EXCESS else "over" if excess > 0 else "under"
    bins = result.metrics["calibration"]["reliability"]
    error, chance = float(result.metrics["calibration"]["ece"]), error_by_chance(bins)
    return [
        words.say(
            f"evaluation.{key}",
            confidence=n.percent(confidence),
            accuracy=n.percent(accuracy),
            points=n.points(abs(excess)),
        ),
        words.say(
            "evaluation.ece_beyond" if error > chance else "evaluation.ece_within",
            ece=n.points(error),
            chance=n.points(chance),
        ),
    ]


def recalibration_sentences(changed: Recalibration, words: Words) -> list[str]:
    """Return what a new temperature changes, and how it is used."""
    n, figures = words.numbers, changed.figures
    key = "evaluation.recalibrated_valid" if changed.valid else "evaluation.recalibrated"
    helps = figures["loss_scaled"] < figures["loss"]
    return [
        words.say(
            key,
            fitted=n.integer(changed.fitted_on),
            judged=n.integer(changed.judged_on),
            temperature=n.decimal(changed.temperature, 2),
            before=n.decimal(changed.before, 2),
            ece=n.points(figures["ece"]),
            scaled=n.points(figures["ece_scaled"]),
            loss=n.decimal(figures["loss"], 3),
            loss_scaled=n.decimal(figures["loss_scaled"], 3),
        ),
        words.say("evaluation.recalibrated_use" if helps else "evaluation.recalibrated_worse"),
    ]


def mean_corruption(result: Evaluation) -> Interval:
    """Return the mean corruption accuracy with its 95% interval over the images.

    Raises:
        ValueError: the model was not asked about corrupted images.
    """
    if result.robustness is None:
        raise ValueError("`result` must have corrupted images")
    return mean_over_corruptions(result.robustness.counts[None] / CORRUPTED_TIMES)


def robustness_sentences(result: Evaluation, words: Words) -> list[str]:
    """Return what corruptions cost; nothing if the model was not asked."""
    robustness, n = result.robustness, words.numbers
    if robustness is None:
        return []
    mean, clean = mean_corruption(result), float(robustness.clean.mean())
    return [
        words.say(
            "evaluation.robust",
            mean=n.percent(mean.estimate),
            interval=n.interval(mean.low, mean.high),
            points=n.difference(clean - mean.estimate),
            clean=n.percent(clean),
            images=n.integer(len(robustness.clean)),
        ),
        words.say("evaluation.robust_worst", said=extremes(robustness.accuracy, words)),
    ]


def method_sentences(result: Evaluation, words: Words) -> list[str]:
    """Return how it was done."""
    n, classifier = words.numbers, result.model.classifier
    height, width, channels = classifier.image_shape
    views = len(VIEWS[classifier.views])
    sentences = [
        words.say(
            "evaluation.method_images",
            split=words.say(f"evaluation.split_{result.split}"),
            data=data_name(result, words),
            height=height,
            width=width,
            channels=channels,
            fit=words.say(f"evaluation.method_fit_{classifier.fit}"),
        ),
        words.say(
            "evaluation.method_answers",
            views=words.say("evaluation.method_views", count=views),
            temperature=n.shortest(classifier.temperature, 3),
        ),
        words.say("evaluation.method_intervals"),
    ]
    if result.robustness is not None:
        sentences.append(
            words.say(
                "evaluation.method_corruptions",
                side=result.robustness.published_side,
                images=n.integer(len(result.robustness.clean)),
            )
        )
    return sentences
