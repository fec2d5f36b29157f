"""The sentences on the best alternative's training as a whole."""

from __future__ import annotations

from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = ["whole_training"]


def whole_training(findings: Findings, words: Words) -> list[str]:
    """Return how the best was trained, from its first epoch, and what the test set says of it."""
    best, run, say, numbers = findings.best, findings.best.representative, words.say, words.numbers
    label, record, epochs = best.label(words.language), run.record, len(run.history)
    seconds = float(record["timings"]["train_seconds"])
    said = [say("training.epochs", best=label, count=epochs, time=numbers.duration(seconds))]
    if record.get("stopped_early"):
        said.append(say("training.stopped", epochs=best.settings.get("epochs", epochs)))
    kept = int(record.get("best_epoch") or epochs)
    said.append(say("training.kept_last") if kept == epochs else say("training.kept", epoch=kept))
    phases = findings.facts.phases(best)
    if len(phases) > 1:
        count, whole = findings.whole_training
        parent = phases[-2].alternative.label(words.language)
        time = numbers.duration(whole)
        said.append(say("training.start", parent=parent, count=count, time=time))
    return [" ".join(said), _test_evaluation(findings, words)]


def _test_evaluation(findings: Findings, words: Words) -> str:
    numbers, test = words.numbers, findings.best.representative.metrics["test"]
    accuracy = findings.representative_accuracy
    return words.say(
        "training.test",
        images=numbers.integer(test["images"]),
        accuracy=numbers.percent(accuracy.estimate),
        interval=numbers.interval(accuracy.low, accuracy.high),
        loss=numbers.decimal(test["loss"], 3),
        f1=numbers.decimal(test["macro_f1"], 3),
    )
