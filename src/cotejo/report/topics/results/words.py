"""The prose on which classes are easy and which are hard."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.topics.results.averages import class_figures
from cotejo.report.words import Words

__all__ = ["classes"]

_NAMED_CLASSES = 2
_NAMED_OVERLAPS = 3
"""The most classes that are named where they overlap with the hardest one."""


def classes(findings: Findings, words: Words) -> list[str]:
    """Return on which classes the best is best and worst, and which class is hardest for all.

    First come those without test images, of which nothing is known.
    """
    best, names = findings.best, findings.facts.class_names(words.language)
    order, rows = findings.classes_by_f1(best), best.per_class
    untested = [words.say("quoted", text=names[label]) for label in findings.untested]
    sentences = (
        [words.say("results.classes_untested", count=len(untested), classes=words.both(untested))]
        if untested
        else []
    )
    named = min(_NAMED_CLASSES, len(order) // 2)
    if not named:
        return sentences

    def listed(labels: list[int]) -> str:
        return words.both(
            [
                words.say(
                    "results.class_value",
                    name=names[label],
                    value=words.numbers.decimal(rows[label]["f1"], 3),
                )
                for label in labels
            ]
        )

    sentences.append(
        words.say(
            "results.classes_best",
            best=best.label(words.language),
            good=listed(order[:named]),
            bad=listed(order[: -named - 1 : -1]),
        )
    )
    trained = len(findings.facts.trained)
    (hardest, times), *_ = findings.hardest_counts().most_common(1)
    if trained > 1 and times > trained / 2:
        key = "results.hardest_all" if times == trained else "results.hardest_most"
        sentences.append(words.say(key, count=trained, number=times, name=names[hardest]))
        # This is said about the best only, since its figures by class are the ones in the report.
        if hardest == order[-1]:
            sentences += _overlaps(findings, order, words)
    return sentences


def _overlaps(findings: Findings, order: list[int], words: Words) -> list[str]:
    """Return which classes have intervals that overlap with that of the best's lowest F1."""
    intervals = [row["f1"] for row in class_figures(findings.best)]
    lowest = intervals[order[-1]]
    if lowest is None:
        return []
    near = [
        label
        for label in order[-2::-1]
        if (interval := intervals[label]) is not None and interval.low <= lowest.high
    ]
    if not near:
        return []
    names, best = findings.facts.class_names(words.language), findings.best.label(words.language)
    if len(near) > _NAMED_OVERLAPS:
        return [words.say("results.hardest_overlaps_many", best=best, count=len(near))]
    others = words.both([words.say("quoted", text=names[label]) for label in near])
    return [words.say("results.hardest_overlaps", best=best, others=others)]
