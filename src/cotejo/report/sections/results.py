"""Section 5 of the report: accuracies with their intervals, and figures by class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cotejo.report import figures
from cotejo.report.elements import Cell, Table, cells, shade
from cotejo.report.facts import AlternativeFacts
from cotejo.report.page import Page
from cotejo.report.prose.classes import classes
from cotejo.report.prose.training import measured_on
from cotejo.report.prose.words import NOT_APPLICABLE, Words

__all__ = ["results"]

_FIGURES = ("precision", "recall", "f1")


def results(page: Page) -> dict[str, Any]:
    """Section 5: accuracies with their intervals, and figures by class."""
    words, findings = page.words, page.findings
    seeds = any(len(one.finished) > 1 for one in page.facts.trained)
    caption = words.say("figure_accuracies")
    if seeds:
        caption += " " + words.say("figure_accuracies_seeds")
    intro = [words.say("results_intro"), *measured_on(findings, words)]
    if len(page.facts.trained) > 1:
        intro.append(words.say("results_best"))
    return {
        "paragraphs": intro,
        "table": _results_table(page, seeds=seeds),
        "accuracies": page.figure(
            "accuracies", figures.accuracies(findings, words), caption, "summary.csv, report.json"
        ),
        "lead": _lead_table(page),
        "classes": classes(findings, words),
        "f1": _f1_table(page),
        "per_class": [
            (words.say("per_class_of", label=page.label(one)), _per_class_table(page, one))
            for one in page.facts.trained
        ],
    }


def _results_table(page: Page, *, seeds: bool) -> Table:
    names = ["train_accuracy", "valid_accuracy", "test_accuracy", *(["std"] if seeds else [])]
    names += ["macro_f1", "loss", "train_time"]
    trained = page.facts.trained
    return page.table(
        page.words.say("table_results"),
        [page.column("alternative", number=False), *map(page.column, names)],
        [_results_row(page, one, seeds=seeds) for one in trained],
        marked=trained.index(page.findings.best),
        files="summary.csv, report.json",
    )


def _results_row(page: Page, one: AlternativeFacts, *, seeds: bool) -> list[Cell]:
    words, n = page.words, page.words.numbers
    found, spread = page.findings.accuracy[one.name], one.spread("test", "accuracy")
    epochs = sum(run.record["epochs"] for run in one.finished) / len(one.finished)
    trained = [words.say("epochs_count", count=epochs, number=n.shortest(epochs, 1))]
    if seeds:
        trained.insert(0, words.say("seeds_count", count=len(one.finished)))
    return [
        replace(page.named(one, mark_best=True), remarks=[", ".join(trained)]),
        *cells(
            n.percent(one.mean("train", "accuracy")),
            n.percent(one.mean("valid", "accuracy")),
        ),
        Cell(n.percent(found.estimate), remarks=[n.interval(found.low, found.high)]),
        *cells(
            *([n.points(spread, 2) if spread is not None else NOT_APPLICABLE] if seeds else []),
            n.decimal(one.mean("test", "macro_f1"), 3),
            n.decimal(one.mean("test", "loss"), 3),
        ),
        Cell(
            n.duration(one.mean_timing("train_seconds")),
            remarks=_time_remarks(one, words),
        ),
    ]


def _time_remarks(one: AlternativeFacts, words: Words) -> list[str]:
    speed = words.numbers.integer(one.mean_timing("images_per_second"))
    remarks = [words.say("speed", number=speed)]
    # The time is its own training's; what it starts from took some too.
    if any(run.record.get("start_from") for run in one.finished):
        remarks.append(words.say("time_of_start"))
    return remarks


def _lead_table(page: Page) -> Table | None:
    words, n = page.words, page.words.numbers
    if not page.findings.lead:
        return None
    rows = []
    for one in page.findings.ranked[1:]:
        lead = page.findings.lead.get(one.name)
        if lead is None:
            continue
        settled = "settled_no"
        if lead.excludes_zero:
            settled = "settled_yes" if lead.estimate > 0 else "settled_ahead"
        rows.append(
            [
                page.named(one),
                *cells(
                    n.points(lead.estimate),
                    n.points_interval(lead.low, lead.high),
                    words.say(settled),
                ),
            ]
        )
    columns = [page.column("alternative", number=False), page.column("lead")]
    columns += [page.column("interval"), page.column("settled", number=False)]
    return page.table(words.say("table_lead"), columns, rows, files="report.json")


def _f1_table(page: Page) -> Table:
    words, trained = page.words, page.facts.trained
    # Where the worst class of all is white, classes that are all near 0.9 still differ.
    every = [row["f1"] for one in trained for row in one.per_class]
    low, width = min(every), max(max(every) - min(every), 0.01)

    def cell(value: float) -> Cell:
        shown = words.numbers.decimal(value, 2)
        return Cell(shown, background=shade((value - low) / width))

    names = page.facts.class_names(words.language)
    rows = [
        [Cell(name), *(cell(one.per_class[label]["f1"]) for one in trained)]
        for label, name in enumerate(names)
    ]
    macro = (words.numbers.decimal(page.findings.macro[one.name]["f1"], 2) for one in trained)
    return page.table(
        words.say("table_f1"),
        [page.column("class", number=False), *map(page.heading, trained)],
        [*rows, cells(words.say("macro"), *macro)],
        marked=len(rows),
        files="per-class.csv, report.json",
    )


def _per_class_table(page: Page, alternative: AlternativeFacts) -> Table:
    words, n = page.words, page.words.numbers
    names, figures_of = page.facts.class_names(words.language), alternative.per_class
    rows = [
        cells(name, *(n.decimal(row[key], 3) for key in _FIGURES), n.integer(row["support"]))
        for name, row in zip(names, figures_of, strict=True)
    ]
    macro = page.findings.macro[alternative.name]
    total = n.integer(sum(row["support"] for row in figures_of))
    return page.table(
        words.say("table_per_class", label=page.label(alternative)),
        [page.column("class", number=False), *map(page.column, (*_FIGURES, "support"))],
        [*rows, cells(words.say("macro"), *(n.decimal(macro[key], 3) for key in _FIGURES), total)],
        marked=len(rows),
        files="per-class.csv, report.json",
    )
