"""The results: accuracies with their intervals, and figures by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from statistics import fmean
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.balance import variant
from cotejo.report.elements import Cell, Column, Table, cells, shade
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.publications import of_intervals
from cotejo.report.sentences import measured_on
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.results.balance import (
    balanced_interval,
    balanced_method,
    chosen,
    few_images,
)
from cotejo.report.topics.results.figure import accuracies
from cotejo.report.topics.results.files import (
    AVERAGE_COLUMNS,
    CLASS_COLUMNS,
    SUMMARY_DECIMALS,
    average_rows,
    class_rows,
    summary_columns,
    summary_rows,
)
from cotejo.report.topics.results.runs import RUN_DECIMALS, run_columns, run_rows
from cotejo.report.topics.results.tables import (
    EASIEST,
    HARDEST,
    averages_table,
    listed_classes,
    per_class_table,
)
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import ReportFile

__all__ = ["TOPIC", "summary_rows"]


def section(page: Page) -> dict[str, Any]:
    """Return accuracies with their intervals."""
    words, findings = page.words, page.findings
    seeds = any(len(alternative.finished) > 1 for alternative in page.facts.trained)
    caption = words.say(f"results.figure_accuracies{variant(findings)}")
    if seeds:
        caption += " " + words.say("results.figure_accuracies_seeds")
    intro = [
        *_what_intervals_cover(page, seeds),
        *measured_on(findings, words),
    ]
    if len(page.facts.trained) > 1:
        intro += [*chosen(findings, words), words.say("results.bold")]
    intro += balanced_method(findings, words)
    intro += _machine(page)
    return {
        "paragraphs": intro,
        "table": _results_table(page, seeds=seeds),
        "accuracies": page.figure(
            "accuracies",
            partial(accuracies, findings, words),
            caption,
            f"{ReportFile.SUMMARY}, {ReportFile.NUMBERS}",
        ),
    }


def _what_intervals_cover(page: Page, seeds: bool) -> list[str]:
    """Return what the figures are means of, and what their intervals cover."""
    say = page.words.say
    if page.facts.folds is not None:
        return [say("results.intro_folds"), say("results.method_folds")]
    if not seeds:
        return [say("results.intro_one_seed"), say("results.method")]
    mixed = any(len(alternative.finished) == 1 for alternative in page.facts.trained)
    return [
        say("results.intro"),
        *([say("results.intro_mixed")] if mixed else []),
        say("results.method_seeds"),
    ]


def details(page: Page) -> dict[str, Any]:
    """Return the figures by class."""
    words = page.words
    return {
        "paragraphs": [*few_images(page.findings, words), *balanced_interval(page.findings, words)],
        "f1": _f1_table(page),
        "averages": averages_table(page),
        "per_class": [
            (
                words.say("results.per_class_of", label=page.label(alternative)),
                per_class_table(page, alternative),
            )
            for alternative in page.facts.trained
        ],
    }


def _results_table(page: Page, *, seeds: bool) -> Table:
    # Training accuracy has no better end: the highest may be that of the most overfitted network.
    columns = [
        page.column("alternative", number=False),
        page.column("train_accuracy"),
        page.column("valid_accuracy", better="higher"),
        *([page.column("results.balanced", better="higher")] if page.facts.unlike else []),
        page.column("test_accuracy", better="higher"),
        *([page.column("results.std")] if seeds and not page.facts.unlike else []),
        page.column("results.macro_f1", better="higher"),
        page.column("results.loss", better="lower"),
        page.column("results.train_time", better="lower"),
    ]
    return page.table(
        page.words.say("results.table"),
        columns,
        [_results_row(page, alternative, seeds=seeds) for alternative in page.facts.trained],
        files=f"{ReportFile.SUMMARY}, {ReportFile.NUMBERS}",
    )


def _balanced_cells(page: Page, alternative: AlternativeFacts) -> list[Cell]:
    """Return the cell of balanced accuracy on test, where the classes are unlike in size."""
    if page.facts.unlike is None:
        return []
    n, known = page.words.numbers, page.findings.balanced[alternative.name]
    interval = n.interval(known.low, known.high)
    return [Cell(n.percent(known.estimate), remarks=[interval], value=known.estimate)]


def _balanced_remarks(page: Page, alternative: AlternativeFacts) -> list[str]:
    """Return the balanced accuracy on validation, where the best is chosen by it."""
    if not page.findings.by_balanced:
        return []
    accuracy = page.words.numbers.percent(alternative.mean("valid", "balanced_accuracy"))
    return [page.words.say("results.balanced_valid", accuracy=accuracy)]


def _results_row(page: Page, alternative: AlternativeFacts, *, seeds: bool) -> list[Cell]:
    words, n = page.words, page.words.numbers
    accuracy, spread = (
        page.findings.accuracy[alternative.name],
        alternative.spread("test", "accuracy"),
    )
    trained = [_epochs(page, alternative)]
    if seeds:
        trained.insert(0, words.say("seeds_count", count=len(alternative.finished)))
    # Of what was added, not everything may be known.
    train = alternative.known_mean("train", "accuracy")
    valid, seconds = (
        alternative.known_mean("valid", "accuracy"),
        alternative.mean_timing("train_seconds"),
    )
    f1, loss = alternative.mean("test", "macro_f1"), alternative.known_mean("test", "loss")
    return [
        replace(page.named(alternative, mark_best=True), remarks=[", ".join(trained)]),
        Cell(NOT_APPLICABLE if train is None else n.percent(train)),
        Cell(NOT_APPLICABLE)
        if valid is None
        else Cell(n.percent(valid), remarks=_balanced_remarks(page, alternative), value=valid),
        *_balanced_cells(page, alternative),
        Cell(
            n.percent(accuracy.estimate),
            remarks=[n.interval(accuracy.low, accuracy.high)],
            value=accuracy.estimate,
        ),
        # With balanced accuracy the table would be wider than the page; the file has the spread.
        *(
            cells(n.points(spread, 2) if spread is not None else NOT_APPLICABLE)
            if seeds and not page.facts.unlike
            else []
        ),
        Cell(n.decimal(f1, 3), value=f1),
        Cell(NOT_APPLICABLE if loss is None else n.decimal(loss, 3), value=loss),
        Cell(NOT_APPLICABLE)
        if seconds is None
        else Cell(n.duration(seconds), remarks=_time_remarks(page, alternative), value=seconds),
    ]


def _epochs(page: Page, alternative: AlternativeFacts) -> str:
    """Return how many epochs it trained, or that its predictions were added."""
    words = page.words
    if alternative.is_added:
        return words.say("results.added")
    epochs = sum(run.record["epochs"] for run in alternative.finished) / len(alternative.finished)
    number = words.numbers.shortest(epochs, 1)
    return words.say("epochs_count", count=epochs, number=number)


def _machine(page: Page) -> list[str]:
    """Return on what the times were measured, where it was one machine's device for all runs."""
    # How long an added one took is in no table.
    trained = (run for run in page.facts.finished if not run.is_added)
    machines = [run.record.get("machine") or {} for run in trained]
    devices = {machine.get("accelerator") or machine.get("processor") for machine in machines}
    device = devices.pop() if len(devices) == 1 else None
    return [page.words.say("results.machine", device=device)] if device else []


def _time_remarks(page: Page, alternative: AlternativeFacts) -> list[str]:
    """Return the whole time of an alternative whose starting point had to be trained, too."""
    if not any(run.record.get("start_from") for run in alternative.finished):
        return []
    whole = fmean(page.facts.whole_seconds(run) for run in alternative.finished)
    time = page.words.numbers.duration(whole)
    return [page.words.say("results.time_of_start", time=time)]


def _f1_table(page: Page) -> Table:
    words, trained = page.words, page.facts.trained
    # The worst class of all is white, so that shades differ even if all classes are near 0.9.
    every = [
        row["f1"] for alternative in trained for row in alternative.per_class if row["support"]
    ]
    low, width = min(every), max(max(every) - min(every), 0.01)

    def cell(row: Mapping[str, float]) -> Cell:
        if not row["support"]:
            return Cell(NOT_APPLICABLE)
        shown = words.numbers.decimal(row["f1"], 2)
        return Cell(shown, background=shade((row["f1"] - low) / width), value=row["f1"])

    names = page.facts.class_names(words.language)
    values = [[cell(row) for row in alternative.per_class] for alternative in trained]
    means = [page.findings.macro[alternative.name]["f1"] for alternative in trained]
    macro = [Cell(words.numbers.decimal(mean, 2), value=mean) for mean in means]
    labels = listed_classes(page, page.findings.best)
    # The longer list becomes the rows: sixteen columns would not fit a page.
    if len(trained) > len(names):
        columns = [page.column("alternative", number=False)]
        columns += [
            Column(name, number=True, better="higher")
            for name in (*names, words.say("results.macro"))
        ]
        rows = [
            [page.named(alternative, mark_best=True), *shown, mean]
            for alternative, shown, mean in zip(trained, values, macro, strict=True)
        ]
        marked = None
    else:
        columns = [page.column("class", number=False), *map(page.heading, trained)]
        rows = [
            [Cell(names[label]), *(of_alternative[label] for of_alternative in values)]
            for label in labels
        ]
        rows.append([Cell(words.say("results.macro")), *macro])
        marked = len(labels)
    files = f"per-class.csv, {ReportFile.NUMBERS}"
    many = "_many" if len(labels) < len(names) and len(trained) <= len(names) else ""
    caption = words.say(
        f"results.table_f1{many}",
        best=page.label(page.findings.best),
        easiest=EASIEST,
        hardest=HARDEST,
        count=len(names),
    )
    return page.table(caption, columns, rows, marked=marked, files=files)


def _references(findings: Findings) -> list[str]:
    of_balanced = ["brodersen-2010", "agresti-2000"] if findings.facts.unlike else []
    return [*of_intervals(findings), *of_balanced]


TOPIC = Topic(
    "results",
    section,
    place="body",
    details=details,
    see=("comparisons", "curves", "learning", "cost", "calibration"),
    files=[
        CsvFile(
            ReportFile.SUMMARY,
            summary_columns,
            lambda findings, language: summary_rows(findings.facts),
            decimals=SUMMARY_DECIMALS,
        ),
        CsvFile(ReportFile.RUNS, run_columns, run_rows, decimals=RUN_DECIMALS),
        CsvFile("per-class.csv", CLASS_COLUMNS, class_rows),
        CsvFile("averages.csv", AVERAGE_COLUMNS, average_rows),
    ],
    references=_references,
)
