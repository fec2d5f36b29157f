"""The report's prose on what was compared, what won, by how much, and what to doubt.

Each function chooses sentences by what was found and fills in its numbers; the sentences
themselves are in ``locales/<language>/report.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.compare import Interval
from cotejo.report.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["cautions", "comparison_sentence", "key_figures", "summary", "title"]

_MOST_NAMED = 8
"""Alternatives up to which the first sentence names them all."""


def title(findings: Findings, words: Words) -> str:
    """Return the study's title, which says so when it is a quick look or other data."""
    from cotejo.report.facts import in_language

    study = findings.facts.study
    text = str(in_language(study.get("title"), words.language) or study.get("name", ""))
    data, requested = _data_names(findings, words)
    if data != requested:
        text = words.say("title_fallback", title=text, data=data, requested=requested)
    return words.say("title_quick", title=text) if study.get("quick") else text


def summary(findings: Findings, words: Words) -> list[str]:
    """Return the paragraphs on what was compared, what won and by how much."""
    return [_compared(findings, words), " ".join(_winner(findings, words))]


def key_figures(findings: Findings, words: Words) -> list[tuple[str, str, str]]:
    """Return what to read first: ``(name, value, remark)`` each."""
    say, numbers = words.say, words.numbers
    best, facts = findings.best, findings.facts
    found = findings.accuracy[best.name]
    figures = [
        (say("key_best"), best.label(words.language), ""),
        (
            say("key_accuracy"),
            numbers.percent(found.estimate),
            say("interval_95", interval=numbers.interval(found.low, found.high)),
        ),
    ]
    lead = findings.lead.get(findings.second.name) if findings.second else None
    if lead:
        figures.append(
            (
                say("key_lead"),
                say("points", points=numbers.points(lead.estimate)),
                say("interval_95", interval=numbers.points_interval(lead.low, lead.high)),
            )
        )
    finished = sum(len(one.finished) for one in facts.alternatives)
    asked = len(facts.alternatives) * len(facts.seeds)
    return [*figures, (say("key_runs"), say("runs_of", finished=finished, asked=asked), "")]


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


def cautions(findings: Findings, words: Words) -> list[str]:
    """Return what a reader should be careful about, the weightiest first."""
    facts, say = findings.facts, words.say
    data, requested = _data_names(findings, words)
    found = []
    if data != requested:
        found.append(say("careful_fallback", data=data, requested=requested))
    if facts.study.get("quick"):
        found.append(say("careful_quick"))
    found.append(_luck(findings, words))
    if len(facts.trained) > 1:
        found.append(say("careful_choice", count=len(facts.trained)))
    found += _incomplete(findings, words)
    if findings.extra_test_reads:
        runs = [
            _runs(_label_of(findings, name, words), [seed], words)
            for name, seed in findings.extra_test_reads
        ]
        found.append(say("careful_reads", runs=words.both(runs)))
    return found


def quoted(alternatives: Sequence[AlternativeFacts], words: Words) -> str:
    """Return the labels of alternatives, in quotation marks, as a list in words."""
    return words.both([words.say("quoted", text=one.label(words.language)) for one in alternatives])


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
        seeds=words.say("seeds_count", count=len(facts.seeds)),
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
    sentences += _against_others(findings, words)
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


def _luck(findings: Findings, words: Words) -> str:
    trained = findings.facts.trained
    spreads = [one.spread("test", "accuracy") for one in trained]
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return words.say("careful_one_seed")
    low, high = words.numbers.points(min(known), 2), words.numbers.points(max(known), 2)
    spread = (
        words.say("spread_same", points=low)
        if low == high
        else words.say("spread_between", low=low, high=high)
    )
    count = max(len(one.finished) for one in trained)
    return words.say("careful_seeds", count=count, spread=spread)


def _incomplete(findings: Findings, words: Words) -> list[str]:
    facts, say = findings.facts, words.say
    found = []
    if facts.failed:
        runs = [
            _runs(one.label(words.language), [str(run.record["seed"]) for run in one.failed], words)
            for one in facts.alternatives
            if one.failed
        ]
        found.append(say("careful_failed", count=len(facts.failed), runs=words.both(runs)))
    without = [one for one in facts.alternatives if not one.finished]
    if without:
        labels = quoted(without, words)
        found.append(say("careful_without", count=len(without), labels=labels))
    if len({len(one.finished) for one in facts.trained}) > 1:
        found.append(say("careful_unequal"))
    if facts.missing:
        found.append(say("careful_missing", count=facts.missing))
    return found


def _runs(label: str, seeds: Sequence[str], words: Words) -> str:
    return words.say("runs_named", count=len(seeds), label=label, seeds=words.both(seeds))


def _data_names(findings: Findings, words: Words) -> tuple[str, str]:
    study = findings.facts.study
    data = study.get("data", findings.facts.data["name"])
    return words.data_name(data), words.data_name(study.get("requested_data", data))


def _label_of(findings: Findings, name: str, words: Words) -> str:
    labels = {one.name: one.label(words.language) for one in findings.facts.alternatives}
    return labels.get(name, name)
