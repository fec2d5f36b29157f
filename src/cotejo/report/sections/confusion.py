"""Section 6 of the report: what the best alternative confuses."""

from __future__ import annotations

from typing import Any

from cotejo.report.csv_files import mistake_rows, pair_rows
from cotejo.report.elements import Cell, Picture, Table, cells
from cotejo.report.matrix import confusion_matrix
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.prose import mistakes as prose

__all__ = ["confusion"]

_PAIRS, _EXAMPLES = 10, 5


def confusion(page: Page) -> dict[str, Any]:
    """Section 6: the best's confusion matrix and its most confused pairs, with examples."""
    words, findings = page.words, page.findings
    drawn = confusion_matrix(findings.confusion, page.facts.class_names(words.language), words)
    caption = words.say("figure_confusion", best=page.label(findings.best))
    return {
        "representative": prose.representative(findings, words),
        "paragraphs": prose.confusion(findings, words),
        "matrix": page.figure("confusion", drawn, caption, "confusion.csv"),
        "pairs": _pairs_table(page),
    }


def _pairs_table(page: Page) -> Table | None:
    words, findings = page.words, page.findings
    kept = mistake_rows(findings, words.language)
    _, images = findings.best.kept_mistakes
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
