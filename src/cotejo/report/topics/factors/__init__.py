"""What each choice is worth: the settings that change alone."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.evidence import Lead
from cotejo.report.page import Page
from cotejo.report.publications import of_comparisons
from cotejo.report.sentences import p_value
from cotejo.report.topic import Topic
from cotejo.report.topics.factors.analysis import Factor, factors
from cotejo.report.topics.factors.words import (
    effect_sentences,
    factor_name,
    factors_intro,
    value_of,
)
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import ReportFile

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
    columns += [page.column("factors.test", better="higher"), page.column("factors.change")]
    # A p over test images alone is about two trained networks, not about the setting.
    with_p = not all(effect.lead.one_seed for effect in factor.effects)
    if with_p:
        columns.append(page.column("p_corrected"))
    columns += [page.column("factors.gap"), page.column("factors.seconds", better="lower")]
    rows = []
    bases: list[str] = []
    for effect in factor.effects:
        base, before = effect.lead.second, effect.changes[factor.name][0]
        if base.name not in bases:
            bases.append(base.name)
            rows.append(_row(page, factor.name, base, before, None, with_p=with_p))
        after = effect.changes[factor.name][1]
        rows.append(_row(page, factor.name, effect.lead.first, after, effect.lead, with_p=with_p))
    name = factor_name(factor.name, words)
    caption = words.say("factors.table", factor=name)
    return page.table(caption, columns, rows, files=f"comparisons.csv, {ReportFile.SUMMARY}")


def _row(
    page: Page,
    factor: str,
    alternative: AlternativeFacts,
    value: object,
    lead: Lead | None,
    *,
    with_p: bool,
) -> list[Cell]:
    """Return the row of an alternative; ``lead`` is over the baseline, None in its own row."""
    words, n = page.words, page.words.numbers
    accuracy = page.findings.accuracy[alternative.name]
    seconds = fmean(map(page.facts.whole_seconds, alternative.finished))
    compared = [Cell(words.say("factors.factor_reference")), Cell("")]
    if lead is not None:
        difference = lead.difference
        interval = n.difference_interval(difference.low, difference.high)
        compared = [
            Cell(n.difference(difference.estimate), remarks=[interval]),
            Cell(NOT_APPLICABLE if lead.one_seed else p_value(lead.p_corrected, words)),
        ]
    return [
        page.named(alternative),
        *cells(value_of(factor, value, page.findings, words)),
        Cell(
            n.percent(accuracy.estimate),
            remarks=[n.interval(accuracy.low, accuracy.high)],
            value=accuracy.estimate,
        ),
        *(compared if with_p else compared[:1]),
        Cell(n.difference(alternative.gap)),
        Cell(n.duration(seconds), value=seconds),
    ]


TOPIC = Topic("factors", section, place="body", details=details, references=of_comparisons)
