"""Sections 5 to 9 of the report: results, confusion, mistakes, the whole training, method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cotejo.report import analysis, figures
from cotejo.report.display import Cell, Picture, Table, cells, shade
from cotejo.report.facts import AlternativeFacts
from cotejo.report.matrix import confusion_matrix
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.tables import mistake_rows, pair_rows

__all__ = ["confusion", "mistakes", "results", "training"]

_WORST = 32
_PAIRS, _EXAMPLES = 10, 5
_FIGURES = ("precision", "recall", "f1")


def results(page: Page) -> dict[str, Any]:
    """Section 5: accuracies with their intervals, and figures by class."""
    words, findings = page.words, page.findings
    seeds = any(len(one.finished) > 1 for one in page.facts.trained)
    caption = words.say("figure_accuracies")
    if seeds:
        caption += " " + words.say("figure_accuracies_seeds")
    intro = [words.say("results_intro")]
    if len(page.facts.trained) > 1:
        intro.append(words.say("results_best"))
    return {
        "paragraphs": intro,
        "table": _results_table(page, seeds=seeds),
        "accuracies": page.figure(
            "accuracies", figures.accuracies(findings, words), caption, "summary.csv, report.json"
        ),
        "lead": _lead_table(page),
        "classes": analysis.classes(findings, words),
        "f1": _f1_table(page),
        "per_class": [
            (words.say("per_class_of", label=page.label(one)), _per_class_table(page, one))
            for one in page.facts.trained
        ],
    }


def confusion(page: Page) -> dict[str, Any]:
    """Section 6: the best's confusion matrix and its most confused pairs, with examples."""
    words, findings = page.words, page.findings
    drawn = confusion_matrix(findings.confusion, page.facts.class_names(words.language), words)
    caption = words.say("figure_confusion", best=page.label(findings.best))
    return {
        "representative": analysis.representative(findings, words),
        "paragraphs": analysis.confusion(findings, words),
        "matrix": page.figure("confusion", drawn, caption, "confusion.csv"),
        "pairs": _pairs_table(page),
    }


def mistakes(page: Page) -> dict[str, Any]:
    """Section 7: the images that the best gets wrong with the highest probability."""
    words, findings = page.words, page.findings
    rows = mistake_rows(findings, words.language)[:_WORST]
    images = findings.best.representative.mistakes["images"]
    pictures = [
        Picture(
            data_uri(images[row["position"]]),
            words.say(
                "mistake_alt",
                index=row["index"],
                true=row["true_class"],
                predicted=row["predicted_class"],
            ),
            (
                row["true_class"],
                f"→ {row['predicted_class']}",
                words.numbers.percent(row["probability"]),
            ),
        )
        for row in rows
    ]
    best = page.label(findings.best)
    return {
        "paragraphs": analysis.mistakes(findings, words),
        "pictures": pictures,
        "figure_number": page.number_figure() if pictures else 0,
        "caption": words.say("figure_mistakes", count=len(pictures), best=best),
    }


def training(page: Page) -> dict[str, Any]:
    """Section 8: the best's training from its first epoch on, and its test evaluation."""
    words, best = page.words, page.findings.best
    phases = page.facts.phases(best.representative)
    return {
        "paragraphs": analysis.whole_training(page.findings, words),
        "figure": page.figure(
            "training",
            figures.whole_training(phases, words),
            words.say("figure_training", best=page.label(best)),
            "history.csv",
        ),
        "table": _epochs_table(page),
    }


def _results_table(page: Page, *, seeds: bool) -> Table:
    words, n, findings = page.words, page.words.numbers, page.findings
    best = findings.best

    def row(one: AlternativeFacts) -> list[Cell]:
        found = findings.accuracy[one.name]
        epochs = sum(run.record["epochs"] for run in one.finished) / len(one.finished)
        spread = one.spread("test", "accuracy")
        speed = words.say("speed", number=n.integer(one.mean_timing("images_per_second")))
        return [
            page.named(one, mark_best=True),
            *cells(
                *([str(len(one.finished))] if seeds else []),
                n.shortest(epochs, 1),
                n.percent(one.mean("train", "accuracy")),
                n.percent(one.mean("valid", "accuracy")),
            ),
            Cell(n.percent(found.estimate), remark=n.interval(found.low, found.high)),
            *cells(
                *([n.points(spread, 2) if spread is not None else "—"] if seeds else []),
                n.decimal(one.mean("test", "macro_f1"), 3),
                n.decimal(one.mean("test", "loss"), 3),
            ),
            Cell(n.duration(one.mean_timing("train_seconds")), remark=speed),
        ]

    names = [*(["seeds"] if seeds else []), "epochs", "train_accuracy", "valid_accuracy"]
    names += ["test_accuracy", *(["std"] if seeds else [])]
    names += ["macro_f1", "loss", "train_time"]
    return page.table(
        words.say("table_results"),
        [page.column("alternative", number=False), *map(page.column, names)],
        [row(one) for one in page.facts.trained],
        marked=page.facts.trained.index(best),
        files="summary.csv, report.json",
    )


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
    macro = (words.numbers.decimal(one.mean("test", "macro_f1"), 2) for one in trained)
    return page.table(
        words.say("table_f1"),
        [page.column("class", number=False), *map(page.heading, trained)],
        [*rows, cells(words.say("macro"), *macro)],
        marked=len(rows),
        files="per-class.csv",
    )


def _per_class_table(page: Page, alternative: AlternativeFacts) -> Table:
    words, n = page.words, page.words.numbers
    names, figures_of = page.facts.class_names(words.language), alternative.per_class
    rows = [
        cells(name, *(n.decimal(row[key], 3) for key in _FIGURES), n.integer(row["support"]))
        for name, row in zip(names, figures_of, strict=True)
    ]
    means = (sum(row[key] for row in figures_of) / len(figures_of) for key in _FIGURES)
    total = n.integer(sum(row["support"] for row in figures_of))
    return page.table(
        words.say("table_per_class", label=page.label(alternative)),
        [page.column("class", number=False), *map(page.column, (*_FIGURES, "support"))],
        [*rows, cells(words.say("macro"), *(n.decimal(mean, 3) for mean in means), total)],
        marked=len(rows),
        files="per-class.csv",
    )


def _pairs_table(page: Page) -> Table | None:
    words, findings = page.words, page.findings
    kept = mistake_rows(findings, words.language)
    images = findings.best.representative.mistakes["images"]
    rows = []
    for pair in pair_rows(findings, words.language)[:_PAIRS]:
        key = (pair["true_label"], pair["predicted_label"])
        of_pair = [row for row in kept if (row["true_label"], row["predicted_label"]) == key]
        pictures = [
            Picture(data_uri(images[row["position"]]), f"{row['index']}")
            for row in of_pair[:_EXAMPLES]
        ]
        rows.append(
            [
                *cells(
                    pair["true_class"],
                    pair["predicted_class"],
                    words.numbers.integer(pair["count"]),
                    words.numbers.percent(pair["share"]),
                ),
                Cell("", pictures=pictures),
            ]
        )
    columns = [page.column("true", number=False), page.column("predicted", number=False)]
    columns += [page.column("count"), page.column("share"), page.column("examples", number=False)]
    caption = words.say("table_pairs")
    return page.table(caption, columns, rows, files="confused-pairs.csv") if rows else None


def _epochs_table(page: Page) -> Table:
    words, n, best = page.words, page.words.numbers, page.findings.best
    percent: Callable[[float], str] = n.percent
    phases = page.facts.phases(best.representative)
    rows: list[list[Cell]] = []
    marked = None
    for phase in phases:
        kept = int(phase.run.record.get("best_epoch", len(phase.run.history)))
        for position, row in enumerate(phase.run.history, start=1):
            if phase is phases[-1] and position == kept:
                marked = len(rows)
            rows.append(
                [
                    page.named(phase.alternative) if len(phases) > 1 else Cell(""),
                    Cell(
                        str(phase.epochs_before + position),
                        mark=words.say("kept_mark") if position == kept else None,
                    ),
                    *cells(
                        n.decimal(row["train_loss"], 3),
                        percent(row["train_accuracy"]),
                        n.decimal(row["valid_loss"], 3),
                        percent(row["valid_accuracy"]),
                        n.shortest(row["learning_rate"], 8),
                        n.decimal(row["seconds"], 1),
                    ),
                ]
            )
    names = ("epoch", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "rate")
    columns = [page.column("alternative", number=False), *map(page.column, (*names, "time"))]
    if len(phases) == 1:
        columns, rows = columns[1:], [row[1:] for row in rows]
    return page.table(
        words.say("table_training"), columns, rows, marked=marked, files="history.csv"
    )
