"""The prose on which classes are easy and which are hard."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.prose.words import Words

__all__ = ["classes"]

_NAMED_CLASSES = 2


def classes(findings: Findings, words: Words) -> list[str]:
    """Return which classes the best does best and worst on, and which is hardest for all."""
    best, names = findings.best, findings.facts.class_names(words.language)
    order, rows = findings.classes_by_f1(best), best.per_class
    named = min(_NAMED_CLASSES, len(order) // 2)
    if not named:
        return []

    def listed(labels: list[int]) -> str:
        return words.both(
            [
                words.say(
                    "class_value",
                    name=names[label],
                    value=words.numbers.decimal(rows[label]["f1"], 3),
                )
                for label in labels
            ]
        )

    sentences = [
        words.say(
            "classes_best",
            best=best.label(words.language),
            good=listed(order[:named]),
            bad=listed(order[: -named - 1 : -1]),
        )
    ]
    trained = len(findings.facts.trained)
    (hardest, times), *_ = findings.hardest_counts().most_common(1)
    if trained > 1 and times > trained / 2:
        key = "hardest_all" if times == trained else "hardest_most"
        sentences.append(words.say(key, count=trained, number=times, name=names[hardest]))
    return sentences
