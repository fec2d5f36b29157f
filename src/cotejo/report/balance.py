"""What the report says where the classes are unlike in size: balanced accuracy, and why."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["best_by_accuracy", "class_sizes", "variant"]


def variant(findings: Findings) -> str:
    """Return what is added to the key of a sentence on the choice of the best.

    It is empty where the best is chosen by accuracy, and ``"_balanced"`` where it is chosen by
    balanced accuracy.
    """
    return "_balanced" if findings.by_balanced else ""


def class_sizes(findings: Findings, words: Words) -> str:
    """Return the sentence on why balanced accuracy is given; "" where the classes are alike."""
    unlike = findings.facts.unlike
    if unlike is None:
        return ""
    names, numbers = findings.facts.class_names(words.language), words.numbers
    return words.say(
        f"unlike_{unlike.split}",
        largest=names[unlike.largest],
        smallest=names[unlike.smallest],
        most=numbers.integer(unlike.most),
        fewest=numbers.integer(unlike.fewest),
    )


def best_by_accuracy(findings: Findings) -> AlternativeFacts | None:
    """Return the alternative that accuracy would choose; None where it would choose the same."""
    if not findings.by_balanced:
        return None
    best = max(findings.validated, key=lambda each: each.mean("valid", "accuracy"))
    return None if best is findings.best else best
