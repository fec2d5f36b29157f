"""What each choice is worth: the settings that change alone."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.numbers import Numbers
from cotejo.report.elements import Cell, Table, cells
from cotejo.report.evidence import Lead
from cotejo.report.falls import kept_after_fall
from cotejo.report.page import Page
from cotejo.report.publications import of_comparisons
from cotejo.report.topic import Topic
from cotejo.report.topics.factors.analysis import Effect, Factor, factors
from cotejo.report.topics.factors.words import (
    also_differs,
    effect_sentence,
    effect_sentences,
    factor_name,
    factors_intro,
    value_of,
)
from cotejo.report.words import NOT_APPLICABLE
from cotejo.stats import Difference
from cotejo.store import ReportFile

__all__ = ["TOPIC"]


_MOST_IN_SENTENCES = 6
"""The most comparisons that are told in sentences; more of them are shown in a table."""


def section(page: Page) -> dict[str, Any] | None:
    """Return what each choice is worth; None where no setting changes alone."""
    words, all_factors = page.words, factors(page.findings)
    if not all_factors:
        return None
    effects = [effect for factor in all_factors for effect in factor.effects]
    content: dict[str, Any] = {
        "paragraphs": factors_intro(page.findings, words),
        "table": None,
        "settled": [],
        "factors": [],
        "falls": kept_after_fall(_compared(effects), words),
    }
    one_seed = all(effect.lead.one_seed for effect in effects)
    if one_seed:
        content["title"] = words.say("factors.title_one_seed")
    if len(effects) > _MOST_IN_SENTENCES:
        content["table"] = _all_comparisons(page, all_factors, with_outcome=not one_seed)
        content["settled"] = [
            effect_sentence(effect, words, in_list=True)
            for effect in effects
            if effect.lead.told_apart and not one_seed
        ]
        return content
    sentences = [
        (factor_name(factor.name, words), effect_sentences(factor, words)) for factor in all_factors
    ]
    return {**content, "factors": sentences}


def _compared(effects: Sequence[Effect]) -> list[AlternativeFacts]:
    """Return the alternatives that are compared, each once."""
    sides = [side for effect in effects for side in (effect.lead.first, effect.lead.second)]
    return list({side.name: side for side in sides}.values())


def details(page: Page) -> dict[str, Any] | None:
    """Return each choice's figures; None where no setting changes alone."""
    words, all_factors = page.words, factors(page.findings)
    if not all_factors:
        return None
    tables = [
        (factor_name(factor.name, words), _factor_table(page, factor)) for factor in all_factors
    ]
    content: dict[str, Any] = {"factors": tables}
    if all(effect.lead.one_seed for factor in all_factors for effect in factor.effects):
        content["title"] = words.say("factors.title_appendix_one_seed")
    return content


def _all_comparisons(page: Page, all_factors: Sequence[Factor], *, with_outcome: bool) -> Table:
    """Return one row per comparison of two alternatives that differ in one choice."""
    words, n = page.words, page.words.numbers
    columns = [page.column(f"factors.{name}", number=False) for name in ("choice", "compared")]
    columns.append(page.column("factors.difference"))
    if with_outcome:
        columns.append(page.column("factors.outcome", number=False))
    with_gaps = any(effect.wider_gap for factor in all_factors for effect in factor.effects)
    if with_gaps:
        columns.append(page.column("factors.gap_change"))
    rows = []
    for factor in all_factors:
        for effect in factor.effects:
            lead, wider = effect.lead, effect.wider_gap
            labels = [each.label(words.language) for each in (lead.first, lead.second)]
            outcome = "one_seed" if lead.one_seed else lead.of_leader.verdict
            row = [
                Cell(factor_name(factor.name, words)),
                Cell(
                    words.say("factors.compared", first=labels[0], second=labels[1]),
                    remarks=also_differs(factor.name, effect.changes, words),
                ),
                _with_interval(lead.difference, n),
            ]
            if with_outcome:
                row.append(Cell(words.say(f"factors.outcome_{outcome}")))
            if with_gaps:
                row.append(_with_interval(wider, n) if wider else Cell(NOT_APPLICABLE))
            rows.append(row)
    caption = words.say("factors.table_all")
    return page.table(caption, columns, rows, files="comparisons.csv, summary.csv")


def _with_interval(difference: Difference, numbers: Numbers) -> Cell:
    interval = numbers.difference_interval(difference.low, difference.high)
    return Cell(numbers.difference(difference.estimate), remarks=[interval])


def _factor_table(page: Page, factor: Factor) -> Table:
    words = page.words
    columns = [page.column("alternative", number=False)]
    columns.append(page.column("factors.value", number=False))
    columns += [page.column("factors.test", better="higher"), page.column("factors.change")]
    columns += [page.column("factors.gap"), page.column("factors.seconds", better="lower")]
    rows = []
    bases: list[str] = []
    for effect in factor.effects:
        base, before = effect.lead.second, effect.changes[factor.name][0]
        if base.name not in bases:
            bases.append(base.name)
            rows.append(_row(page, factor.name, base, before, None))
        after = effect.changes[factor.name][1]
        rows.append(_row(page, factor.name, effect.lead.first, after, effect.lead))
    name = factor_name(factor.name, words)
    caption = words.say("factors.table", factor=name)
    return page.table(caption, columns, rows, files=f"comparisons.csv, {ReportFile.SUMMARY}")


def _row(
    page: Page,
    factor: str,
    alternative: AlternativeFacts,
    value: object,
    lead: Lead | None,
) -> list[Cell]:
    """Return the row of an alternative; ``lead`` is over the baseline, None in its own row."""
    words, n = page.words, page.words.numbers
    accuracy = page.findings.accuracy[alternative.name]
    seconds = fmean(map(page.facts.whole_seconds, alternative.finished))
    reference = Cell(words.say("factors.factor_reference"))
    return [
        page.named(alternative),
        *cells(value_of(factor, value, page.findings, words)),
        Cell(
            n.percent(accuracy.estimate),
            remarks=[n.interval(accuracy.low, accuracy.high)],
            value=accuracy.estimate,
        ),
        reference if lead is None else _with_interval(lead.difference, n),
        Cell(n.difference(alternative.gap)),
        Cell(n.duration(seconds), value=seconds),
    ]


TOPIC = Topic("factors", section, place="body", details=details, references=of_comparisons)
