"""Which alternatives share each seed's training, so that they move together."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts, StudyFacts
from cotejo.store import RunFolder

__all__ = ["continued_trainings", "same_trainings", "shared_seeds"]

_NO_OTHER_TRAINING = {"epochs", "early_stopping", "tta"}
"""Settings that decide when a training ends, or how it is measured, and not how it goes on."""


def shared_seeds(facts: StudyFacts) -> dict[frozenset[str], list[int]]:
    """Return the seeds that pairs of alternatives share, by the two names.

    A pair is there where one continues the other's training, or both are the same training
    stopped at different epochs, with three seeds or more that both finished: of two, a comparison
    seed by seed could settle next to nothing. Those of a cross-validation are paired by their
    images and parts already.
    """
    if facts.folds is not None:
        return {}
    pairs = [
        (first, second)
        for group in same_trainings(facts)
        for position, first in enumerate(group)
        for second in group[position + 1 :]
    ]
    seeds = {
        frozenset((first.name, second.name)): sorted(set(first.seeds) & set(second.seeds))
        for first, second in [*pairs, *continued_trainings(facts)]
    }
    return {pair: of_both for pair, of_both in seeds.items() if len(of_both) > 2}


def same_trainings(facts: StudyFacts) -> list[list[AlternativeFacts]]:
    """Return the groups of alternatives that are, with the same seed, one and the same training.

    They differ in when the training stops, or in how it is measured, and with each seed that they
    share the shorter history begins the longer one, digit for digit.
    """
    groups: list[list[AlternativeFacts]] = []
    for alternative in facts.own:
        for group in groups:
            if _same_training(group[0], alternative):
                group.append(alternative)
                break
        else:
            groups.append([alternative])
    return [group for group in groups if len(group) > 1]


def continued_trainings(facts: StudyFacts) -> list[tuple[AlternativeFacts, AlternativeFacts]]:
    """Return each alternative that starts from another one's weights, with that other one."""
    trained = {alternative.name: alternative for alternative in facts.trained}
    return [
        (alternative, trained[parent])
        for alternative in facts.trained
        if (parent := alternative.settings.get("start_from")) in trained
    ]


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
