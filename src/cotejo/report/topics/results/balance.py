"""The sentences on balanced accuracy, and on classes with too few test images."""

from __future__ import annotations

from cotejo.evaluate.intervals import proportion_interval
from cotejo.report.balance import best_by_accuracy, variant
from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["WIDEST", "balanced_interval", "balanced_method", "chosen", "few_images"]

WIDEST = 0.3
"""The widest 95% interval of a class's recall with which something can be said of the class.

Half of 39 images, or all of 9, give an interval about that wide.
"""

_MOST_NAMED = 5
"""The most classes that the sentence names one by one."""


def chosen(findings: Findings, words: Words) -> list[str]:
    """Return by what the best is chosen, and which one accuracy would choose, if another."""
    sentences = [words.say(f"results.best{variant(findings)}")]
    other = best_by_accuracy(findings)
    if other is not None:
        sentences.append(words.say("results.best_by_accuracy", label=other.label(words.language)))
    return sentences


def balanced_method(findings: Findings, words: Words) -> list[str]:
    """Return what balanced accuracy is and how its interval is made, where it is given."""
    if findings.facts.unlike is None:
        return []
    several = len(findings.facts.trained) > 1
    return [
        words.say("results.balanced_method"),
        *([words.say("results.balanced_compared")] if several else []),
    ]


def balanced_interval(findings: Findings, words: Words) -> list[str]:
    """Return why the average recall has another interval than balanced accuracy, where it does."""
    return [words.say("results.balanced_interval")] if findings.facts.unlike else []


def few_images(findings: Findings, words: Words) -> list[str]:
    """Return which classes have too few test images for a statement.

    They are those where the 95% interval of the best's recall is wider than `WIDEST`. Those
    without test images are said elsewhere.
    """
    scarce = [
        label
        for label, row in enumerate(findings.best.per_class)
        if _width(row["recall"], row["support"]) > WIDEST
    ]
    if not scarce:
        return []
    names, rows = findings.facts.class_names(words.language), findings.best.per_class
    listed = [
        words.say(
            "results.few_images_class",
            name=names[label],
            images=words.numbers.integer(rows[label]["support"]),
        )
        for label in scarce[:_MOST_NAMED]
    ]
    return [
        words.say(
            "results.few_images" if len(scarce) <= _MOST_NAMED else "results.few_images_many",
            count=len(scarce),
            classes=words.both(listed),
            best=findings.best.label(words.language),
            points=words.numbers.integer(round(100 * WIDEST)),
        )
    ]


def _width(recall: float, images: float) -> float:
    bounds = proportion_interval(recall * images, images)
    return bounds[1] - bounds[0] if bounds is not None else 0.0
