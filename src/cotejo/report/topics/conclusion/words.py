"""The sentences of the conclusion: they say again, in brief, what the body has shown."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.naming import data_names, quoted, seeds_trained
from cotejo.report.topics.claims.words import summary_of_claims
from cotejo.report.topics.conclusion.analysis import Supported, supported
from cotejo.report.topics.conclusion.caveats import architecture, attribution
from cotejo.report.words import Words

__all__ = ["conclusion"]

_MOST_NAMED = 6
"""The most alternatives that a sentence names one by one."""


def conclusion(findings: Findings, words: Words) -> list[str]:
    """Return what the evidence supports: a few sentences."""
    evidence = supported(findings)
    sentences = [_best(findings, words), *_balanced(findings, words)]
    if findings.is_no_better:
        sentences.append(words.say("conclusion.no_better"))
    sentences += _against_others(evidence, words)
    sentences += attribution(findings, words)
    sentences += architecture(findings, words)
    sentences += _choices(evidence, words)
    added = bool(findings.facts.added)
    sentences += summary_of_claims(findings.evidence.verdicts, words, "in_conclusion", added=added)
    sentences += _mistakes(findings, words)
    sentences.append(_scope(findings, words))
    return sentences


def _best(findings: Findings, words: Words) -> str:
    best, numbers = findings.best, words.numbers
    accuracy = findings.accuracy[best.name]
    count = len(findings.facts.trained)
    return words.say(
        "conclusion.best" if count == len(findings.facts.alternatives) else "conclusion.best_some",
        count=count,
        number=words.number(count),
        best=best.label(words.language),
        accuracy=numbers.percent(accuracy.estimate),
        interval=numbers.interval(accuracy.low, accuracy.high),
    )


def _balanced(findings: Findings, words: Words) -> list[str]:
    """Return the best's balanced accuracy, where the classes are unlike in size."""
    if findings.facts.unlike is None:
        return []
    balanced, numbers = findings.balanced[findings.best.name], words.numbers
    interval = numbers.interval(balanced.low, balanced.high)
    accuracy = numbers.percent(balanced.estimate)
    return [words.say("conclusion.balanced", accuracy=accuracy, interval=interval)]


def _against_others(evidence: Supported, words: Words) -> list[str]:
    kind = "_one_seed" if evidence.one_seed else ""
    count = sum(map(len, evidence.others.values()))
    return [
        words.say(
            f"conclusion.{outcome}{kind}",
            count=len(alternatives),
            others=_named(alternatives, count, words),
        )
        for outcome, alternatives in evidence.others.items()
        if alternatives
    ]


def _named(alternatives: Sequence[AlternativeFacts], others: int, words: Words) -> str:
    count = len(alternatives)
    if 1 < count == others:
        return words.say("conclusion.all_others")
    if count <= _MOST_NAMED:
        return quoted(alternatives, words)
    return words.say("conclusion.of_the_others", number=words.number(count))


def _choices(evidence: Supported, words: Words) -> list[str]:
    if not evidence.choices:
        return []
    if evidence.one_seed:
        return [words.say("conclusion.choices_one_seed")]
    compared, settled = sum(evidence.choices.values()), sum(evidence.settled.values())
    names = words.both([words.setting_noun(name) for name in evidence.settled])
    key = "choices_unsettled" if not settled else "choices" if settled < compared else "choices_all"
    return [
        words.say(
            f"conclusion.{key}",
            count=settled or compared,
            number=words.number(settled or compared),
            compared=words.number(compared),
            names=names,
        )
    ]


def _mistakes(findings: Findings, words: Words) -> list[str]:
    """Return the best's most frequent mistake, where one stands out."""
    if not findings.pairs or sum(pair[2] == findings.pairs[0][2] for pair in findings.pairs) > 1:
        return []
    names = findings.facts.class_names(words.language)
    true, predicted, _ = findings.pairs[0]
    return [words.say("conclusion.mistake", true=names[true], predicted=names[predicted])]


def _scope(findings: Findings, words: Words) -> str:
    facts = findings.facts
    data, _ = data_names(facts, words)
    if facts.study.get("quick"):
        return words.say("conclusion.quick")
    seeds = seeds_trained(facts, words)
    return words.say("conclusion.scope", data=data, seeds=seeds)
