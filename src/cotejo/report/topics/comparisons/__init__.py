"""Pairwise comparisons: the best against each other alternative, and every pair."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.report.elements import Cell, Column, Table, cells, shade
from cotejo.report.page import Page
from cotejo.report.publications import of_comparisons
from cotejo.report.sentences import comparison_sentence
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.comparisons.figure import differences
from cotejo.report.topics.comparisons.files import COMPARISON_COLUMNS, comparison_rows
from cotejo.report.topics.comparisons.ranking import (
    RANKING_COLUMNS,
    ranking_rows,
    ranking_table,
    ranking_words,
)
from cotejo.report.topics.comparisons.words import comparisons, differences_caption

__all__ = ["TOPIC"]

_FULL_SHADE = 0.10
"""The difference of accuracies, in [0, 1], that has the darkest shade."""


def section(page: Page) -> dict[str, Any] | None:
    """Return which alternative is ahead of which; None for a single alternative."""
    findings, words = page.findings, page.words
    if len(page.facts.trained) < 2:
        return None
    return {
        "paragraphs": comparisons(findings, words),
        "ranking": ranking_table(page),
        "reading": ranking_words(findings, words),
        "differences": page.figure(
            "differences",
            partial(differences, findings, words),
            differences_caption(findings, words),
            "comparisons.csv",
        ),
        "leads": _leads_table(page),
        "pairs": _pairs_table(page) if len(page.facts.trained) > 2 else None,
    }


def _leads_table(page: Page) -> Table:
    words, n, findings = page.words, page.words.numbers, page.findings
    rows = []
    for lead in findings.leads:
        difference = lead.difference
        rows.append(
            [
                page.named(lead.second),
                *cells(
                    n.difference(difference.estimate),
                    n.difference_interval(difference.low, difference.high),
                    comparison_sentence(lead, words),
                ),
            ]
        )
    columns = [
        page.column("comparisons.against", number=False),
        *map(page.column, ["comparisons.lead", "interval_judged"]),
        page.column("comparisons.verdict", number=False),
    ]
    best = findings.best.label(words.language)
    caption = words.say("comparisons.table_leads", best=best)
    return page.table(caption, columns, rows, files="comparisons.csv")


def _pairs_table(page: Page) -> Table:
    words, trained = page.words, page.findings.ranked
    rows = []
    for row, alternative in enumerate(trained):
        shown = [_pair_cell(page, row, column) for column in range(len(trained))]
        named = Cell(f"{row + 1}. {page.label(alternative)}", swatch=page.named(alternative).swatch)
        rows.append([named, *shown[1:]])
    # The columns are headed by numbers: sixteen labels side by side would not fit a page.
    columns = [page.column("alternative", number=False)]
    columns += [Column(str(index + 1), number=True) for index in range(1, len(trained))]
    one_seed = all(alternative.networks == 1 for alternative in trained)
    key = "comparisons.table_pairs_one_seed" if one_seed else "comparisons.table_pairs"
    return page.table(words.say(key), columns, rows, files="comparisons.csv")


def _pair_cell(page: Page, row: int, column: int) -> Cell:
    # The lower half of the table would repeat the upper one with the other sign.
    if row >= column:
        return Cell("")
    ranked, n = page.findings.ranked, page.words.numbers
    lead = page.findings.evidence.lead(ranked[row], ranked[column])
    points = n.difference(lead.difference.estimate)
    if lead.verdict == "unsettled":
        return Cell(f"({points})")
    if lead.verdict == "equal":
        return Cell(f"\N{ALMOST EQUAL TO} {points}")
    return Cell(points, background=shade(0.15 + abs(lead.difference.estimate) / _FULL_SHADE))


TOPIC = Topic(
    "comparisons",
    section,
    files=[
        CsvFile("ranking.csv", RANKING_COLUMNS, ranking_rows),
        CsvFile("comparisons.csv", COMPARISON_COLUMNS, comparison_rows),
    ],
    references=of_comparisons,
)
