"""The sentences on what limits the results."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.config.augmentations import mirrors
from cotejo.data import find_source
from cotejo.facts import StudyFacts
from cotejo.facts.conditions import differing_conditions
from cotejo.report.balance import variant
from cotejo.report.falls import kept_after_fall
from cotejo.report.findings import Findings
from cotejo.report.naming import data_names, quoted
from cotejo.report.sentences import settled_seeds
from cotejo.report.topics.audit.analysis import audited
from cotejo.report.topics.calibration.analysis import NOTABLE_EXCESS, diagnosis
from cotejo.report.words import Words

__all__ = ["cautions"]

_SPLITS = ("train", "valid", "test")


def cautions(findings: Findings, words: Words) -> list[str]:
    """Return what a reader should be careful about, the weightiest first."""
    facts, say = findings.facts, words.say
    data, requested = data_names(facts, words)
    said = []
    if data != requested:
        said.append(say("cautions.careful_fallback", data=data, requested=requested))
    if facts.study.get("quick"):
        said.append(_quick(facts, words))
    source = find_source(facts.data["name"])
    if source is not None and not source.mirroring_keeps_class:
        said += _mirrored(facts, words)
    said.append(_luck(findings, words))
    if facts.added:
        labels = quoted(facts.added, words)
        said.append(say("cautions.careful_added", count=len(facts.added), labels=labels))
    if len(facts.trained) > 1:
        said += _choice(findings, words)
        kind = variant(findings)
        key = "careful_choice_folds" if facts.folds is not None else f"careful_choice{kind}"
        said.append(say(f"cautions.{key}", count=len(findings.validated)))
    if findings.unlearned:
        said.append(
            say(
                f"cautions.careful_unlearned{variant(findings)}",
                count=len(findings.unlearned),
                labels=quoted(findings.unlearned, words),
                baseline=words.numbers.percent(findings.valid_baseline),
            )
        )
    said += kept_after_fall(facts.trained, words)
    said += [*_duplicates(findings, words), *_probabilities(findings, words)]
    said += _incomplete(findings, words)
    if differing := differing_conditions([run.record for run in facts.finished]):
        names = [say(f"condition_{name}") for name in differing]
        said.append(say("cautions.careful_conditions", names=words.both(names)))
    if findings.extra_test_reads:
        said.append(_reads(findings, words))
    if facts.test_reads and findings.lost_test_reads:
        said.append(say("cautions.careful_reads_lost", count=findings.lost_test_reads))
    return said


def _duplicates(findings: Findings, words: Words) -> list[str]:
    """Return how many test images have a copy elsewhere, and what the best scores without them."""
    result, numbers = audited(findings), words.numbers
    if result is None:
        return []
    copied = result.duplicated | result.only_validated
    without = result.score("without-duplicates")
    if not copied.any() or without is None:
        return []
    return [
        words.say(
            "cautions.careful_duplicates",
            count=int(copied.sum()),
            share=numbers.percent(float(copied.mean())),
            learned=numbers.integer(int(result.duplicated.sum())),
            best=findings.best.label(words.language),
            accuracy=numbers.percent(without.accuracy.estimate),
            all=numbers.percent(findings.best.mean("test", "accuracy")),
        )
    ]


def _probabilities(findings: Findings, words: Words) -> list[str]:
    """Return by how much the best's probabilities are too high or too low, if they are."""
    diagnosed, numbers = diagnosis(findings), words.numbers
    if diagnosed is None or not diagnosed.excess.excludes_zero:
        return []
    excess = diagnosed.excess.estimate
    if abs(excess) < NOTABLE_EXCESS:
        return []
    return [
        words.say(
            "cautions.careful_overconfident" if excess > 0 else "cautions.careful_underconfident",
            best=findings.best.label(words.language),
            points=numbers.points(abs(excess)),
        )
    ]


def _mirrored(facts: StudyFacts, words: Words) -> list[str]:
    """Return cautions about mirrored images, where a mirrored image may not be of its class."""
    trained = [
        alternative for alternative in facts.trained if mirrors(alternative.settings.get("augment"))
    ]
    # Every view but the image itself comes with its mirror image.
    viewed = [
        alternative
        for alternative in facts.trained
        if alternative.settings.get("tta", "none") != "none"
    ]
    cautions = []
    for word, alternatives in (("mirrored", trained), ("mirrored_views", viewed)):
        if alternatives:
            values = {"count": len(alternatives), "labels": quoted(alternatives, words)}
            own = words.of_data(facts.data["name"], word, **values)
            cautions.append(own or words.say(f"cautions.careful_{word}", **values))
    return cautions


def _reads(findings: Findings, words: Words) -> str:
    every = {
        (alternative.name, str(run.record["seed"]))
        for alternative in findings.facts.trained
        for run in alternative.finished
    }
    if len(every) > 1 and every <= set(findings.extra_test_reads):
        return words.say("cautions.careful_reads_all")
    runs = [
        _runs_named(_label_of(findings, name, words), [seed], words)
        for name, seed in findings.extra_test_reads
    ]
    return words.say("cautions.careful_reads", runs=words.both(runs))


def _quick(facts: StudyFacts, words: Words) -> str:
    splits = {split: words.numbers.integer(facts.images(split)) for split in _SPLITS}
    epochs = max((run.record.get("epochs") or 1) for run in facts.finished)
    trained = words.say("epochs_count", count=epochs, number=words.numbers.integer(epochs))
    return words.say("cautions.careful_quick", **splits, epochs=trained)


def _luck(findings: Findings, words: Words) -> str:
    trained = findings.facts.trained
    spreads = [alternative.spread("test", "accuracy") for alternative in trained]
    known = [spread for spread in spreads if spread is not None]
    if findings.facts.folds is not None:
        return words.say("cautions.careful_folds")
    if not known:
        return words.say("cautions.careful_one_seed")
    low, high = words.numbers.points(min(known), 2), words.numbers.points(max(known), 2)
    spread = (
        words.say("cautions.spread_same", points=low)
        if low == high
        else words.say("cautions.spread_between", low=low, high=high)
    )
    counts = {len(alternative.finished) for alternative in trained}
    seeds = settled_seeds(min(counts), max(counts), words)
    said = words.say("cautions.careful_seeds", seeds=seeds, spread=spread)
    return f"{said} {words.say('cautions.careful_single')}" if min(counts) == 1 else said


def _choice(findings: Findings, words: Words) -> list[str]:
    choice, second, numbers = findings.choice, findings.second, words.numbers
    if choice is None or second is None or not findings.choice_is_uncertain:
        return []
    chosen_by, kind = findings.facts.chosen_by, variant(findings)
    highest = findings.best.mean("valid", chosen_by)
    tied = [other for other in findings.validated if other.mean("valid", chosen_by) == highest]
    if len(tied) > 1:
        return [words.say(f"cautions.careful_choice_tied{kind}", labels=quoted(tied, words))]
    chance = "seeds" if choice.covers_training else "images"
    return [
        words.say(
            f"cautions.careful_choice_{chance}{kind}",
            best=findings.best.label(words.language),
            second=second.label(words.language),
            points=numbers.difference(choice.estimate),
            interval=numbers.difference_interval(choice.low, choice.high),
        )
    ]


def _incomplete(findings: Findings, words: Words) -> list[str]:
    facts, say = findings.facts, words.say
    said = []
    if facts.failed:
        runs = [
            _runs_named(label, [str(run.record["seed"]) for run in failed], words)
            for label, failed in (
                (alternative.label(words.language), alternative.failed)
                for alternative in facts.alternatives
            )
            if failed
        ]
        said.append(say("cautions.careful_failed", count=len(facts.failed), runs=words.both(runs)))
    without = [alternative for alternative in facts.alternatives if not alternative.finished]
    if without:
        labels = quoted(without, words)
        said.append(say("cautions.careful_without", count=len(without), labels=labels))
    if len({len(alternative.finished) for alternative in facts.trained}) > 1:
        said.append(say("cautions.careful_unequal"))
    if facts.left_out:
        runs = [
            _runs_named(_label_of(findings, run.alternative, words), [str(run.seed)], words)
            for run in facts.left_out
        ]
        said.append(say("cautions.careful_left_out", count=len(runs), runs=words.both(runs)))
    if untrained := facts.missing - len(facts.left_out):
        said.append(
            say(
                "cautions.careful_missing",
                count=untrained,
                finished=len(facts.finished),
                asked=facts.asked,
            )
        )
    return said


def _label_of(findings: Findings, name: str, words: Words) -> str:
    labels = {
        alternative.name: alternative.label(words.language)
        for alternative in findings.facts.alternatives
    }
    return labels.get(name, name)


def _runs_named(label: str, seeds: Sequence[str], words: Words) -> str:
    """Return some runs of one alternative in words: its label and their seeds."""
    return words.say("cautions.runs_named", count=len(seeds), label=label, seeds=words.both(seeds))
