"""The card of a model trained finally: what it learned from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from cotejo.config import Settings
from cotejo.config.views import VIEWS
from cotejo.facts import chosen_run, final_runs, in_language
from cotejo.messages import LANGUAGES
from cotejo.platform import BACKEND_NAMES
from cotejo.report.naming import quoted_classes
from cotejo.report.words import NOT_APPLICABLE, Words
from cotejo.stats import mean_accuracy
from cotejo.store import RunFile, RunFolder, StudyFolder, card_name, read_readings, write_file
from cotejo.texts import without_places

__all__ = ["run_paragraphs", "write_cards"]

_CONFUSIONS = 4


def write_cards(folder: Path) -> dict[str, Path]:
    """Write the card of a final training as Markdown, one file per language.

    Args:
        folder: of a study that learned from the validation images too.

    Returns:
        The files' paths, by language.

    Raises:
        OutputError: the folder holds no final training, or can't be written.
    """
    paths: dict[str, Path] = {language: folder / card_name(language) for language in LANGUAGES}
    for language, path in paths.items():
        write_file(path, "\n\n".join(_paragraphs(folder, Words(language))) + "\n")
    return paths


def _paragraphs(folder: Path, words: Words) -> Iterator[str]:
    study, runs = StudyFolder(folder), final_runs(folder)
    run = chosen_run(runs)
    record, test = run.record, run.metrics["test"]
    classes = [str(name) for name in in_language(study.data["class_names"], words.language)]
    label = in_language(study.study["alternatives"][0]["label"], words.language)
    yield f"# {words.say('card.title', name=label)}"
    shape = "×".join(str(side) for side in study.data["image_shape"])
    yield words.say("card.intro", shape=shape, classes=len(classes))
    if study.study["quick"]:
        yield f"**{words.say('card.quick')}**"
    yield f"## {words.say('card.accuracy_title')}"
    yield from _accuracy(runs, run, words)
    yield f"## {words.say('card.data_title')}"
    yield from _data(folder, record, runs, words)
    yield words.say("card.classes", classes=words.both(classes))
    yield f"## {words.say('card.settings_title')}"
    yield from _settings(runs, run, words)
    yield f"## {words.say('card.per_class_title')}"
    yield _per_class(test, classes, words)
    yield words.say("card.per_class_note", seed=record["seed"])
    yield f"## {words.say('card.calibration_title')}"
    yield _calibration(test, words)
    yield f"## {words.say('card.weaknesses_title')}"
    yield _weaknesses(test, classes, words)
    yield f"## {words.say('card.use_title')}"
    yield words.say("card.use")
    yield f"## {words.say('card.licence_title')}"
    yield words.of_data(study.study["data"], "licence") or words.say("card.licence_other")
    yield words.say("card.command", command=without_places(record["command"]))


def run_paragraphs(run: RunFolder, classes: Sequence[str], words: Words) -> Iterator[str]:
    """Yield the paragraphs of the card of one run's model, each heading by itself.

    Args:
        run: finished. Its record and its metrics are enough; with its predictions, the accuracy
            has an interval.
        classes: their names in the language of ``words``.
        words: in the language of the card.
    """
    record, test = run.record, run.metrics["test"]
    counts = record["dataset"]
    if record.get("quick"):
        yield f"**{words.say('card.quick')}**"
    yield f"## {words.say('card.accuracy_title')}"
    if (run.path / RunFile.PREDICTIONS).is_file():
        yield from _accuracy([run], run, words)
    else:
        accuracy = words.numbers.percent(test["accuracy"], 2)
        yield words.say("card.accuracy_of_seed", seed=record["seed"], accuracy=accuracy)
    yield f"## {words.say('card.data_title')}"
    whole = words.numbers.integer
    sizes = {name: whole(counts[name]) for name in ("train", "valid", "test")}
    key = "card.data_chosen" if counts["valid"] else "card.data"
    yield words.say(key, data=words.data_name(counts["name"]), **sizes)
    yield words.say("card.classes", classes=words.both(classes))
    yield f"## {words.say('card.settings_title')}"
    yield from _settings([run], run, words)
    yield f"## {words.say('card.per_class_title')}"
    yield _per_class(test, list(classes), words)
    yield words.say("card.per_class_note", seed=record["seed"])
    if test.get("calibration"):
        yield f"## {words.say('card.calibration_title')}"
        yield _calibration(test, words)
    yield f"## {words.say('card.weaknesses_title')}"
    yield _weaknesses(test, list(classes), words)
    yield f"## {words.say('card.use_title')}"
    yield words.say("card.use")
    yield f"## {words.say('card.licence_title')}"
    yield words.of_data(counts["name"], "licence") or words.say("card.licence_other")


def _accuracy(runs: list[RunFolder], chosen: RunFolder, words: Words) -> Iterator[str]:
    correct = []
    for run in runs:
        predictions = run.predictions
        answers = predictions["test_probabilities"].argmax(axis=1)
        correct.append(answers == predictions["test_labels"])
    mean = mean_accuracy(np.stack(correct))
    percent = words.numbers.percent
    each = [percent(answers.mean(), 2) for answers in correct]
    values = {
        "accuracy": percent(mean.estimate, 2),
        "low": words.numbers.points(mean.low, 2),
        "high": words.numbers.points(mean.high, 2),
    }
    if len(runs) == 1:
        yield words.say("card.accuracy_one", **values)
    else:
        listed = words.both(each)
        yield words.say("card.accuracy_many", count=len(runs), each=listed, **values)
        accuracy = percent(chosen.metrics["test"]["accuracy"], 2)
        yield words.say("card.accuracy_of_seed", seed=chosen.record["seed"], accuracy=accuracy)
    views = VIEWS.get(chosen.record["settings"].get("tta", "none"), {})
    if len(views) > 1:
        yield words.say("card.views", count=len(views))


def _data(
    folder: Path, record: dict[str, Any], runs: list[RunFolder], words: Words
) -> Iterator[str]:
    counts = record["dataset"]
    whole = words.numbers.integer
    name = words.data_name(counts["name"])
    train, test = whole(counts["train"]), whole(counts["test"])
    yield words.say("card.data", data=name, train=train, test=test)
    count = len(read_readings(folder)) or len(runs)
    if count > len(runs):
        yield words.say("card.data_again", count=count)


def _settings(runs: list[RunFolder], run: RunFolder, words: Words) -> Iterator[str]:
    record = run.record
    model = record["model"]
    operations = words.numbers.integer(model["operations_per_image"] / 2e6)
    parameters = words.numbers.integer(model["parameters"])
    yield words.say(
        "card.settings_intro",
        model=record["settings"]["model"],
        parameters=parameters,
        operations=operations,
    )
    defaults = Settings().flat()
    differing = {
        name: value
        for name, value in record["settings"].items()
        if value is not None and value != defaults.get(name)
    }
    titles = (words.say("card.column_setting"), words.say("card.column_value"))
    shown = [
        (words.setting_name(name), words.setting_value(name, value))
        for name, value in differing.items()
    ]
    yield _table([titles, *shown], "--")
    seconds = median(run.record["timings"]["train_seconds"] for run in runs)
    machine, backend = record["machine"], record["backend"]
    version = record["versions"].get(backend, "")
    yield words.say(
        "card.machine",
        machine=machine["accelerator"]
        or words.say("card.cores", count=machine["cores"], processor=machine["processor"]),
        precision=record["precision"],
        backend=f"{BACKEND_NAMES.get(backend, backend)} {version}".strip(),
        seconds=words.numbers.duration(seconds),
        over=words.say("card.over_seeds", count=len(runs)) if len(runs) > 1 else "",
        date=words.numbers.day(record["started"]),
    )


def _per_class(test: dict[str, Any], classes: list[str], words: Words) -> str:
    columns = ("precision", "recall", "f1")
    titles = [words.say(f"card.column_{name}") for name in ("class", *columns)]
    rows = [
        [
            name,
            *(
                words.numbers.percent(row[column]) if row["support"] else NOT_APPLICABLE
                for column in columns
            ),
        ]
        for name, row in zip(classes, test["per_class"], strict=True)
    ]
    return _table([titles, *rows], "-:::")


def _calibration(test: dict[str, Any], words: Words) -> str:
    calibration = test["calibration"]
    filled = [row for row in calibration["reliability"] if row["images"]]
    lean = sum(row["images"] * (row["accuracy"] - row["confidence"]) for row in filled)
    key = "card.calibration_under" if lean > 0 else "card.calibration_over"
    return words.say(key, ece=words.numbers.points(calibration["ece"]), bins=calibration["bins"])


def _weaknesses(test: dict[str, Any], classes: list[str], words: Words) -> str:
    confusion = np.array(test["confusion"])
    wrong = confusion - np.diag(np.diag(confusion))
    # A class without test images has no recall to be the lowest.
    recalls = [row["recall"] if row["support"] else np.inf for row in test["per_class"]]
    weakest = [label for label, recall in enumerate(recalls) if recall == min(recalls)]
    lines = [
        words.say(
            "card.weak_classes",
            classes=quoted_classes(weakest, classes, words),
            recall=words.numbers.percent(min(recalls)),
        )
    ]
    for place in np.argsort(-wrong, axis=None, kind="stable")[:_CONFUSIONS]:
        true, predicted = divmod(int(place), len(classes))
        if not wrong[true, predicted]:
            break
        lines.append(
            words.say(
                "card.confusion",
                count=int(wrong[true, predicted]),
                total=int(confusion[true].sum()),
                true=classes[true],
                predicted=classes[predicted],
            )
        )
    lines.append(words.say("card.weak_general"))
    return "\n".join(f"- {line}" for line in lines)


def _table(rows: list[Any], alignment: str) -> str:
    """Return rows as a table in Markdown.

    Args:
        rows: the first is the heading.
        alignment: one character per column: ``:`` for numbers, ``-`` for text.
    """
    marks = ["---:" if mark == ":" else "---" for mark in alignment]
    head, *body = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([head, "| " + " | ".join(marks) + " |", *body])
