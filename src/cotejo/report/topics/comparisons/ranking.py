"""The ranking on the test images with its uncertainty: possible places, and sets alike."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.elements import Cell, Table
from cotejo.report.findings import Findings, computed_once
from cotejo.report.page import Page
from cotejo.report.words import Words
from cotejo.stats.ranking import groups_alike, possible_places

__all__ = ["RANKING_COLUMNS", "Ranked", "ranking", "ranking_rows", "ranking_table", "ranking_words"]

RANKING_COLUMNS = ("alternative", "test_accuracy", "low", "high", "best_place", "worst_place",
                   "groups")  # fmt: skip

FEWEST = 3
"""Fewer alternatives than these are compared and not ranked."""


@dataclass(frozen=True)
class Ranked:
    """An alternative in the ranking.

    Attributes:
        alternative: the alternative.
        places: the best and the worst place that the comparisons leave open, from 1.
        groups: the letters of the sets that it is in; two that share none are told apart.
    """

    alternative: AlternativeFacts
    places: tuple[int, int]
    groups: str


@computed_once
def ranking(findings: Findings) -> list[Ranked]:
    """Return the alternatives by their test accuracy; none where there are fewer than three."""
    trained = findings.facts.trained
    if len(trained) < FEWEST:
        return []
    ordered = sorted(trained, key=lambda each: -findings.accuracy[each.name].estimate)
    names = [each.name for each in ordered]
    ahead = []
    for lead in findings.evidence.leads:
        pair = lead.first.name, lead.second.name
        if lead.told_apart:
            ahead.append(pair if lead.is_ahead else pair[::-1])
    places, groups = possible_places(names, ahead), groups_alike(names, ahead)
    letters = [_letter(index) for index in range(len(groups))]
    return [
        Ranked(
            each,
            places[each.name],
            " ".join(letters[i] for i, group in enumerate(groups) if each.name in group),
        )
        for each in ordered
    ]


def _letter(index: int) -> str:
    """Return a, b, …, z, a2, b2, …."""
    round_, letter = divmod(index, len(ascii_lowercase))
    return ascii_lowercase[letter] + (str(round_ + 1) if round_ else "")


def ranking_words(findings: Findings, words: Words) -> list[str]:
    """Return how to read the ranking; nothing where there is none."""
    ranked = ranking(findings)
    if not ranked:
        return []
    first = sum(each.places[0] == 1 for each in ranked)
    said = [words.say("comparisons.ranking_first", count=first, number=words.number(first))]
    return [*said, words.say("comparisons.ranking_letters")]


def ranking_table(page: Page) -> Table | None:
    """Return the ranking as a table; None where there is none."""
    ranked, n = ranking(page.findings), page.words.numbers
    if not ranked:
        return None
    columns = [page.column("comparisons.places", number=False)]
    columns += [page.column("alternative", number=False), page.column("comparisons.accuracy")]
    columns.append(page.column("comparisons.groups", number=False))
    rows = []
    for each in ranked:
        accuracy = page.findings.accuracy[each.alternative.name]
        best, worst = (n.integer(place) for place in each.places)
        key = "place" if best == worst else "places"
        rows.append(
            [
                Cell(page.words.say(f"comparisons.{key}", best=best, worst=worst)),
                page.named(each.alternative),
                Cell(
                    n.percent(accuracy.estimate),
                    remarks=[n.interval(accuracy.low, accuracy.high)],
                    value=accuracy.estimate,
                ),
                Cell(each.groups),
            ]
        )
    caption = page.words.say("comparisons.table_ranking")
    return page.table(caption, columns, rows, files="ranking.csv")


def ranking_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per alternative, from the first place on; None where there is no ranking."""
    rows = [
        {
            "alternative": each.alternative.name,
            "test_accuracy": findings.accuracy[each.alternative.name].estimate,
            "low": findings.accuracy[each.alternative.name].low,
            "high": findings.accuracy[each.alternative.name].high,
            "best_place": each.places[0],
            "worst_place": each.places[1],
            "groups": each.groups,
        }
        for each in ranking(findings)
    ]
    return rows or None
