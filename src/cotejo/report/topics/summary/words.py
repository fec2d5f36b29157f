"""The sentences of the summary: what was compared, what won, and by how much."""

from __future__ import annotations

from cotejo.report.balance import class_sizes, variant
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted, seeds_trained
from cotejo.report.sentences import comparison_sentence
from cotejo.report.topics.audit.analysis import audited
from cotejo.report.topics.claims.words import summary_of_claims
from cotejo.report.topics.conclusion.caveats import is_attributable
from cotejo.report.words import Words

__all__ = ["key_figures", "summary"]

_MOST_NAMED = 8
"""The most alternatives that the first sentence names one by one."""


def summary(findings: Findings, words: Words) -> list[str]:
    """Return the paragraphs on what was compared, what won and by how much."""
    said = [_compared(findings, words), " ".join(_winner(findings, words))]
    said += _leaks(findings, words)
    added = bool(findings.facts.added)
    return said + summary_of_claims(findings.evidence.verdicts, words, "in_summary", added=added)


def _leaks(findings: Findings, words: Words) -> list[str]:
    """Return that the split which came with the data leaks, and the accuracy without the leak."""
    if (findings.facts.data.get("split") or {}).get("method") != "given":
        return []
    result = audited(findings)
    without = result.score("without-duplicates") if result is not None else None
    if result is None or without is None or not result.duplicated.any():
        return []
    numbers = words.numbers
    return [
        words.say(
            "summary.leaks",
            count=int(result.duplicated.sum()),
            share=numbers.percent(float(result.duplicated.mean())),
            accuracy=numbers.percent(without.accuracy.estimate),
            before=numbers.percent(findings.accuracy[findings.best.name].estimate),
        )
    ]


def key_figures(findings: Findings, words: Words) -> list[tuple[str, str, str, bool]]:
    """Return the key figures: ``(name, value, remark, whether it stands out)`` for each."""
    say, numbers = words.say, words.numbers
    best, facts = findings.best, findings.facts
    accuracy = findings.accuracy[best.name]
    # Where the classes are unlike in size, the report leads with balanced accuracy.
    rates = {"key_balanced": findings.balanced[best.name]} if facts.unlike else {}
    rates["key_accuracy"] = accuracy
    figures = [(say("summary.key_best"), best.label(words.language), "", True)]
    figures += [
        (
            say(f"summary.{key}"),
            numbers.percent(rate.estimate),
            say("summary.interval_95", interval=numbers.interval(rate.low, rate.high)),
            True,
        )
        for key, rate in rates.items()
    ]
    if findings.second is not None:
        lead = findings.leads[0]
        is_behind = lead.difference.estimate < 0
        # As in the sentence on the two, the one ahead has the positive difference.
        ahead = lead.difference.reversed() if is_behind else lead.difference
        interval = say(
            "summary.interval_images" if lead.one_seed else "summary.interval_judged",
            interval=numbers.difference_interval(ahead.low, ahead.high),
        )
        figures.append(
            (
                say("summary.key_behind" if is_behind else "summary.key_lead"),
                say("summary.points", points=numbers.difference(ahead.estimate)),
                say(f"summary.key_{lead.of_leader.verdict}", interval=interval),
                lead.settled,
            )
        )
    ended = say("summary.runs_of", finished=len(facts.finished), asked=facts.asked)
    return [*figures, (say("summary.key_runs"), ended, "", True)]


def _compared(findings: Findings, words: Words) -> str:
    facts, numbers = findings.facts, words.numbers
    named = len(facts.alternatives) <= _MOST_NAMED
    compared = words.say(
        "summary.compared" if named else "summary.compared_many",
        count=len(facts.alternatives),
        number=words.number(len(facts.alternatives)),
        data=words.data_name(facts.data["name"]),
        labels=quoted(facts.alternatives, words),
    )
    low, high = facts.learned_images
    key = "summary.learned"
    if facts.added:
        key += "_own"
    elif len(facts.trained) < len(facts.alternatives):
        key += "_some"
    if facts.folds is not None:
        key, high = "summary.learned_folds", low
    if not facts.own:
        return f"{compared} {_added(findings, words)}"
    learned = words.say(
        key if low == high else f"{key}_varied",
        count=len(facts.own),
        number=words.number(len(facts.own)),
        train=numbers.integer(low),
        low=numbers.integer(low),
        high=numbers.integer(high),
        test=numbers.integer(facts.images("test")),
        seeds=seeds_trained(facts, words),
    )
    return " ".join([compared, learned, *([_added(findings, words)] if facts.added else [])])


def _added(findings: Findings, words: Words) -> str:
    """Return which alternatives were trained elsewhere."""
    facts = findings.facts
    return words.say(
        "summary.added",
        count=len(facts.added),
        labels=quoted(facts.added, words),
        test=words.numbers.integer(facts.images("test")),
    )


def _winner(findings: Findings, words: Words) -> list[str]:
    say, numbers, best = words.say, words.numbers, findings.best
    accuracy = findings.accuracy[best.name]
    sentences = [
        say(
            f"summary.best{variant(findings)}",
            count=len(best.finished),
            best=best.label(words.language),
            valid=numbers.percent(best.mean("valid", findings.facts.chosen_by)),
            test=numbers.percent(accuracy.estimate),
            interval=numbers.interval(accuracy.low, accuracy.high),
        )
    ]
    if findings.facts.unlike is not None:
        balanced = findings.balanced[best.name]
        sentences.append(
            say(
                "summary.balanced",
                balanced=numbers.percent(balanced.estimate),
                interval=numbers.interval(balanced.low, balanced.high),
                sizes=class_sizes(findings, words),
            )
        )
    if findings.choice_is_uncertain:
        sentences.append(say("summary.uncertain"))
    sentences += _against_others(findings, words)
    if findings.unlearned:
        labels = quoted(findings.unlearned, words)
        key = f"summary.unlearned{variant(findings)}"
        sentences.append(say(key, count=len(findings.unlearned), labels=labels))
    # The sentence is about the winner, and must be true even if no network learned anything.
    # If it has just been said to have learned nothing, it is not said again.
    is_new = findings.is_no_better and best not in findings.unlearned
    key = "below_baseline" if is_new else "baseline"
    sentences.append(
        say(
            f"summary.{key}_unlike" if findings.facts.unlike else f"summary.{key}",
            accuracy=numbers.percent(findings.most_frequent_in("test")),
            balanced=numbers.percent(findings.one_class_in("test")),
        )
    )
    return sentences


def _against_others(findings: Findings, words: Words) -> list[str]:
    if not findings.leads:
        return [words.say("summary.alone")]
    last = findings.validated[-1]
    lead = findings.leads[0]
    sentences = [comparison_sentence(lead, words)]
    if lead.is_behind:
        sentences.append(words.say(f"summary.reversed{variant(findings)}"))
    if not is_attributable(findings):
        best = findings.best.label(words.language)
        key = "attribution_added" if findings.best.is_added else "attribution_brief"
        sentences.append(words.say(f"conclusion.{key}", best=best))
    if last not in (findings.best, lead.second):
        sentences.append(
            words.say(
                "summary.last",
                last=last.label(words.language),
                accuracy=words.numbers.percent(findings.accuracy[last.name].estimate),
            )
        )
    return sentences
