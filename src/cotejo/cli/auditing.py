"""``cotejo data --audit``: audit a dataset, judge its labels if asked, and show the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from cotejo.cli.console import print_lines, say
from cotejo.cli.display import Display
from cotejo.cli.tables import audit_table, numbers
from cotejo.data import Dataset
from cotejo.data.audit import (
    PAGE,
    Audit,
    Issue,
    cached_audit,
    check_audit_place,
    read_review,
    reviewed_of,
    spread,
    with_issues,
    write_audit_files,
)
from cotejo.messages import current_language, message
from cotejo.report.audit_page import write_audit_page
from cotejo.report.topics.audit import words as prose
from cotejo.report.words import Words
from cotejo.store import StudyFile, check_clock, locked, make_folder

__all__ = ["audit_and_show"]

_EXAMPLES = 5
_JUDGED = ("train", "valid")
"""The splits whose labels cross-validation judges; those of the test set are judged by a study."""


def audit_and_show(
    console: Console,
    display: Display,
    dataset: Dataset,
    facts: Mapping[str, Any],
    out: Path | None,
    labels: bool,
) -> None:
    """Audit a dataset, write ``audit.csv`` and the files beside it, and show the findings.

    Args:
        console: shows the findings.
        display: shows what is being done.
        dataset: is audited.
        facts: about the dataset, as `cotejo.data.describe` gives them.
        out: the folder to write to; ``runs/audit-<name>`` if None.
        labels: whether networks are trained to judge the labels.

    Raises:
        OutputError: the folder can't be written to, another process is using it, or it holds
            files that are not an audit's.
    """
    # Before anything that takes long, so that a mistake in the path costs no time.
    folder = out if out is not None else Path("runs") / f"audit-{dataset.name}"
    check_audit_place(folder)
    check_clock()
    with locked(make_folder(folder)):
        check_audit_place(folder)
        _audit_into(folder, console, display, dataset, facts, labels)


def _audit_into(
    folder: Path,
    console: Console,
    display: Display,
    dataset: Dataset,
    facts: Mapping[str, Any],
    labels: bool,
) -> None:
    audit = cached_audit(dataset, lambda: display.audit_started(dataset))
    judged = _JUDGED if labels else ()
    if labels:
        audit = _judged(console, display, dataset, audit)
    display.close()
    write_audit_files(folder, audit)
    page = folder / PAGE
    write_audit_page(page, audit, facts, current_language(), judged)
    _show(console, audit, dataset, judged)
    said = reviewed_of(audit, read_review(folder, dataset.fingerprint), judged)
    for sentence in prose.reviewed(said, Words(current_language())):
        say(console, sentence)
    print_lines(
        console,
        (message("audit.file_rows"), folder / StudyFile.AUDIT_ISSUES),
        (message("audit.file_page"), page),
    )


def _judged(console: Console, display: Display, dataset: Dataset, audit: Audit) -> Audit:
    """Return the audit with suspected labels: networks are trained to find them."""
    display.note(message("cli.loading_keras"))
    # Deferred: only judging labels needs a backend.
    from cotejo.study.crossvalidation import FOLDS, expected_seconds, judged_labels, recipe

    settings = recipe(dataset)
    display.note(message("cli.timing"))
    duration = numbers().duration(expected_seconds(dataset, settings))
    say(console, message("audit.labels_estimated", folds=FOLDS, duration=duration), "bold")

    def on_epoch(fold: int, epoch: int) -> None:
        epochs = settings.epochs
        display.note(
            message("audit.labels_progress", fold=fold, folds=FOLDS, epoch=epoch, epochs=epochs)
        )

    judged = with_issues(audit, judged_labels(dataset, settings, on_epoch=on_epoch), dataset)
    judges = {"folds": FOLDS, "settings": settings.flat()}
    about = {**judged.about, "labels_judged_by": judges}
    return Audit(judged.issues, judged.images, judged.places, judged.labels, about)


def _show(console: Console, audit: Audit, dataset: Dataset, judged: Sequence[str]) -> None:
    words = Words(current_language())
    console.print()
    say(console, message("audit.heading"), "bold")
    console.print(audit_table(audit.counts()["images"], judged))
    for sentence in (*prose.found_twice(audit, words), *prose.doubts(audit, words)):
        say(console, sentence)
    for sentence in prose.judged_labels(audit, judged, words):
        say(console, sentence)
    console.print()
    pairs, total = spread(audit.leaks, _EXAMPLES), len(audit.leaks)
    if pairs:
        key = "audit.examples" if total > len(pairs) else "audit.examples_all"
        heading = message(key, count=len(pairs), total=numbers().integer(total))
        say(console, heading, "dim")
    for issue in pairs:
        say(console, "  " + _pair_text(issue, dataset))
    for issue in audit.of_kind("label")[:_EXAMPLES]:
        say(console, "  " + _label_text(issue, dataset))


def _pair_text(issue: Issue, dataset: Dataset) -> str:
    return message(
        "audit.example",
        kind=message(f"audit.kind_{issue.kind.replace('-', '_')}").lower(),
        first=_place(issue.split, issue.index),
        first_class=_class(dataset, issue.split, issue.index),
        second=_place(issue.partner_split, issue.partner),
        second_class=_class(dataset, issue.partner_split, issue.partner),
        likeness=numbers().decimal(issue.score, 2),
    )


def _label_text(issue: Issue, dataset: Dataset) -> str:
    return message(
        "audit.label_example",
        place=_place(issue.split, issue.index),
        given=_class(dataset, issue.split, issue.index),
        predicted=dataset.class_names[current_language()][issue.predicted or 0],
    )


def _place(split: str | None, index: int | None) -> str:
    return message(f"audit.place_{split}", index=index)


def _class(dataset: Dataset, split: str | None, index: int | None) -> str:
    label = int(getattr(dataset, str(split)).labels[index])
    return dataset.class_names[current_language()][label]
