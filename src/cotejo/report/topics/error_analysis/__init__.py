"""Where the networks fail: which images, how alike, and what mistakes share."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.facts.error_analysis import ErrorAnalysis
from cotejo.report.elements import Cell, Picture, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.topic import CsvFile, OtherFile, Topic
from cotejo.report.topics.error_analysis import words as prose
from cotejo.report.topics.error_analysis.figure import error_rates
from cotejo.report.topics.error_analysis.files import (
    AGREEMENT_COLUMNS,
    IMAGE_COLUMNS,
    TRAIT_COLUMNS,
    ShownImage,
    agreement_rows,
    image_rows,
    shown_images,
    trait_rows,
)
from cotejo.report.words import NOT_APPLICABLE
from cotejo.store import StudyFile

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Return where all networks fail, how alike their mistakes are, and what the best's share."""
    analysis = page.findings.error_analysis
    if analysis is None:
        return None
    return {
        "together": _together(page, analysis),
        "alike": _alike(page, analysis),
        "common": _common(page, analysis),
    }


def _together(page: Page, analysis: ErrorAnalysis) -> dict[str, Any] | None:
    """Return what every network gets wrong; None for a study of one network."""
    words, numbers = page.words, page.words.numbers
    if analysis.agreement.networks == 1:
        return None
    shown = _of_gallery(page, analysis, "all_wrong")
    networks = numbers.integer(analysis.agreement.networks)
    pictures = [
        _picture(
            page,
            analysis,
            row,
            f"→ {row['predicted_class']}",
            words.say(
                "error_analysis.vote", number=numbers.integer(row["networks"]), networks=networks
            ),
        )
        for row in shown
    ]
    every = len(shown) == analysis.agreement.all_wrong
    key = "figure_all_wrong_every" if every else "figure_all_wrong"
    return {
        "paragraphs": prose.wrong_in_all(analysis, words),
        "pictures": pictures,
        "number": page.number_figure() if pictures else 0,
        "caption": words.say(f"error_analysis.{key}", count=len(pictures)),
    }


def _alike(page: Page, analysis: ErrorAnalysis) -> dict[str, Any] | None:
    """Return how alike the alternatives' mistakes are; None where there is nothing to compare."""
    paragraphs = prose.alike(analysis, page.words)
    if not paragraphs:
        return None
    if len(page.facts.trained) == 1:
        return {"paragraphs": paragraphs, "table": None, "only": [], "number": 0}
    galleries = [
        (
            page.words.say(f"error_analysis.{name}"),
            [_picture(page, analysis, row) for row in _of_gallery(page, analysis, name)],
        )
        for name in ("only_best_right", "only_best_wrong")
    ]
    shown = [(heading, pictures) for heading, pictures in galleries if pictures]
    return {
        "paragraphs": paragraphs,
        "table": _agreement_table(page, analysis),
        "only_sentence": prose.only_the_best(analysis, page.words),
        "only": shown,
        "number": page.number_figure() if shown else 0,
        "caption": page.words.say("error_analysis.figure_only", best=page.label(analysis.best)),
    }


def _common(page: Page, analysis: ErrorAnalysis) -> dict[str, Any]:
    words = page.words
    intro, sentences = prose.in_common(analysis, words)
    key = f"error_analysis.figure_fifths{_colour_too(page.findings)}"
    caption = words.say(key, best=page.label(analysis.best))
    rates = None
    if analysis.commonalities.traits:
        rates = page.figure(
            "fifths",
            partial(error_rates, analysis, words),
            caption,
            "traits.csv",
        )
    return {
        "intro": intro,
        "sentences": sentences,
        "figure": rates,
    }


def _of_gallery(page: Page, analysis: ErrorAnalysis, name: str) -> list[ShownImage]:
    return [row for row in shown_images(analysis, page.words.language) if row["gallery"] == name]


def _picture(page: Page, analysis: ErrorAnalysis, row: ShownImage, *lines: str) -> Picture:
    index, true, predicted = row["index"], row["true_class"], row["predicted_class"]
    if row["true_label"] == row["predicted_label"]:
        alt = page.words.say("error_analysis.image_alt", index=index, true=true)
    else:
        alt = page.words.say("mistake_alt", index=index, true=true, predicted=predicted)
    return Picture(data_uri(analysis.image(index)), alt, (true, *lines))


def _agreement_table(page: Page, analysis: ErrorAnalysis) -> Table:
    """Return one row per alternative against the best; the best's row compares two of its seeds."""
    words, numbers = page.words, page.words.numbers
    rows = []
    for alternative in page.findings.ranked:
        pair = analysis.agreement.between(analysis.best.name, alternative.name)
        if pair is None:
            continue
        named = page.named(alternative)
        if alternative is analysis.best:
            named = Cell(
                named.text, swatch=named.swatch, remarks=[words.say("error_analysis.two_seeds")]
            )
        shares = (pair.error_overlap, pair.first_rescued)
        rows.append(
            [
                named,
                *cells(
                    numbers.percent(pair.agreement),
                    numbers.interval(pair.low, pair.high),
                    NOT_APPLICABLE if pair.kappa is None else numbers.decimal(pair.kappa, 2),
                    *(
                        NOT_APPLICABLE if share is None else numbers.percent(share)
                        for share in shares
                    ),
                ),
            ]
        )
    columns = [page.column("alternative", number=False)]
    columns += [
        page.column("error_analysis.agreement"),
        page.column("interval"),
        *(page.column(f"error_analysis.{name}") for name in ("kappa", "overlap", "rescued")),
    ]
    caption = words.say("error_analysis.table_agreement", best=page.label(analysis.best))
    return page.table(caption, columns, rows, files="agreement.csv")


def _colour_too(findings: Findings) -> str:
    """Return the variant of sentences on traits: images in colour have one trait more."""
    analysis = findings.error_analysis
    traits = {effect.trait for effect in analysis.commonalities.traits} if analysis else set()
    return "_colour" if "colourfulness" in traits else ""


def _report_json(findings: Findings) -> dict[str, Any]:
    return {"failures": findings.error_analysis.to_json() if findings.error_analysis else None}


def _references(findings: Findings) -> list[str]:
    if findings.error_analysis is None:
        return []
    alike = ["cohen-1960", "geirhos-2020"] if len(findings.facts.trained) > 1 else []
    coloured = ["hasler-2003"] if _colour_too(findings) else []
    return [*alike, "vargha-2000", "holm-1979", *coloured]


TOPIC = Topic(
    "error_analysis",
    section,
    files=[
        CsvFile("failures.csv", IMAGE_COLUMNS, image_rows),
        CsvFile("agreement.csv", AGREEMENT_COLUMNS, agreement_rows),
        CsvFile("traits.csv", TRAIT_COLUMNS, trait_rows, variant=_colour_too),
        OtherFile(StudyFile.ERROR_ANALYSIS, lambda findings: findings.error_analysis is not None),
    ],
    report_json=_report_json,
    references=_references,
    anchor="failures",
)
