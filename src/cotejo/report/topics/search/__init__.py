"""Searches: their trials, what they found, what that is worth; and numbers that were varied."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.report.elements import Cell, DrawnFigure, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.search.analysis import Searched, Sweep, alike, searched, sweeps
from cotejo.report.topics.search.figure import (
    MOST_SETTINGS,
    expected_figure,
    history_figure,
    settings_figure,
    sweep_figure,
)
from cotejo.report.topics.search.files import (
    EXPECTED_COLUMNS,
    SEARCH_COLUMNS,
    SHARE_COLUMNS,
    SWEEP_COLUMNS,
    expected_rows,
    search_rows,
    share_rows,
    sweep_rows,
    trial_columns,
    trial_rows,
)
from cotejo.report.topics.search.words import (
    about_search,
    general,
    on_expected,
    on_shares,
    on_sweep,
)

__all__ = ["TOPIC"]

_NONE = "–"


def section(page: Page) -> dict[str, Any] | None:
    """Return what was found, and what it is worth; None of a study that searched nothing."""
    searches, words = searched(page.findings), page.words
    if not searches:
        return None
    return {
        "paragraphs": general(searches, words),
        "said": [
            (page.label(each.facts.alternative), " ".join(about_search(page.findings, each, words)))
            for each in searches
        ],
        "table": _table(page, searches),
    }


def details(page: Page) -> dict[str, Any] | None:
    """Return the trials, and accuracy by what was searched or varied; None where nothing was."""
    searches, all_sweeps = searched(page.findings), sweeps(page.findings)
    if not searches and not all_sweeps:
        return None
    words = page.words
    shown: dict[str, Any] = {"groups": [], "shares": None, "expected": None}
    if searches:
        groups = enumerate(alike(searches), 1)
        shown["groups"] = [_group(page, group, place) for place, group in groups]
        shown["on_shares"] = on_shares(searches, words)
        shown["shares"] = _shares(page, searches)
    else:
        shown["title"] = words.say("search.title_sweeps")
    if curves := [each for each in searches if each.expected]:
        drawn = partial(expected_figure, curves, words)
        caption = words.say("search.figure_expected")
        shown["on_expected"] = on_expected(curves, words)
        shown["expected"] = page.figure("expected-best", drawn, caption, "expected-best.csv")
    shown["sweeps"] = [_sweep(page, each, place) for place, each in enumerate(all_sweeps, 1)]
    return shown


def _sweep(page: Page, sweep: Sweep, place: int) -> dict[str, Any]:
    words = page.words
    caption = words.say("search.figure_sweep", setting=words.setting_noun(sweep.setting))
    drawn = partial(sweep_figure, sweep, words)
    return {
        "said": on_sweep(page.findings, sweep, words),
        "figure": page.figure(f"sweep-{place}", drawn, caption, "sweeps.csv"),
    }


def _group(page: Page, group: list[Searched], place: int) -> dict[str, DrawnFigure]:
    """Return the figures of searches of one space."""
    words = page.words
    by_share = sorted(group[0].shares, key=lambda name: -_share_of(group, name))
    settings = by_share[:MOST_SETTINGS]
    rest = (
        words.say("search.figure_most", count=MOST_SETTINGS)
        if len(by_share) > MOST_SETTINGS
        else ""
    )
    caption = " ".join(filter(None, [words.say("search.figure_settings"), rest]))
    return {
        "history": page.figure(
            f"search-{place}",
            partial(history_figure, group, words),
            words.say("search.figure_history"),
            "trials.csv",
        ),
        "settings": page.figure(
            f"search-settings-{place}",
            partial(settings_figure, group, settings, words),
            caption,
            "trials.csv",
        ),
    }


def _share_of(group: list[Searched], setting: str) -> float:
    shares = (each.shares[setting] for each in group)
    return sum(share.estimate for share in shares if share is not None)


def _table(page: Page, searches: list[Searched]) -> Table:
    numbers = page.words.numbers
    rows = []
    for each in searches:
        curse, best = each.curse, each.facts.best
        excess = curse.excess if curse is not None else None
        over = Cell(
            numbers.difference(curse.points) if curse is not None else _NONE,
            remarks=[numbers.difference_interval(excess.low, excess.high)] if excess else [],
        )
        rows.append(
            [
                page.named(each.facts.alternative),
                *cells(
                    numbers.integer(len(each.facts.trials)),
                    numbers.percent(best["valid_accuracy"]) if best is not None else _NONE,
                    numbers.percent(curse.fresh) if curse is not None else _NONE,
                ),
                over,
            ]
        )
    columns = [page.column("alternative", number=False)]
    columns += [page.column(f"search.{name}") for name in ("trials", "best", "fresh", "excess")]
    return page.table(page.words.say("search.table"), columns, rows, files="searches.csv")


def _shares(page: Page, searches: list[Searched]) -> Table:
    words = page.words
    settings = list(dict.fromkeys(name for each in searches for name in each.shares))
    rows = [
        [Cell(words.setting_name(name)), *(_share(each, name, page) for each in searches)]
        for name in settings
    ]
    columns = [page.column("search.setting", number=False)]
    columns += [page.heading(each.facts.alternative) for each in searches]
    return page.table(words.say("search.table_shares"), columns, rows, files="importance.csv")


def _share(search: Searched, setting: str, page: Page) -> Cell:
    share, numbers = search.shares.get(setting), page.words.numbers
    if share is None:
        return Cell(_NONE)
    return Cell(numbers.percent(share.estimate), remarks=[numbers.interval(share.low, share.high)])


def _report_json(findings: Findings) -> dict[str, Any]:
    rows = search_rows(findings, "en")
    return {"searches": rows} if rows else {}


def _references(findings: Findings) -> list[str]:
    searches = searched(findings)
    names = []
    if any(each.facts.follows_good_trials for each in searches):
        names.append("bergstra-2011")
    if searches:
        names += ["akiba-2019", "steiger-2004"]
    if any(each.expected for each in searches):
        names += ["dodge-2019", "tang-2020"]
    return names


TOPIC = Topic(
    "search",
    section,
    place="body",
    details=details,
    files=[
        CsvFile("searches.csv", SEARCH_COLUMNS, search_rows),
        CsvFile("trials.csv", trial_columns, trial_rows),
        CsvFile("importance.csv", SHARE_COLUMNS, share_rows),
        CsvFile("expected-best.csv", EXPECTED_COLUMNS, expected_rows),
        CsvFile("sweeps.csv", SWEEP_COLUMNS, sweep_rows),
    ],
    report_json=_report_json,
    references=_references,
)
