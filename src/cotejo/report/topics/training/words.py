"""The sentences on the best alternative's training as a whole."""

from __future__ import annotations

from cotejo.report.added import added_from
from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["added_best", "whole_training"]


def added_best(findings: Findings, words: Words) -> list[str]:
    """Return where the best came from, if it was added, and what the test set says of it."""
    best, numbers = findings.best, words.numbers
    test, accuracy = best.representative.metrics["test"], findings.representative_accuracy
    said = [
        words.say(
            "training.test_added",
            count=len(best.finished),
            seed=best.representative.record["seed"],
            images=numbers.integer(test["images"]),
            accuracy=numbers.percent(accuracy.estimate),
            interval=numbers.interval(accuracy.low, accuracy.high),
            f1=numbers.decimal(test["macro_f1"], 3),
        )
    ]
    if len(best.finished) > 1:
        mean = numbers.percent(best.mean("test", "accuracy"))
        said.append(words.say("training.mean", count=len(best.finished), mean=mean))
    origin = [added_from(best, words), words.say("training.added")]
    return [" ".join(origin), " ".join(said)]


def whole_training(findings: Findings, words: Words) -> list[str]:
    """Return how the best was trained, from its first epoch, and what the test set says of it."""
    best, run, say, numbers = findings.best, findings.best.representative, words.say, words.numbers
    record, epochs = run.record, len(run.history)
    seconds = float(record["timings"]["train_seconds"])
    kind = "" if findings.facts.folds is None else "_folds"
    network = say(f"training.network{kind}", count=len(best.finished), seed=record["seed"])
    time = numbers.duration(seconds)
    said = [say("training.epochs", network=network, count=epochs, time=time)]
    if kind:
        said.append(say("training.means_over_folds", folds=findings.facts.folds))
        return [" ".join(said), _test_evaluation(findings, words)]
    if record.get("stopped_early"):
        said.append(say("training.stopped", epochs=best.settings.get("epochs", epochs)))
    kept = int(record.get("best_epoch") or epochs)
    said.append(say("training.kept_last") if kept == epochs else say("training.kept", epoch=kept))
    phases = findings.facts.phases(best)
    if len(phases) > 1 and findings.whole_training is not None:
        count, whole = findings.whole_training
        parent = phases[-2].alternative.label(words.language)
        time = numbers.duration(whole)
        said.append(say("training.start", parent=parent, count=count, time=time))
    about_curves = [*_training_below(findings, words), *_loss_at_the_end(findings, words)]
    paragraphs = [" ".join(said), _test_evaluation(findings, words)]
    return [*paragraphs, " ".join(about_curves)] if about_curves else paragraphs


def _training_below(findings: Findings, words: Words) -> list[str]:
    """Return why the training curve ends below that of validation, where it does."""
    best, run = findings.best, findings.best.representative
    last = run.history[-1]
    if last["train_accuracy"] >= last["valid_accuracy"]:
        return []
    harder = []
    if best.settings.get("augment", "none") != "none":
        harder.append(words.say("training.augmented"))
    if best.has_layers("Dropout"):
        harder.append(words.say("training.dropout"))
    if best.settings.get("label_smoothing"):
        harder.append(words.say("training.smoothed"))
    return [
        words.say(
            "training.below_harder" if harder else "training.below",
            harder=words.both(harder),
            kept=words.numbers.percent(run.metrics["train"]["accuracy"]),
        )
    ]


def _loss_at_the_end(findings: Findings, words: Words) -> list[str]:
    """Return whether validation loss was still falling at the last epoch."""
    record = findings.overfitting[findings.best.name]
    if record.epochs == 1:
        return []
    if record.lowest_epoch == record.epochs:
        return [words.say("training.loss_falling")]
    rise = words.numbers.decimal(record.loss_rise, 3)
    return [words.say("training.loss_lowest", epoch=record.lowest_epoch, rise=rise)]


def _test_evaluation(findings: Findings, words: Words) -> str:
    numbers, test = words.numbers, findings.best.representative.metrics["test"]
    accuracy = findings.representative_accuracy
    best = findings.best
    seed = best.representative.record["seed"]
    network = "training.this_network" + ("" if findings.facts.folds is None else "_folds")
    said = words.say(
        "training.test",
        network=words.say(network, count=len(best.finished), seed=seed),
        images=numbers.integer(test["images"]),
        accuracy=numbers.percent(accuracy.estimate),
        interval=numbers.interval(accuracy.low, accuracy.high),
        loss=numbers.decimal(test["loss"], 3),
        f1=numbers.decimal(test["macro_f1"], 3),
    )
    if len(best.finished) == 1:
        return said
    mean = numbers.percent(best.mean("test", "accuracy"))
    return f"{said} {words.say('training.mean', count=len(best.finished), mean=mean)}"
