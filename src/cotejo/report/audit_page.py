"""The audit of a dataset as a page of its own, which needs no study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from cotejo.data.audit import Audit
from cotejo.facts import in_language
from cotejo.report.elements import Table
from cotejo.report.html import environment, stylesheet
from cotejo.report.topics.audit import POOR, counts_rows, poor_heading
from cotejo.report.topics.audit import words as prose
from cotejo.report.topics.audit.gallery import AuditGallery
from cotejo.report.words import Words
from cotejo.store import StudyFile, write_file

__all__ = ["write_audit_page"]


def write_audit_page(
    path: Path,
    audit: Audit,
    facts: Mapping[str, Any],
    language: str,
    judged: Sequence[str] = (),
) -> None:
    """Write the audit of a dataset as one HTML page that needs no other file.

    Args:
        path: where.
        audit: what was found.
        facts: of the dataset, as `cotejo.data.describe` gives them.
        language: ``"en"`` or ``"es"``.
        judged: the splits whose labels were judged.

    Raises:
        OutputError: it can't be written.
    """
    words = Words(language)
    numbers = count(1)
    names = [str(name) for name in in_language(facts["class_names"], language)]
    gallery = AuditGallery(audit, names, words, lambda: next(numbers))
    columns, rows = counts_rows(audit, words, judged)
    name = StudyFile.AUDIT_ISSUES
    content = {
        "duplicates": prose.duplicates(audit, words),
        "counts": Table(1, words.say("audit.table_counts"), columns, rows, files=name),
        "across": gallery.pairs(across=True),
        "within": gallery.pairs(across=False),
        "labels": prose.judged_labels(audit, judged, words),
        "label_gallery": gallery.labels(judged, "audit.figure_labels_own"),
        "poor": (poor := gallery.others(POOR)),
        "poor_heading": poor_heading(poor, words),
        "poor_number": next(numbers) if poor else 0,
        "scores": None,
        "score": [],
    }
    page = (
        environment(words, {name: name})
        .get_template("audit-page.html")
        .render(
            language=language,
            title=words.say("audit.page_title", name=words.data_name(facts["name"])),
            subtitle=_subtitle(facts, words),
            section=content,
            style=stylesheet(),
        )
    )
    write_file(path, page)


def _subtitle(facts: Mapping[str, Any], words: Words) -> str:
    return words.say(
        "audit.page_subtitle",
        images=words.numbers.integer(sum(map(sum, facts["counts"].values()))),
        shape="×".join(map(str, facts["image_shape"])),
        classes=len(facts["class_names"]["en"]),
        date=words.numbers.day(date.today().isoformat()),
    )
