"""Which alternatives depend on each other, because they share a training or continue one."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.shared_seeds import continued_trainings, same_trainings
from cotejo.report.words import Words

__all__ = ["dependence"]


def dependence(findings: Findings, words: Words) -> list[str]:
    """Return the sentences on which results depend on each other; none where none do."""
    said = []
    for group in same_trainings(findings.facts):
        key = "same_training_stopped" if _stop_apart(group) else "same_training"
        said.append(words.say(key, labels=quoted(group, words)))
    if all(len(alternative.finished) == 1 for alternative in findings.facts.trained):
        # Nothing is said of chance in training then, which is all that depends.
        return said
    for child, parent in continued_trainings(findings.facts):
        labels = {"first": quoted([child], words), "second": quoted([parent], words)}
        said.append(words.say("continued_training", **labels))
    return [*said, words.say("dependent")] if said else []


def _stop_apart(group: list[AlternativeFacts]) -> bool:
    lengths = {
        (run.record["seed"], len(run.history)) for member in group for run in member.finished
    }
    return len(lengths) > len({seed for seed, _ in lengths})
