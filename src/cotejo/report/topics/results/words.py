"""The prose on which classes are easy and which are hard."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from cotejo.report.findings import Findings
from cotejo.report.naming import quoted_classes
from cotejo.report.topics.results.averages import class_figures
from cotejo.report.words import Words

__all__ = ["classes"]

_NAMED_CLASSES = 2
_NAMED_OVERLAPS = 3
"""The most classes that are named where they overlap with the hardest one."""


def classes(findings: Findings, words: Words) -> list[str]:
    """Return on which classes the best is best and worst, and which class is hardest for all.

    First come those without test images, of which nothing is known. Classes of the same F1 are
    named together, or not at all.
    """
    best, names = findings.best, findings.facts.class_names(words.language)
    order, rows = findings.classes_by_f1(best), best.per_class
    untested = [words.say("quoted", text=names[label]) for label in findings.untested]
    sentences = (
        [words.say("results.classes_untested", count=len(untested), classes=words.both(untested))]
        if untested
        else []
    )
    f1 = {label: rows[label]["f1"] for label in order}
    named = min(_NAMED_CLASSES, len(order) // 2)
    if not named or f1[order[0]] == f1[order[-1]]:
        return sentences

    def listed(from_extreme: list[int]) -> str:
        return words.both(
            [
                words.say(
                    "results.class_value",
                    classes=quoted_classes(group, names, words),
                    value=words.numbers.decimal(f1[group[0]], 3),
                )
                for group in _extremes(from_extreme, f1, named)
            ]
        )

    sentences.append(
        words.say(
            "results.classes_best",
            count=len(best.finished),
            best=best.label(words.language),
            good=listed(order),
            bad=listed(order[::-1]),
        )
    )
    return sentences + _hardest(findings, order, words)


def _extremes(labels: list[int], f1: Mapping[int, float], named: int) -> list[list[int]]:
    """Return the first classes, grouped by equal F1, and no class of a group without the others.

    Args:
        labels: classes in the order of their F1, from the extreme that is asked for.
        f1: of each class.
        named: how many classes to return; the first group is returned whole, whatever its size.
    """
    groups = [sorted(group) for _, group in groupby(labels, key=lambda label: f1[label])]
    shown = groups[:1]
    for group in groups[1:]:
        if sum(map(len, shown)) + len(group) > named:
            break
        shown.append(group)
    return shown


def _hardest(findings: Findings, order: list[int], words: Words) -> list[str]:
    """Return which class has the lowest F1 in most alternatives, if one has."""
    trained = len(findings.facts.trained)
    counts = findings.hardest_counts()
    times = max(counts.values())
    if trained == 1 or times <= trained / 2:
        return []
    hardest = sorted(label for label, count in counts.items() if count == times)
    names = findings.facts.class_names(words.language)
    said = words.say(
        "results.hardest_all" if times == trained else "results.hardest_most",
        count=len(hardest),
        number=times,
        alternatives=trained,
        classes=quoted_classes(hardest, names, words),
    )
    if len(hardest) > 1:
        return [said]
    lowest = [findings.lowest_f1(alternative) for alternative in findings.facts.trained]
    shared = sum(hardest[0] in labels and len(labels) > 1 for labels in lowest)
    sentences = [said]
    if shared:
        sentences.append(words.say("results.hardest_shared", count=shared))
    # This is said about the best only, since its figures by class are the ones in the report.
    if findings.lowest_f1(findings.best) == hardest:
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
    return [words.say("results.hardest_overlaps", count=len(near), best=best, others=others)]
