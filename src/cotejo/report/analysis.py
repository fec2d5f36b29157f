"""The report's prose on where and how: the data, overfitting, classes, mistakes, method."""

from __future__ import annotations

from cotejo.report.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.report.words import Words

__all__ = [
    "classes",
    "confusion",
    "data",
    "method",
    "mistakes",
    "overfitting",
    "representative",
    "whole_training",
]

_LARGE_GAP, _SOME_GAP = 0.10, 0.03
"""Training less validation accuracy from which overfitting is called clear, and some."""
_NOTABLE_RISE = 0.02
"""Rise of the validation loss, as a fraction of its lowest value, that is worth a word."""
_BALANCED = 1.15
"""The largest class over the smallest, up to which classes count as equally frequent."""
_NAMED_CLASSES = 2


def data(findings: Findings, words: Words) -> list[str]:
    """Return the paragraphs on the data: how many images of what size, of what classes."""
    facts, say, numbers = findings.facts, words.say, words.numbers
    height, width, channels = facts.data["image_shape"]
    sizes = {split: facts.images(split) for split in ("train", "valid", "test")}
    counts = facts.data["counts"]["train"]
    balanced = max(counts) <= _BALANCED * min(counts)
    sentences = [
        say(
            "data_sizes",
            data=words.data_name(facts.data["name"]),
            total=numbers.integer(sum(sizes.values())),
            height=height,
            width=width,
            channels=say("channels", count=channels),
            classes=len(counts),
        ),
        say("data_split", **{split: numbers.integer(size) for split, size in sizes.items()}),
        say(
            "data_balanced" if balanced else "data_unbalanced",
            low=numbers.integer(min(counts)),
            high=numbers.integer(max(counts)),
        ),
    ]
    if facts.data.get("source"):
        sentences.append(say("data_source", source=facts.data["source"]))
    return sentences


def overfitting(findings: Findings, alternative: AlternativeFacts, words: Words) -> str:
    """Return what training and validation, side by side, say of one alternative."""
    found, numbers = findings.overfitting[alternative.name], words.numbers
    if not findings.has_learned(alternative):
        gap = "gap_nothing"
    elif found.gap >= _LARGE_GAP:
        gap = "gap_large"
    elif found.gap >= _SOME_GAP:
        gap = "gap_some"
    else:
        gap = "gap_small" if found.gap > -_SOME_GAP else "gap_negative"
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
    loss_sentence = words.say(
        loss,
        epoch=found.lowest_epoch,
        epochs=found.epochs,
        rise=numbers.decimal(found.loss_rise, 2),
    )
    return f"{gap_sentence} {loss_sentence}"


def classes(findings: Findings, words: Words) -> list[str]:
    """Return which classes the best does best and worst on, and which is hardest for all."""
    best, names = findings.best, findings.facts.class_names(words.language)
    order, rows = findings.classes_by_f1(best), best.per_class
    named = min(_NAMED_CLASSES, len(order) // 2)
    if not named:
        return []

    def listed(labels: list[int]) -> str:
        return words.both(
            [
                words.say(
                    "class_value",
                    name=names[label],
                    value=words.numbers.decimal(rows[label]["f1"], 3),
                )
                for label in labels
            ]
        )

    sentences = [
        words.say(
            "classes_best",
            best=best.label(words.language),
            good=listed(order[:named]),
            bad=listed(order[: -named - 1 : -1]),
        )
    ]
    trained = len(findings.facts.trained)
    (hardest, times), *_ = findings.hardest_counts().most_common(1)
    if trained > 1 and times > trained / 2:
        key = "hardest_all" if times == trained else "hardest_most"
        sentences.append(words.say(key, count=trained, number=times, name=names[hardest]))
    return sentences


def representative(findings: Findings, words: Words) -> str | None:
    """Return which of the best's seeds its figures come from; None where there is one."""
    best = findings.best
    if len(best.finished) == 1:
        return None
    return words.say(
        "representative",
        count=len(best.finished),
        best=best.label(words.language),
        seed=best.representative.record["seed"],
    )


def confusion(findings: Findings, words: Words) -> list[str]:
    """Return how often the best is wrong and what it takes for what."""
    if not findings.pairs:
        return [words.say("confusion_none")]
    numbers, names = words.numbers, findings.facts.class_names(words.language)
    true, predicted, count = findings.pairs[0]
    support = sum(findings.confusion[true])
    sentences = [
        words.say(
            "confusion_total",
            count=findings.mistakes,
            mistakes=numbers.integer(findings.mistakes),
            images=numbers.integer(sum(map(sum, findings.confusion))),
        ),
        words.say(
            "confusion_most",
            true=names[true],
            predicted=names[predicted],
            number=numbers.integer(count),
            support=numbers.integer(support),
            share=numbers.percent(count / support),
        ),
    ]
    if findings.mutual_pair:
        one, other, both = findings.mutual_pair
        sentences.append(
            words.say(
                "confusion_mutual",
                one=names[one],
                other=names[other],
                number=numbers.integer(both),
                share=numbers.percent(both / findings.mistakes),
            )
        )
    return sentences


def mistakes(findings: Findings, words: Words) -> list[str]:
    """Return how sure the best is of what it gets wrong."""
    if not findings.mistakes:
        return [words.say("confusion_none")]
    sure, numbers = findings.sure_mistakes, words.numbers
    said = words.say(
        "mistakes_sure" if sure else "mistakes_not_sure",
        count=sure,
        number=numbers.integer(sure),
        mistakes=numbers.integer(findings.mistakes),
        share=numbers.percent(sure / findings.mistakes),
    )
    return [words.say("mistakes_intro"), said]


def whole_training(findings: Findings, words: Words) -> list[str]:
    """Return how the best was trained, from its first epoch, and what the test set says of it."""
    best, run, say, numbers = findings.best, findings.best.representative, words.say, words.numbers
    label, record, epochs = best.label(words.language), run.record, len(run.history)
    seconds = sum(row["seconds"] for row in run.history)
    said = [say("training_epochs", best=label, count=epochs, time=numbers.duration(seconds))]
    if record.get("stopped_early"):
        said.append(say("training_stopped", epochs=best.settings.get("epochs", epochs)))
    kept = int(record.get("best_epoch", epochs))
    said.append(say("training_kept_last") if kept == epochs else say("training_kept", epoch=kept))
    phases = findings.facts.phases(run)
    if len(phases) > 1:
        count, whole = findings.whole_training
        parent = phases[-2].alternative.label(words.language)
        time = numbers.duration(whole)
        said.append(say("training_start", parent=parent, count=count, time=time))
    return [" ".join(said), _test_evaluation(findings, words)]


def method(findings: Findings, words: Words) -> list[str]:
    """Return how the data was split, what was chosen on what, and how often test was read."""
    facts = findings.facts
    split = str((facts.data.get("split") or {}).get("method", ""))
    key = f"method_split_{split}"
    sentences = [words.say(key if words.knows(key) else "method_split_other", method=split)]
    sentences.append(words.say("method_choice"))
    reads = len(facts.test_reads)
    runs = sum(len(one.finished) for one in facts.alternatives)
    if not reads:
        sentences.append(words.say("reads_unknown"))
    elif reads == runs and not findings.extra_test_reads:
        sentences.append(words.say("reads_once", count=reads))
    else:
        sentences.append(words.say("reads_other", count=reads, runs=runs))
    return sentences


def _test_evaluation(findings: Findings, words: Words) -> str:
    from cotejo.compare import wilson_interval

    numbers, test = words.numbers, findings.best.representative.metrics["test"]
    found = wilson_interval(test["accuracy"], int(test["images"]))
    return words.say(
        "training_test",
        images=numbers.integer(test["images"]),
        accuracy=numbers.percent(found.estimate),
        interval=numbers.interval(found.low, found.high),
        loss=numbers.decimal(test["loss"], 3),
        f1=numbers.decimal(test["macro_f1"], 3),
    )
