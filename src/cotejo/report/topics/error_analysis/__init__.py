"""Where the networks fail: which images, how alike, and what mistakes share."""

from __future__ import annotations

from typing import Any

from cotejo.facts.error_analysis import ErrorAnalysis
from cotejo.report.drawing import PHONE_WIDTH
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

__all__ = ["TOPIC"]


def section(page: Page) -> dict[str, Any] | None:
    """Where all networks fail, how alike their mistakes are, and what the best's share."""
    found = page.findings.failures
    if found is None:
        return None
    return {
        "together": _together(page, found),
        "alike": _alike(page, found),
        "common": _common(page, found),
    }


def _together(page: Page, found: ErrorAnalysis) -> dict[str, Any] | None:
    """Return what every network gets wrong; None for a study of one network."""
    words, numbers = page.words, page.words.numbers
    if found.agreement.networks == 1:
        return None
    shown = _of_gallery(page, found, "all_wrong")
    networks = numbers.integer(found.agreement.networks)
    pictures = [
        _picture(
            page,
            found,
            row,
            f"→ {row['predicted_class']}",
            words.say(
                "error_analysis.vote", number=numbers.integer(row["networks"]), networks=networks
            ),
        )
        for row in shown
    ]
    every = len(shown) == found.agreement.all_wrong
    key = "figure_all_wrong_every" if every else "figure_all_wrong"
    return {
        "paragraphs": prose.wrong_in_all(found, words),
        "pictures": pictures,
        "number": page.number_figure() if pictures else 0,
        "caption": words.say(f"error_analysis.{key}", count=len(pictures)),
    }


def _alike(page: Page, found: ErrorAnalysis) -> dict[str, Any] | None:
    """Return how alike the alternatives' mistakes are; None where there is nothing to compare."""
    paragraphs = prose.alike(found, page.words)
    if not paragraphs:
        return None
    if len(page.facts.trained) == 1:
        return {"paragraphs": paragraphs, "table": None, "only": [], "number": 0}
    galleries = [
        (
            page.words.say(f"error_analysis.{name}"),
            [_picture(page, found, row) for row in _of_gallery(page, found, name)],
        )
        for name in ("only_best_right", "only_best_wrong")
    ]
    shown = [(heading, pictures) for heading, pictures in galleries if pictures]
    return {
        "paragraphs": paragraphs,
        "table": _agreement_table(page, found),
        "only_sentence": prose.only_the_best(found, page.words),
        "only": shown,
        "number": page.number_figure() if shown else 0,
        "caption": page.words.say("error_analysis.figure_only", best=page.label(found.best)),
    }


def _common(page: Page, found: ErrorAnalysis) -> dict[str, Any]:
    words = page.words
    intro, sentences = prose.in_common(found, words)
    key = f"error_analysis.figure_fifths{_colour_too(page.findings)}"
    caption = words.say(key, best=page.label(found.best))
    drawn = None
    if found.commonalities.traits:
        drawn = page.figure(
            "fifths",
            error_rates(found, words),
            caption,
            "traits.csv",
            narrow=error_rates(found, words, PHONE_WIDTH),
        )
    return {
        "intro": intro,
        "sentences": sentences,
        "figure": drawn,
    }


def _of_gallery(page: Page, found: ErrorAnalysis, name: str) -> list[ShownImage]:
    return [row for row in shown_images(found, page.words.language) if row["gallery"] == name]


def _picture(page: Page, found: ErrorAnalysis, row: ShownImage, *lines: str) -> Picture:
    index, true, predicted = row["index"], row["true_class"], row["predicted_class"]
    if row["true_label"] == row["predicted_label"]:
        alt = page.words.say("error_analysis.image_alt", index=index, true=true)
    else:
        alt = page.words.say("mistake_alt", index=index, true=true, predicted=predicted)
    return Picture(data_uri(found.image(index)), alt, (true, *lines))


def _agreement_table(page: Page, found: ErrorAnalysis) -> Table:
    """Return a row an alternative, against the best; the best's is of two of its own seeds."""
    words, numbers = page.words, page.words.numbers
    rows = []
    for one in page.findings.ranked:
        pair = found.agreement.between(found.best.name, one.name)
        if pair is None:
            continue
        named = page.named(one)
        if one is found.best:
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
    caption = words.say("error_analysis.table_agreement", best=page.label(found.best))
    return page.table(caption, columns, rows, files="agreement.csv")


def _colour_too(findings: Findings) -> str:
    """Return the variant of sentences on traits: images in colour have one trait more."""
    failures = findings.failures
    traits = {effect.trait for effect in failures.commonalities.traits} if failures else set()
    return "_colour" if "colourfulness" in traits else ""


def _report_json(findings: Findings) -> dict[str, Any]:
    return {"failures": findings.failures.to_json() if findings.failures else None}


def _references(findings: Findings) -> list[str]:
    if findings.failures is None:
        return []
    alike = ["cohen-1960", "geirhos-2020"] if len(findings.facts.trained) > 1 else []
    return [*alike, "vargha-2000"]


TOPIC = Topic(
    "error_analysis",
    section,
    files=[
        CsvFile("failures.csv", IMAGE_COLUMNS, image_rows),
        CsvFile("agreement.csv", AGREEMENT_COLUMNS, agreement_rows),
        CsvFile("traits.csv", TRAIT_COLUMNS, trait_rows, variant=_colour_too),
        OtherFile("failures.npz", lambda findings: findings.failures is not None),
    ],
    report_json=_report_json,
    references=_references,
    anchor="failures",
)
