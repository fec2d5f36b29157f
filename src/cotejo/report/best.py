"""Sections 6 to 8 of the report, on the best alternative: what it confuses, its training."""

from __future__ import annotations

from typing import Any

from cotejo.report import analysis, figures
from cotejo.report.display import Cell, Picture, Table, cells
from cotejo.report.facts import Phase
from cotejo.report.matrix import confusion_matrix
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.tables import mistake_rows, pair_rows

__all__ = ["confusion", "mistakes", "training"]

_WORST = 32
_PAIRS, _EXAMPLES = 10, 5


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
    best = page.findings.best.representative
    phases = page.facts.phases(best)
    rows = [row for phase in phases for row in _epoch_rows(page, phase)]
    names = ("epoch", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "rate")
    columns = [page.column("alternative", number=False), *map(page.column, (*names, "time"))]
    if len(phases) == 1:
        columns, rows = columns[1:], [row[1:] for row in rows]
    return page.table(
        page.words.say("table_training"),
        columns,
        rows,
        marked=phases[-1].epochs_before + _kept(phases[-1]) - 1,
        files="history.csv",
    )


def _epoch_rows(page: Page, phase: Phase) -> list[list[Cell]]:
    words, n = page.words, page.words.numbers
    kept = words.say("kept_mark")
    return [
        [
            # Named where it begins; a name on every row would hide the numbers.
            page.named(phase.alternative) if position == 1 else Cell(""),
            Cell(
                str(phase.epochs_before + position),
                mark=kept if position == _kept(phase) else None,
            ),
            *cells(
                n.decimal(row["train_loss"], 3),
                n.percent(row["train_accuracy"]),
                n.decimal(row["valid_loss"], 3),
                n.percent(row["valid_accuracy"]),
                n.shortest(row["learning_rate"], 8),
                n.decimal(row["seconds"], 1),
            ),
        ]
        for position, row in enumerate(phase.run.history, start=1)
    ]


def _kept(phase: Phase) -> int:
    """Return the epoch of a phase whose weights were kept, from 1."""
    return int(phase.run.record.get("best_epoch", len(phase.run.history)))
