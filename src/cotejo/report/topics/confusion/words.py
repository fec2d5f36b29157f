"""The sentences on what the best alternative takes for what."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.two_classes import POSITIVE, separations
from cotejo.report.words import Words

__all__ = ["confusion", "representative"]

_TIED = 4
"""The most equally frequent mistakes that are named; of more, none stands out."""


def representative(findings: Findings, words: Words) -> str | None:
    """Return from which of the best's seeds the figures come; None if it has only one."""
    best = findings.best
    if len(best.finished) == 1:
        return None
    count = len(best.finished)
    which = (
        "confusion.which_of_two"
        if count == 2
        else ("confusion.which_odd" if count % 2 else "confusion.which_even")
    )
    key = "representative" if findings.facts.folds is None else "one_seed"
    if best.is_added:
        # Its training has no section.
        key, which = "representative_added", which if best.has_validation else "confusion.which_odd"
    return words.say(
        f"confusion.{key}",
        count=count,
        which=words.say(which),
        best=best.label(words.language),
        seed=best.representative.record["seed"],
    )


def confusion(findings: Findings, words: Words) -> list[str]:
    """Return how often the best is wrong, and which classes it takes for which."""
    if not findings.pairs:
        return [words.say("no_mistakes")]
    numbers, names = words.numbers, findings.facts.class_names(words.language)
    sentences = [
        words.say(
            "confusion.total",
            count=findings.mistakes,
            mistakes=numbers.integer(findings.mistakes),
            images=numbers.integer(sum(map(sum, findings.confusion))),
        ),
        *_most_frequent(findings, words),
    ]
    if findings.mutual_pair:
        first, second, both = findings.mutual_pair
        sentences.append(
            words.say(
                "confusion.mutual",
                one=names[first],
                other=names[second],
                number=numbers.integer(both),
                share=numbers.percent(both / findings.mistakes),
            )
        )
    return sentences + _of_two_classes(findings, words)


def _of_two_classes(findings: Findings, words: Words) -> list[str]:
    """Return how many of each of two classes the best recognises, where these clearly differ."""
    best = next((row for row in separations(findings) if row.alternative is findings.best), None)
    if best is None:
        return []
    sensitivity, specificity = best.half.sensitivity, best.half.specificity
    if sensitivity.low <= specificity.high and specificity.low <= sensitivity.high:
        return []
    names, percent = findings.facts.class_names(words.language), words.numbers.percent
    return [
        words.say(
            "two_classes.in_body",
            positive=names[POSITIVE],
            negative=names[1 - POSITIVE],
            sensitivity=percent(sensitivity.estimate),
            specificity=percent(specificity.estimate),
        )
    ]


def _most_frequent(findings: Findings, words: Words) -> list[str]:
    numbers, names = words.numbers, findings.facts.class_names(words.language)
    true, predicted, count = findings.pairs[0]
    tied = [pair for pair in findings.pairs if pair[2] == count]
    if len(tied) > _TIED:
        return []
    if len(tied) > 1:
        pairs = [
            words.say("confusion.taken_for", true=names[t], predicted=names[p]) for t, p, _ in tied
        ]
        said, number = words.both(pairs), numbers.integer(count)
        return [words.say("confusion.most_tied", count=count, pairs=said, number=number)]
    support = sum(findings.confusion[true])
    return [
        words.say(
            "confusion.most",
            true=names[true],
            predicted=names[predicted],
            number=numbers.integer(count),
            support=numbers.integer(support),
            share=numbers.percent(count / support),
        )
    ]
