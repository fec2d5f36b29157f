"""The audit of the data, and what its findings mean for the best's score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cotejo.data.audit import FILES, Audit
from cotejo.report.elements import Cell, Column, Table, cells
from cotejo.report.findings import Findings
from cotejo.report.page import Page
from cotejo.report.topic import OtherFile, Topic
from cotejo.report.topics.audit import words as prose
from cotejo.report.topics.audit.analysis import Audited, audited
from cotejo.report.topics.audit.gallery import AuditGallery
from cotejo.report.topics.audit.words import MOST_WRONG
from cotejo.report.words import Words
from cotejo.store import ReportFile, StudyFile

__all__ = ["POOR", "TOPIC", "counts_rows", "poor_heading"]

POOR = ("blank", "dark", "bright", "low-information", "outlier")
"""The kinds of finding that are about a single image, in the order of the gallery."""

_SPLITS = ("train", "valid", "test")


def section(page: Page) -> dict[str, Any] | None:
    """Return copies, suspected labels, poor images, the score without them; None if not audited."""
    result = audited(page.findings)
    if result is None:
        return None
    words, audit = page.words, result.audit
    judged = [split for split in _SPLITS if result.has_judged(split)]
    columns, rows = counts_rows(audit, words, judged)
    table = page.table(words.say("audit.table_counts"), columns, rows, files=StudyFile.AUDIT_ISSUES)
    names = page.facts.class_names(words.language)
    gallery = AuditGallery(audit, names, words, page.number_figure)
    shows_labels = result.suspected is not None and result.suspected.any()
    return {
        "duplicates": prose.duplicates(audit, words),
        "counts": table,
        "across": gallery.pairs(across=True),
        "within": gallery.pairs(across=False),
        "labels": prose.labels(result, words),
        "label_gallery": gallery.labels(["test"], "audit.figure_labels") if shows_labels else None,
        "scores": _scores_table(page, result),
        "score": prose.score(result, words),
        "poor": (poor := gallery.others(POOR)),
        "poor_heading": poor_heading(poor, words),
        "poor_number": page.number_figure() if poor else 0,
    }


def poor_heading(poor: Sequence[tuple[str, Any]], words: Words) -> str:
    """Return a heading that names the kinds of images that were found."""
    kinds = words.both([name[:1].lower() + name[1:] for name, _ in poor])
    return words.say("audit.poor_heading", kinds=kinds)


def counts_rows(
    audit: Audit, words: Words, judged: Sequence[str]
) -> tuple[list[Column], list[list[Cell]]]:
    """Return the columns and rows of how many images of each kind each split has.

    Args:
        audit: what was found.
        words: the language.
        judged: the splits whose labels were judged; of the others nothing is known.
    """
    images, method = audit.counts()["images"], audit.about["method"]
    one_in = words.numbers.integer(1 / method["outlier_share"])
    rows = []
    for kind, own in images.items():
        if kind == "label" and not judged:
            continue
        name = kind.replace("-", "_")
        counts = [
            words.say("audit.not_judged")
            if kind == "label" and split not in judged
            else words.numbers.integer(own[split])
            for split in _SPLITS
        ]
        about = words.say(f"audit.about_{name}", share=one_in)
        rows.append([Cell(words.say(f"audit.kind_{name}"), remarks=[about]), *cells(*counts)])
    columns = [Column(words.say(f"split_{split}"), number=True) for split in _SPLITS]
    return [Column(words.say("audit.column_kind")), *columns], rows


def _scores_table(page: Page, result: Audited) -> Table | None:
    """Return the best's accuracy on all test images and on subsets; None if there is no subset."""
    words, numbers = page.words, page.words.numbers
    if len(result.scores) == 1:
        return None
    rows = [
        [
            Cell(words.say(f"audit.subset_{score.subset.replace('-', '_')}")),
            Cell(numbers.integer(score.images)),
            Cell(
                numbers.percent(score.accuracy.estimate),
                remarks=[numbers.interval(score.accuracy.low, score.accuracy.high)],
            ),
        ]
        for score in result.scores
    ]
    columns = [
        page.column("audit.subset", number=False),
        page.column("audit.images"),
        page.column("audit.accuracy"),
    ]
    caption = words.say("audit.table_scores", best=page.label(result.best))
    return page.table(caption, columns, rows, files=ReportFile.NUMBERS)


def _report_json(findings: Findings) -> dict[str, Any]:
    result = audited(findings)
    return {"audit": result.to_json() if result else None}


def _references(findings: Findings) -> list[str]:
    result = audited(findings)
    if result is None:
        return []
    listed = ["barz-2020"] if result.facts.data["name"] == "cifar10" else []
    if result.suspected is None:
        return listed
    many = result.suspected.mean() > MOST_WRONG
    return [*listed, "northcutt-2021", *(["athalye-2021"] if many else [])]


def _has_audit(findings: Findings) -> bool:
    return audited(findings) is not None


TOPIC = Topic(
    "audit",
    section,
    files=[OtherFile(name, _has_audit) for name in FILES],
    report_json=_report_json,
    references=_references,
)
