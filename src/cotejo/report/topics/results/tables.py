"""The tables by class: each class's figures, and the averages over the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.page import Page
from cotejo.report.topics.results.averages import CLASS_FIGURES, averages, class_figures
from cotejo.report.words import NOT_APPLICABLE
from cotejo.stats import Interval
from cotejo.store import ReportFile

__all__ = [
    "EASIEST",
    "HARDEST",
    "averages_table",
    "listed_classes",
    "per_class_table",
    "short_class_table",
]

MOST_LISTED = 25
"""The most classes of which each has a row; of more, only the extremes have."""
MOST_IN_BODY = 20
"""The most classes of which the body has a table."""
HARDEST, EASIEST = 10, 5
"""How many classes of the lowest and of the highest F1 are listed where there are many."""


def listed_classes(page: Page, alternative: AlternativeFacts) -> list[int]:
    """Return the labels of the classes that a table lists.

    All in their order; of many, those of the alternative's highest F1 and of its lowest.
    """
    count = len(alternative.per_class)
    if count <= MOST_LISTED:
        return list(range(count))
    order = page.findings.classes_by_f1(alternative)
    if len(order) <= HARDEST + EASIEST:
        return order
    return order[:EASIEST] + order[-HARDEST:]


def averages_table(page: Page) -> Table | None:
    """Return the macro averages with their intervals; None where no run has them."""
    rows = [(alternative, averages(alternative)) for alternative in page.facts.trained]
    if not any(average for _, of in rows for average in of.values()):
        return None
    return page.table(
        page.words.say("results.averages_table"),
        [page.column("alternative", number=False), *_columns(page, better="higher")],
        [
            [
                page.named(alternative, mark_best=True),
                *(_cell(page, of[name]) for name in CLASS_FIGURES),
            ]
            for alternative, of in rows
        ],
        files="averages.csv",
    )


def short_class_table(page: Page) -> Table | None:
    """Return the best's precision, recall and F1 by class; None where the classes are many."""
    n, best = page.words.numbers, page.findings.best
    names = page.facts.class_names(page.words.language)
    if len(names) > MOST_IN_BODY:
        return None
    rows = [
        cells(
            name,
            *(
                n.decimal(means[key], 3) if means["support"] else NOT_APPLICABLE
                for key in ("precision", "recall", "f1")
            ),
            n.integer(means["support"]),
        )
        for name, means in zip(names, best.per_class, strict=True)
    ]
    figures = [page.column(f"results.{key}") for key in ("precision", "recall", "f1", "support")]
    return page.table(
        page.words.say("results.table_short", count=len(best.finished), best=page.label(best)),
        [page.column("class", number=False), *figures],
        rows,
        files="per-class.csv",
    )


def per_class_table(page: Page, alternative: AlternativeFacts) -> Table:
    """Return one alternative's figures by class, and their averages."""
    words, means = page.words, alternative.per_class
    names, labels = page.facts.class_names(words.language), listed_classes(page, alternative)
    known, averaged = class_figures(alternative), averages(alternative)
    macro = page.findings.macro[alternative.name] | {
        "support": sum(row["support"] for row in means)
    }
    rows = [(names[label], means[label], known[label]) for label in labels]
    rows.append((words.say("results.macro"), macro, averaged))
    key = "table_per_class" if len(labels) == len(means) else "table_per_class_many"
    columns = _columns(page)
    averages_file = "averages.csv" if any(averaged.values()) else ReportFile.NUMBERS
    return page.table(
        words.say(
            f"results.{key}", label=page.label(alternative), easiest=EASIEST, hardest=HARDEST
        ),
        [
            page.column("class", number=False),
            *columns[:-1],
            Column(words.say("results.column_f1_interval"), number=True),
            columns[-1],
            page.column("results.support"),
        ],
        [_class_row(page, *row) for row in rows],
        marked=len(labels),
        files=f"per-class.csv, {averages_file}",
    )


def _class_row(
    page: Page, name: str, means: Mapping[str, float], intervals: Mapping[str, Interval | None]
) -> list[Cell]:
    """Return a class's row. Older runs have neither intervals nor AUC."""
    n = page.words.numbers
    f1, auc = intervals["f1"], intervals["auc"]
    return cells(
        name,
        *(
            n.decimal(means[key], 3) if means["support"] else NOT_APPLICABLE
            for key in ("precision", "recall", "f1")
        ),
        NOT_APPLICABLE
        if f1 is None or not means["support"]
        else n.decimal_interval(f1.low, f1.high, 2),
        NOT_APPLICABLE if auc is None else n.decimal(auc.estimate, 3),
        n.integer(means["support"]),
    )


def _columns(page: Page, better: Literal["higher"] | None = None) -> list[Column]:
    return [page.column(f"results.{name}", better=better) for name in CLASS_FIGURES]


def _cell(page: Page, average: Interval | None) -> Cell:
    n = page.words.numbers
    if average is None:
        return Cell(NOT_APPLICABLE)
    return Cell(
        n.decimal(average.estimate, 3),
        remarks=[n.decimal_interval(average.low, average.high, 3)],
        value=average.estimate,
    )
