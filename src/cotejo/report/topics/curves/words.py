"""The sentences on overfitting, on curves that fall, and on averages that lag behind."""

from __future__ import annotations

from collections.abc import Sequence

from cotejo.facts import AlternativeFacts
from cotejo.report.balance import variant
from cotejo.report.falls import fallen, kept_after_fall, swings
from cotejo.report.findings import Findings
from cotejo.report.naming import quoted
from cotejo.report.sentences import measured_on
from cotejo.report.words import Words

__all__ = ["overfitting", "overfitting_intro", "swinging"]

_LARGE_GAP, _SOME_GAP = 0.10, 0.03
"""Training less validation accuracy from which overfitting is called clear, and moderate."""

_LAG = 0.10
"""How much more a network got right while it learned from which its averages are said to lag."""

_MOST_NAMED = 5
"""The most alternatives that one sentence names."""

_RUN_DOWN = ("one-cycle", "cosine", "linear")
"""Schedules that bring the learning rate down to nearly nothing at the last epoch."""


def overfitting_intro(findings: Findings, words: Words) -> str:
    """Return which accuracies are compared to judge overfitting."""
    return " ".join([words.say("curves.overfitting_intro"), *measured_on(findings, words)])


def overfitting(findings: Findings, words: Words) -> list[str]:
    """Return which alternatives overfit, and of which that can't be said."""
    trained = findings.facts.own
    nothing = [alternative for alternative in trained if not findings.has_learned(alternative)]
    learned = [alternative for alternative in trained if findings.has_learned(alternative)]
    said = []
    if findings.facts.study.get("quick"):
        said.append(words.say("curves.overfitting_quick"))
    elif learned:
        said.append(_overfitting(findings, learned, words))
    if nothing:
        said.append(
            words.say(
                f"curves.overfitting_nothing{variant(findings)}",
                count=len(nothing),
                labels=quoted(nothing, words),
                baseline=words.numbers.percent(findings.valid_baseline),
            )
        )
    # Where the rate is run down by design, the loss is lowest at the end by design.
    ended = [
        alternative
        for alternative in learned
        if _ended_at_its_lowest(findings, alternative)
        and alternative.settings.get("schedule") not in _RUN_DOWN
    ]
    if ended:
        labels = _named(ended, learned, words)
        said.append(words.say("curves.loss_falling", count=len(ended), labels=labels))
    return said + _lagging(trained, words)


def _lagging(trained: Sequence[AlternativeFacts], words: Words) -> list[str]:
    """Return which networks got far fewer training images right after the epoch that was kept.

    Of networks without batch normalisation nothing is said.
    """
    listed = []
    for alternative in trained:
        run = alternative.representative
        if not run.history or not alternative.has_layers("BatchNormalization"):
            continue
        kept = int(run.record.get("best_epoch") or len(run.history))
        during = float(run.history[kept - 1]["train_accuracy"])
        after = float(run.metrics["train"]["accuracy"])
        if during - after >= _LAG:
            label, percent = alternative.label(words.language), words.numbers.percent
            shown = {"during": percent(during), "after": percent(after)}
            listed.append(words.say("curves.lag", label=label, **shown))
    return [words.say("curves.lagging", listed=words.both(listed))] if listed else []


def _overfitting(findings: Findings, learned: list[AlternativeFacts], words: Words) -> str:
    """Return, in one sentence, how much the alternatives overfit."""
    groups: dict[str, list[AlternativeFacts]] = {"large": [], "some": [], "none": []}
    for alternative in learned:
        gap = findings.overfitting[alternative.name].gap
        kind = "large" if gap >= _LARGE_GAP else "some" if gap >= _SOME_GAP else "none"
        groups[kind].append(alternative)
    present = {kind: group for kind, group in groups.items() if group}
    limits = {
        "large": words.numbers.shortest(100 * _LARGE_GAP),
        "some": words.numbers.shortest(100 * _SOME_GAP),
    }
    if len(present) == 1 and len(learned) > 1:
        return words.say(f"curves.overfitting_all_{next(iter(present))}", **limits)
    sentences = [
        words.say(
            # The first one explains what the gap is.
            f"curves.overfitting_{kind}_first"
            if kind == next(iter(present)) and kind != "large"
            else f"curves.overfitting_{kind}",
            labels=_named(group, learned, words),
            **limits,
        )
        for kind, group in present.items()
    ]
    said = "; ".join(sentences)
    return f"{said[:1].upper()}{said[1:]}. {words.say('curves.limits', **limits)}"


def _named(group: list[AlternativeFacts], every: list[AlternativeFacts], words: Words) -> str:
    """Return the names of some alternatives; of many only their number, as the table has them."""
    if len(group) <= _MOST_NAMED:
        return quoted(group, words)
    return words.say("curves.of_all", count=len(group), all=len(every))


def _ended_at_its_lowest(findings: Findings, alternative: AlternativeFacts) -> bool:
    record = findings.overfitting[alternative.name]
    return 1 < record.epochs == record.lowest_epoch


def swinging(findings: Findings, words: Words) -> list[str]:
    """Return which accuracy curves fall far, and which networks were kept after such a fall."""
    said = []
    # A fall to the kept weights is told below, with what it means.
    told = fallen(findings.facts.trained)
    listed = [
        words.say(
            "curves.swing_of_seed" if len(swing.alternative.finished) > 1 else "curves.swing",
            label=swing.alternative.label(words.language),
            points=words.numbers.difference(swing.fall),
            before=swing.before,
            after=swing.after,
            seed=swing.seed,
        )
        for swing in swings(findings.facts)
        if swing not in told
    ]
    if listed:
        said.append(words.say("curves.swings", count=len(listed), listed=words.both(listed)))
    return said + kept_after_fall(findings.facts.trained, words)
