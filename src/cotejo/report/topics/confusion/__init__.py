"""Where the best alternative fails: what it takes for what, and some of its mistakes."""

from __future__ import annotations

from functools import partial
from typing import Any

from cotejo.report.elements import Cell, Picture, Table, cells
from cotejo.report.mistake_rows import mistake_rows
from cotejo.report.page import Page
from cotejo.report.pictures import data_uri
from cotejo.report.topic import CsvFile, Topic
from cotejo.report.topics.audit.analysis import audited
from cotejo.report.topics.confusion.figure import MOST_NUMBERED, confusion_matrix, fits_phone
from cotejo.report.topics.confusion.files import (
    PAIR_COLUMNS,
    confusion_columns,
    confusion_rows,
    pair_rows,
)
from cotejo.report.topics.confusion.words import confusion, representative
from cotejo.report.topics.results.tables import short_class_table
from cotejo.report.topics.results.words import classes
from cotejo.report.words import NOT_APPLICABLE, Words

__all__ = ["TOPIC"]

_PAIRS, _EXAMPLES, _MISTAKES = 10, 5, 8


def section(page: Page) -> dict[str, Any]:
    """Return the best's confusion matrix, its hardest classes, and some of its mistakes."""
    words, findings = page.words, page.findings
    names = page.facts.class_names(words.language)
    many = "_many" if len(names) > MOST_NUMBERED else ""
    caption = words.say(f"confusion.figure{many}", best=page.label(findings.best))
    return {
        "representative": representative(findings, words),
        "paragraphs": confusion(findings, words),
        "matrix": page.figure(
            "confusion",
            partial(confusion_matrix, findings.confusion, names, words),
            caption,
            "confusion.csv",
            for_phone=fits_phone(findings.confusion, names),
        ),
        "classes": classes(findings, words),
        "class_table": short_class_table(page),
        **_surest_mistakes(page),
    }


def details(page: Page) -> dict[str, Any] | None:
    """Return its most confused pairs, with examples; None without a mistake."""
    if not page.findings.pairs:
        return None
    return {"pairs": _pairs_table(page), **_both_directions(page)}


def _surest_mistakes(page: Page) -> dict[str, Any]:
    words, best = page.words, page.findings.best
    rows = mistake_rows(page.findings, words.language)[:_MISTAKES]
    _, images = best.kept_mistakes
    pictures = [
        Picture(
            data_uri(images[row["position"]]),
            _alt(words, row["index"], row["true_class"], row["predicted_class"]),
            (
                row["true_class"],
                f"→ {row['predicted_class']}",
                # Of classes alone it is not known how sure it was.
                words.numbers.percent(row["probability"]) if best.has_probabilities else "",
            ),
        )
        for row in rows
    ]
    sure = "" if best.has_probabilities else "_classes"
    return {
        "mistakes_suspected": _suspected(page, [row["index"] for row in rows]),
        "mistakes": pictures,
        "mistakes_number": page.number_figure() if pictures else 0,
        "mistakes_caption": words.say(
            f"confusion.figure_mistakes{sure}", count=len(pictures), best=page.label(best)
        ),
    }


def _suspected(page: Page, shown: list[int]) -> str:
    """Return how many of the shown mistakes bear a label that the audit suspects; "" if none."""
    result = audited(page.findings)
    if result is None or page.detail != "full":
        return ""
    suspects = {issue.index for issue in result.label_issues("test")}
    count = sum(index in suspects for index in shown)
    if not count:
        return ""
    key = "confusion.suspected_all" if count == len(shown) else "confusion.suspected"
    return page.words.say(key, count=count, shown=len(shown))


def _both_directions(page: Page) -> dict[str, Any]:
    """Return examples of the most confused pairs, one row per direction, if the study kept any."""
    words, analysis = page.words, page.findings.error_analysis
    names, counts = page.facts.class_names(words.language), page.findings.confusion
    sure = "" if page.findings.best.has_probabilities else "_classes"
    rows = []
    if analysis is not None:
        for (true, predicted), indices in analysis.pairs.items():
            heading = words.say(
                "confusion.direction_of_pair",
                true=names[true],
                predicted=names[predicted],
                number=words.numbers.integer(counts[true][predicted]),
            )
            alts = [_alt(words, index, names[true], names[predicted]) for index in indices]
            pictures = [
                Picture(data_uri(analysis.image(index)), alt)
                for index, alt in zip(indices, alts, strict=True)
            ]
            rows.append((heading, pictures))
    return {
        "directions": rows,
        "directions_number": page.number_figure() if rows else 0,
        "directions_caption": words.say(
            f"confusion.figure_pairs{sure}", best=page.label(page.findings.best)
        ),
    }


def _pairs_table(page: Page) -> Table | None:
    words, findings = page.words, page.findings
    # Where examples of both directions were kept, they have a figure of their own.
    with_examples = findings.error_analysis is None
    kept = mistake_rows(findings, words.language) if with_examples else []
    _, images = findings.best.kept_mistakes
    rows = []
    for pair in pair_rows(findings, words.language)[:_PAIRS]:
        key = (pair["true_label"], pair["predicted_label"])
        of_pair = [row for row in kept if (row["true_label"], row["predicted_label"]) == key]
        pictures = [
            Picture(
                data_uri(images[row["position"]]),
                _alt(words, row["index"], row["true_class"], row["predicted_class"]),
            )
            for row in of_pair[:_EXAMPLES]
        ]
        examples = Cell("" if pictures else NOT_APPLICABLE, pictures=pictures)
        rows.append(
            [
                *cells(
                    pair["true_class"],
                    pair["predicted_class"],
                    words.numbers.integer(pair["count"]),
                    words.numbers.percent(pair["share"]),
                ),
                *([examples] if with_examples else []),
            ]
        )
    columns = [
        page.column("confusion.true", number=False),
        page.column("confusion.predicted", number=False),
    ]
    columns += [page.column("confusion.count"), page.column("confusion.share")]
    if with_examples:
        columns.append(page.column("confusion.examples", number=False))
    caption = words.say(
        "confusion.table_pairs_with_examples" if with_examples else "confusion.table_pairs",
        best=page.label(findings.best),
    )
    return page.table(caption, columns, rows, files="confused-pairs.csv") if rows else None


def _alt(words: Words, index: int, true: str, predicted: str) -> str:
    """Return the text that stands for an example's image."""
    return words.say("mistake_alt", index=index, true=true, predicted=predicted)


TOPIC = Topic(
    "confusion",
    section,
    place="body",
    details=details,
    see=("error_analysis", "mistakes", "two_classes"),
    files=[
        CsvFile("confusion.csv", confusion_columns, confusion_rows),
        CsvFile("confused-pairs.csv", PAIR_COLUMNS, pair_rows),
    ],
)
