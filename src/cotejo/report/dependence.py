"""Which alternatives depend on each other, because they share a training or continue one."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.report.naming import quoted
from cotejo.report.words import Words
from cotejo.store import RunFolder

__all__ = ["continued_trainings", "dependence", "same_trainings"]

_NO_OTHER_TRAINING = {"epochs", "early_stopping", "tta"}
"""Settings that decide when a training ends, or how it is measured, and not how it goes on."""


@computed_once
def same_trainings(findings: Findings) -> list[list[AlternativeFacts]]:
    """Return the groups of alternatives that are, with the same seed, one and the same training.

    They differ in when the training stops, or in how it is measured, and with each seed that they
    share the shorter history begins the longer one, digit for digit.
    """
    groups: list[list[AlternativeFacts]] = []
    for alternative in findings.facts.own:
        for group in groups:
            if _same_training(group[0], alternative):
                group.append(alternative)
                break
        else:
            groups.append([alternative])
    return [group for group in groups if len(group) > 1]


def continued_trainings(findings: Findings) -> list[tuple[AlternativeFacts, AlternativeFacts]]:
    """Return each alternative that starts from another one's weights, with that other one."""
    trained = {alternative.name: alternative for alternative in findings.facts.trained}
    return [
        (alternative, trained[parent])
        for alternative in findings.facts.trained
        if (parent := alternative.settings.get("start_from")) in trained
    ]


def dependence(findings: Findings, words: Words) -> list[str]:
    """Return the sentences on which results depend on each other; none where none do."""
    said = []
    for group in same_trainings(findings):
        key = "same_training_stopped" if _stop_apart(group) else "same_training"
        said.append(words.say(key, labels=quoted(group, words)))
    if all(len(alternative.finished) == 1 for alternative in findings.facts.trained):
        # Nothing is said of chance in training then, which is all that depends.
        return said
    for child, parent in continued_trainings(findings):
        labels = {"first": quoted([child], words), "second": quoted([parent], words)}
        said.append(words.say("continued_training", **labels))
    return [*said, words.say("dependent")] if said else []


def _same_training(first: AlternativeFacts, second: AlternativeFacts) -> bool:
    """Whether two alternatives differ in no more than when they stop or how they are measured."""
    names = {*first.settings, *second.settings} - _NO_OTHER_TRAINING
    if any(first.settings.get(name) != second.settings.get(name) for name in names):
        return False
    runs = {run.record["seed"]: run for run in second.finished}
    shared = [
        (run, runs[run.record["seed"]]) for run in first.finished if run.record["seed"] in runs
    ]
    return bool(shared) and all(_begins_alike(*pair) for pair in shared)


def _begins_alike(first: RunFolder, second: RunFolder) -> bool:
    """Whether the shorter of two histories begins the longer one; seconds may differ."""
    return all(
        epoch[name] == same_epoch[name]
        for epoch, same_epoch in zip(first.history, second.history, strict=False)
        for name in epoch
        if name != "seconds"
    )


def _stop_apart(group: list[AlternativeFacts]) -> bool:
    lengths = {
        (run.record["seed"], len(run.history)) for member in group for run in member.finished
    }
    return len(lengths) > len({seed for seed, _ in lengths})
