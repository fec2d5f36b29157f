"""What each choice is worth: the settings that change alone."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.page import Page
from cotejo.report.publications import of_comparisons
from cotejo.report.sentences import p_value
from cotejo.report.topic import Topic
from cotejo.report.topics.factors.analysis import Effect, Factor, factors
from cotejo.report.topics.factors.words import (
    effect_sentences,
    factor_name,
    factors_intro,
    value_of,
)

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return what each choice is worth; None where no setting changes alone."""
    all_factors = factors(page.findings)
    if not all_factors:
        return None
    return {
        "paragraphs": factors_intro(page.findings, page.words),
        "factors": [
            (factor_name(factor.name, page.words), effect_sentences(factor, page.words))
            for factor in all_factors
        ],
    }


def details(page: Page) -> dict[str, Any] | None:
    """Return each choice's figures; None where no setting changes alone."""
    all_factors = factors(page.findings)
    tables = [
        (factor_name(factor.name, page.words), _factor_table(page, factor))
        for factor in all_factors
    ]
    return {"factors": tables} if tables else None


def _factor_table(page: Page, factor: Factor) -> Table:
    words = page.words
    columns = [page.column("alternative", number=False)]
    columns.append(page.column("factors.value", number=False))
    columns += [page.column("factors.test"), page.column("factors.change")]
    columns += [page.column(name) for name in ("p_corrected", "factors.gap", "factors.seconds")]
    rows = []
    bases: list[str] = []
    for effect in factor.effects:
        base, before = effect.lead.second, effect.changes[factor.name][0]
        if base.name not in bases:
            bases.append(base.name)
            rows.append(_row(page, factor, base, before, None))
        rows.append(_row(page, factor, effect.lead.first, effect.changes[factor.name][1], effect))
    name = factor_name(factor.name, words)
    caption = words.say("factors.table", factor=name)
    return page.table(caption, columns, rows, files="comparisons.csv, summary.csv")


def _row(
    page: Page, factor: Factor, alternative: AlternativeFacts, value: object, effect: Effect | None
) -> list[Cell]:
    words, n = page.words, page.words.numbers
    accuracy = page.findings.accuracy[alternative.name]
    compared = [Cell(words.say("factors.factor_reference")), Cell("")]
    if effect is not None:
        difference = effect.lead.difference
        interval = n.points_interval(difference.low, difference.high)
        compared = [
            Cell(n.points(difference.estimate), remarks=[interval]),
            Cell(p_value(effect.lead.p_corrected, words)),
        ]
    return [
        page.named(alternative),
        *cells(value_of(factor.name, value, page.findings, words)),
        Cell(n.percent(accuracy.estimate), remarks=[n.interval(accuracy.low, accuracy.high)]),
        *compared,
        *cells(
            n.points(alternative.gap),
            n.duration(fmean(map(page.facts.whole_seconds, alternative.finished))),
        ),
    ]


TOPIC = Topic("factors", section, place="body", details=details, references=of_comparisons)
