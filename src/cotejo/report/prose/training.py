"""The prose on training: overfitting, and the best's training as a whole."""

from __future__ import annotations

from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.prose.words import Words

__all__ = ["measured_on", "overfitting", "overfitting_intro", "whole_training"]

_LARGE_GAP, _SOME_GAP = 0.10, 0.03
"""Training less validation accuracy from which overfitting is called clear, and some."""
_NOTABLE_RISE = 0.02
"""Rise of the validation loss, as a fraction of its lowest value, that is worth a word."""


def measured_on(findings: Findings, words: Words) -> list[str]:
    """Return on which images training accuracy is measured, where it is not on all of them."""
    images = findings.facts.train_sample
    if images is None:
        return []
    numbers = words.numbers
    every = findings.facts.images("train")
    # With less data, each network is measured on images that it learned from, and on no others.
    key = "train_sample" if findings.facts.learned_images[0] == every else "train_sample_learned"
    return [words.say(key, images=numbers.integer(images), every=numbers.integer(every))]


def overfitting_intro(findings: Findings, words: Words) -> str:
    """Return what is compared to tell overfitting."""
    return " ".join([words.say("overfitting_intro"), *measured_on(findings, words)])


def overfitting(findings: Findings, alternative: AlternativeFacts, words: Words) -> str:
    """Return what training and validation, side by side, say of one alternative."""
    found, numbers = findings.overfitting[alternative.name], words.numbers
    if not findings.has_learned(alternative):
        gap = "gap_nothing"
    elif findings.facts.study.get("quick"):
        gap = "gap_quick"
    elif found.gap >= _LARGE_GAP:
        gap = "gap_large"
    elif found.gap >= _SOME_GAP:
        gap = "gap_some"
    elif found.gap > 0:
        gap = "gap_small"
    else:
        gap = "gap_not_below" if found.gap > -_SOME_GAP else "gap_negative"
    gap_sentence = words.say(
        gap,
        train=numbers.percent(alternative.mean("train", "accuracy")),
        valid=numbers.percent(alternative.mean("valid", "accuracy")),
        points=numbers.points(abs(found.gap)),
        baseline=numbers.percent(findings.most_frequent_in("valid")),
    )
    if found.epochs == 1:
        loss = "loss_once"
    elif found.lowest_epoch == found.epochs:
        loss = "loss_falling"
    else:
        rose = found.loss_rise > _NOTABLE_RISE * found.lowest_loss
        loss = "loss_rose" if rose else "loss_flat"
    several = len(alternative.finished) > 1
    seed = alternative.representative.record["seed"]
    loss_sentence = words.say(
        loss,
        which=words.say("loss_of_seed", seed=seed) if several else "",
        epoch=found.lowest_epoch,
        epochs=found.epochs,
        rise=numbers.decimal(found.loss_rise, 2),
    )
    return f"{gap_sentence} {loss_sentence}"


def whole_training(findings: Findings, words: Words) -> list[str]:
    """Return how the best was trained, from its first epoch, and what the test set says of it."""
    best, run, say, numbers = findings.best, findings.best.representative, words.say, words.numbers
    label, record, epochs = best.label(words.language), run.record, len(run.history)
    seconds = sum(row["seconds"] for row in run.history)
    said = [say("training_epochs", best=label, count=epochs, time=numbers.duration(seconds))]
    if record.get("stopped_early"):
        said.append(say("training_stopped", epochs=best.settings.get("epochs", epochs)))
    kept = int(record.get("best_epoch") or epochs)
    said.append(say("training_kept_last") if kept == epochs else say("training_kept", epoch=kept))
    phases = findings.facts.phases(best)
    if len(phases) > 1:
        count, whole = findings.whole_training
        parent = phases[-2].alternative.label(words.language)
        time = numbers.duration(whole)
        said.append(say("training_start", parent=parent, count=count, time=time))
    return [" ".join(said), _test_evaluation(findings, words)]


def _test_evaluation(findings: Findings, words: Words) -> str:
    numbers, test = words.numbers, findings.best.representative.metrics["test"]
    found = findings.representative_accuracy
    return words.say(
        "training_test",
        images=numbers.integer(test["images"]),
        accuracy=numbers.percent(found.estimate),
        interval=numbers.interval(found.low, found.high),
        loss=numbers.decimal(test["loss"], 3),
        f1=numbers.decimal(test["macro_f1"], 3),
    )
