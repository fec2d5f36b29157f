"""What each choice is worth: the settings that change alone."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.page import Page
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
    """What each choice is worth; None where no setting changes alone."""
    found = factors(page.findings)
    if not found:
        return None
    return {
        "paragraphs": factors_intro(page.findings, page.words),
        "factors": [
            (
                factor_name(factor.name, page.words),
                effect_sentences(factor, page.words),
                _factor_table(page, factor),
            )
            for factor in found
        ],
    }


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
    page: Page, factor: Factor, one: AlternativeFacts, value: object, effect: Effect | None
) -> list[Cell]:
    words, n = page.words, page.words.numbers
    accuracy = page.findings.accuracy[one.name]
    compared = [Cell(words.say("factors.factor_reference")), Cell("")]
    if effect is not None:
        found = effect.lead.difference
        interval = n.points_interval(found.low, found.high)
        compared = [
            Cell(n.points(found.estimate), remarks=[interval]),
            Cell(p_value(effect.lead.p_corrected, words)),
        ]
    return [
        page.named(one),
        *cells(value_of(factor.name, value, page.findings, words)),
        Cell(n.percent(accuracy.estimate), remarks=[n.interval(accuracy.low, accuracy.high)]),
        *compared,
        *cells(n.points(one.gap), n.duration(fmean(map(page.facts.whole_seconds, one.finished)))),
    ]


TOPIC = Topic("factors", section)
