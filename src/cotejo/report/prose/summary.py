"""The prose of the summary: what was compared, what won, and by how much."""

from __future__ import annotations

from cotejo.compare import Interval
from cotejo.report.facts import in_language
from cotejo.report.findings import Findings
from cotejo.report.prose.names import data_names, quoted, seeds_trained
from cotejo.report.prose.words import Words

__all__ = ["comparison_sentence", "key_figures", "summary", "title"]

_MOST_NAMED = 8
"""Alternatives up to which the first sentence names them all."""


def title(findings: Findings, words: Words) -> str:
    """Return the study's title, which says so when it is a quick look or other data."""
    study = findings.facts.study
    text = str(in_language(study.get("title"), words.language) or study.get("name", ""))
    data, requested = data_names(findings.facts, words)
    if data != requested:
        text = words.say("title_fallback", title=text, data=data, requested=requested)
    return words.say("title_quick", title=text) if study.get("quick") else text


def summary(findings: Findings, words: Words) -> list[str]:
    """Return the paragraphs on what was compared, what won and by how much."""
    return [_compared(findings, words), " ".join(_winner(findings, words))]


def key_figures(findings: Findings, words: Words) -> list[tuple[str, str, str, bool]]:
    """Return what to read first: ``(name, value, remark, whether it stands out)`` each."""
    say, numbers = words.say, words.numbers
    best, facts = findings.best, findings.facts
    found = findings.accuracy[best.name]
    figures = [
        (say("key_best"), best.label(words.language), "", True),
        (
            say("key_accuracy"),
            numbers.percent(found.estimate),
            say("interval_95", interval=numbers.interval(found.low, found.high)),
            True,
        ),
    ]
    lead = findings.lead.get(findings.second.name) if findings.second else None
    if lead:
        interval = say("interval_95", interval=numbers.points_interval(lead.low, lead.high))
        figures.append(
            (
                say("key_lead"),
                say("points", points=numbers.points(lead.estimate)),
                interval if lead.excludes_zero else say("key_tie", interval=interval),
                lead.excludes_zero,
            )
        )
    ended = say("runs_of", finished=len(facts.finished), asked=facts.asked)
    return [*figures, (say("key_runs"), ended, "", True)]


def comparison_sentence(lead: Interval, second: str, words: Words) -> str:
    """Return what the test set says of the best against the second: no more than it settles.

    Args:
        lead: the best's accuracy less the second's, with its interval.
        second: the second's label.
        words: the language.
    """
    numbers = words.numbers
    if lead.excludes_zero and lead.estimate < 0:
        return words.say(
            "summary_reversed",
            second=second,
            points=numbers.points(-lead.estimate),
            interval=numbers.points_interval(-lead.high, -lead.low),
        )
    return words.say(
        "summary_clear" if lead.excludes_zero else "summary_tie",
        second=second,
        points=numbers.points(lead.estimate),
        interval=numbers.points_interval(lead.low, lead.high),
    )


def _compared(findings: Findings, words: Words) -> str:
    facts, numbers = findings.facts, words.numbers
    named = len(facts.alternatives) <= _MOST_NAMED
    return words.say(
        "summary_compared" if named else "summary_compared_many",
        count=len(facts.alternatives),
        data=words.data_name(facts.data["name"]),
        labels=quoted(facts.alternatives, words),
        train=numbers.integer(facts.images("train")),
        test=numbers.integer(facts.images("test")),
        seeds=seeds_trained(facts, words),
    )


def _winner(findings: Findings, words: Words) -> list[str]:
    say, numbers, best = words.say, words.numbers, findings.best
    found = findings.accuracy[best.name]
    sentences = [
        say(
            "summary_best",
            count=len(best.finished),
            best=best.label(words.language),
            valid=numbers.percent(best.mean("valid", "accuracy")),
            test=numbers.percent(found.estimate),
            interval=numbers.interval(found.low, found.high),
        )
    ]
    if findings.choice and findings.choice.is_uncertain:
        sentences.append(say("summary_uncertain"))
    sentences += _against_others(findings, words)
    if findings.unlearned:
        labels = quoted(findings.unlearned, words)
        sentences.append(say("summary_unlearned", count=len(findings.unlearned), labels=labels))
    # Said of the winner, so the sentence must hold even where nothing was learned.
    no_better = found.low <= findings.most_frequent_in("test")
    sentences.append(
        say(
            "summary_below_baseline" if no_better else "summary_baseline",
            accuracy=numbers.percent(findings.most_frequent_in("test")),
        )
    )
    return sentences


def _against_others(findings: Findings, words: Words) -> list[str]:
    second, last = findings.second, findings.ranked[-1]
    if second is None:
        return [words.say("summary_alone")]
    label = second.label(words.language)
    sentences = []
    if second.name in findings.lead:
        same = bool((findings.best.correct == second.correct).all())
        sentences.append(
            words.say("summary_same", second=label)
            if same
            else comparison_sentence(findings.lead[second.name], label, words)
        )
    if last is not second:
        sentences.append(
            words.say(
                "summary_last",
                last=last.label(words.language),
                accuracy=words.numbers.percent(findings.accuracy[last.name].estimate),
            )
        )
    return sentences
