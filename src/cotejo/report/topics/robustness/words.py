"""The sentences on robustness: which alternative keeps the most accuracy, and what costs it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotejo.corruptions import CORRUPTIONS
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.topics.robustness.analysis import (
    AlternativeRobustness,
    difference_of,
    robustness,
)
from cotejo.report.words import Words

__all__ = ["extremes", "robustness_sentences"]


def robustness_sentences(findings: Findings, words: Words) -> list[str]:
    """Return what was done, who is the most robust, and whether the best one is."""
    rows, n = robustness(findings), words.numbers
    most = max(rows, key=lambda row: row.mean.estimate)
    seeds = max(len(row.shares) for row in rows)
    sentences = [words.say("robustness.intro", images=n.integer(most.images))]
    sentences.append(
        words.say(
            "robustness.most" if len(rows) > 1 else "robustness.alone",
            name=most.alternative.label(words.language),
            mean=n.percent(most.mean.estimate),
            interval=n.interval(most.mean.low, most.mean.high),
            clean=n.percent(most.clean),
            points=n.difference(most.clean - most.mean.estimate),
        )
    )
    sentences += _of_best(findings, rows, most, words)
    if seeds == 1:
        sentences.append(words.say("robustness.one_seed"))
    asked = {row.alternative.name for row in rows}
    if without := [each for each in findings.facts.trained if each.name not in asked]:
        labels = quoted(without, words)
        sentences.append(words.say("robustness.without", count=len(without), labels=labels))
    return sentences


def _of_best(
    findings: Findings,
    rows: list[AlternativeRobustness],
    most: AlternativeRobustness,
    words: Words,
) -> list[str]:
    """Return how far the best on validation is behind the most robust; nothing if it is it."""
    best = next((row for row in rows if row.alternative is findings.best), None)
    if best is None or best is most:
        return []
    behind = difference_of(most, best)
    key = "robustness.behind" if behind.low > 0 else "robustness.behind_unsettled"
    return [
        words.say(
            key,
            best=best.alternative.label(words.language),
            mean=words.numbers.percent(best.mean.estimate),
            points=words.numbers.difference(behind.estimate),
            interval=words.numbers.difference_interval(behind.low, behind.high),
        )
    ]


def extremes(table: NDArray[np.float64], words: Words) -> str:
    """Return which corruption costs a network the most accuracy, and which the least.

    Args:
        table: ``[15, 5]``.
        words: the language.
    """
    means = table.mean(axis=1)
    hardest, easiest = int(means.argmin()), int(means.argmax())
    return words.say(
        "robustness.extremes",
        hardest=words.say(f"robustness.in_sentence.{CORRUPTIONS[hardest]}"),
        low=words.numbers.percent(float(means[hardest])),
        easiest=words.say(f"robustness.in_sentence.{CORRUPTIONS[easiest]}"),
        high=words.numbers.percent(float(means[easiest])),
    )
