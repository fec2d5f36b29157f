"""The sentences on overfitting."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.sentences import measured_on
from cotejo.report.words import Words

__all__ = ["overfitting", "overfitting_intro"]

_LARGE_GAP, _SOME_GAP = 0.10, 0.03
"""Training less validation accuracy from which overfitting is called clear, and moderate."""
_NOTABLE_RISE = 0.02
"""Rise of the validation loss, as a fraction of its lowest value, that is worth a word."""


def overfitting_intro(findings: Findings, words: Words) -> str:
    """Return which accuracies are compared to judge overfitting."""
    return " ".join([words.say("curves.overfitting_intro"), *measured_on(findings, words)])


def overfitting(findings: Findings, alternative: AlternativeFacts, words: Words) -> str:
    """Return what training and validation together say about one alternative's overfitting."""
    record, numbers = findings.overfitting[alternative.name], words.numbers
    if not findings.has_learned(alternative):
        gap = "curves.gap_nothing"
    elif findings.facts.study.get("quick"):
        gap = "curves.gap_quick"
    elif record.gap >= _LARGE_GAP:
        gap = "curves.gap_large"
    elif record.gap >= _SOME_GAP:
        gap = "curves.gap_some"
    elif record.gap > 0:
        gap = "curves.gap_small"
    else:
        gap = "curves.gap_not_below" if record.gap > -_SOME_GAP else "curves.gap_negative"
    gap_sentence = words.say(
        gap,
        train=numbers.percent(alternative.mean("train", "accuracy")),
        valid=numbers.percent(alternative.mean("valid", "accuracy")),
        points=numbers.points(abs(record.gap)),
        baseline=numbers.percent(findings.most_frequent_in("valid")),
    )
    if record.epochs == 1:
        loss = "curves.loss_once"
    elif record.lowest_epoch == record.epochs:
        loss = "curves.loss_falling"
    else:
        rose = record.loss_rise > _NOTABLE_RISE * record.lowest_loss
        loss = "curves.loss_rose" if rose else "curves.loss_flat"
    several = len(alternative.finished) > 1
    seed = alternative.representative.record["seed"]
    loss_sentence = words.say(
        loss,
        which=words.say("curves.loss_of_seed", seed=seed) if several else "",
        epoch=record.lowest_epoch,
        epochs=record.epochs,
        rise=numbers.decimal(record.loss_rise, 2),
    )
    return f"{gap_sentence} {loss_sentence}"
