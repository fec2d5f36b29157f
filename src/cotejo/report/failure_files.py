"""The files with the numbers of where the networks fail, and of what their mistakes share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from cotejo.facts.failures import Failures
from cotejo.report.findings import Findings
from cotejo.report.rounding import write_rounded

__all__ = ["ShownImage", "shown_images", "write_failure_files"]

ShownImage = dict[str, Any]

_TRAIT_COLUMNS = ("trait", "fifth", "mean", "images", "mistakes", "error_rate", "low", "high")
_AGREEMENT_COLUMNS = (
    "first", "second", "agreement", "low", "high", "kappa", "error_overlap", "first_rescued",
    "second_rescued",
)  # fmt: skip
_IMAGE_COLUMNS = (
    "gallery", "index", "true_label", "true_class", "predicted_label", "predicted_class",
    "networks",
)  # fmt: skip


def write_failure_files(findings: Findings, language: str) -> None:
    """Write ``traits.csv``, ``agreement.csv`` and ``failures.csv``, where the study looked.

    What another report left of another study's runs goes.
    """
    folder, found = findings.facts.folder.path, findings.failures
    files = {
        "traits.csv": (_TRAIT_COLUMNS, _trait_rows),
        "agreement.csv": (_AGREEMENT_COLUMNS, _agreement_rows),
        "failures.csv": (_IMAGE_COLUMNS, lambda failures: shown_images(failures, language)),
    }
    for name, (columns, rows) in files.items():
        if found is None:
            (folder / name).unlink(missing_ok=True)
        else:
            write_rounded(folder / name, columns, rows(found))


def shown_images(failures: Failures, language: str) -> list[ShownImage]:
    """Return a row an image shown: in which gallery, what it is and what it is taken for.

    ``networks`` is how many take an image of ``all_wrong`` for that class; what is said of the
    others is of the best's representative run. The galleries of pairs are called ``pairs``.
    """
    names = failures.facts.class_names(language)
    labels, chances = failures.best.test_predictions

    def row(gallery: str, index: int, predicted: int, networks: int | None) -> ShownImage:
        true = int(labels[index])
        return {
            "gallery": gallery,
            "index": index,
            "true_label": true,
            "true_class": names[true],
            "predicted_label": predicted,
            "predicted_class": names[predicted],
            "networks": networks,
        }

    voted = zip(failures.gallery("all_wrong"), failures.votes, strict=True)
    rows = [row("all_wrong", index, *vote) for index, vote in voted]
    others = {name: failures.gallery(name) for name in ("only_best_right", "only_best_wrong")}
    others["pairs"] = [index for examples in failures.pairs.values() for index in examples]
    for gallery, indices in others.items():
        rows += [row(gallery, index, int(chances[index].argmax()), None) for index in indices]
    return rows


def _trait_rows(failures: Failures) -> Iterator[dict[str, Any]]:
    for effect in failures.commonalities.traits:
        for fifth in effect.fifths:
            yield {"trait": effect.trait, "error_rate": fifth.rate} | asdict(fifth)


def _agreement_rows(failures: Failures) -> Sequence[dict[str, Any]]:
    return [asdict(pair) for pair in failures.agreement.pairs]
