"""The sentences on what the best alternative takes for what."""

from __future__ import annotations

from cotejo.report.findings import Findings
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
    return words.say(
        "confusion.representative",
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
    return sentences


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
