"""The sentences on the aim: the question, and the rules that hold for every alternative."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.topics.factors.analysis import factors
from cotejo.report.words import Words

__all__ = ["aim"]


def aim(findings: Findings, words: Words) -> list[str]:
    """Return what the study asks, and under which rules it answers."""
    return [" ".join(_question(findings, words)), " ".join(_rules(findings, words))]


def _question(findings: Findings, words: Words) -> list[str]:
    facts = findings.facts
    count, classes = len(facts.alternatives), len(facts.data["counts"]["test"])
    one_seed = "_one_seed" if count > 1 and len(facts.seeds) * (facts.folds or 1) == 1 else ""
    sentences = [
        words.say(
            "aim.question_added" if facts.added else f"aim.question{one_seed}",
            count=count,
            number=words.number(count),
            data=words.data_name(facts.data["name"]),
            classes=words.number(classes),
        )
    ]
    if names := [words.setting_noun(factor.name) for factor in factors(findings)]:
        sentences.append(words.say(f"aim.choices{one_seed}", names=words.both(names)))
    if judged := len(findings.evidence.verdicts):
        said = words.say("aim.claims", count=judged, number=words.number(judged))
        sentences.append(said[:1].upper() + said[1:])
    return sentences


def _rules(findings: Findings, words: Words) -> list[str]:
    alone = len(findings.facts.alternatives) == 1
    early = any(each.settings.get("early_stopping") for each in findings.facts.alternatives)
    decides = [*(["aim.decides_stop"] if early else []), *([] if alone else ["aim.decides_best"])]
    added = findings.facts.added
    learns = "aim.learns_alone" if alone else "aim.learns_own" if added else "aim.learns"
    sentences = [words.say(learns)]
    if decides:
        said = words.both([words.say(key) for key in decides])
        sentences.append(words.say("aim.decides", decisions=said))
    measures = "aim.measures_alone" if alone else "aim.measures"
    if findings.facts.folds is not None:
        measures = "aim.measures_folds"
    sentences.append(words.say(measures))
    reads = len(findings.facts.test_reads)
    if reads and reads == len(findings.facts.finished) and not findings.extra_test_reads:
        sentences.append(words.say("aim.read_once"))
    if added:
        labels = quoted(added, words)
        sentences.append(words.say("aim.added", count=len(added), labels=labels))
    return sentences
