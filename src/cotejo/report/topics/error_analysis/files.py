"""The files with the numbers of where the networks fail, and of what their mistakes share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cotejo.facts.error_analysis import ErrorAnalysis
from cotejo.report.findings import Findings

__all__ = [
    "AGREEMENT_COLUMNS",
    "IMAGE_COLUMNS",
    "TRAIT_COLUMNS",
    "ShownImage",
    "agreement_rows",
    "image_rows",
    "shown_images",
    "trait_rows",
]

ShownImage = dict[str, Any]

TRAIT_COLUMNS = ("trait", "fifth", "mean", "images", "mistakes", "error_rate", "low", "high")
AGREEMENT_COLUMNS = (
    "first", "second", "agreement", "low", "high", "kappa", "error_overlap", "first_rescued",
    "second_rescued",
)  # fmt: skip
IMAGE_COLUMNS = (
    "gallery", "index", "true_label", "true_class", "predicted_label", "predicted_class",
    "networks",
)  # fmt: skip


def shown_images(analysis: ErrorAnalysis, language: str) -> list[ShownImage]:
    """Return one row per image shown: in which gallery, what it is and what it is taken for.

    ``networks`` is how many take an image of ``all_wrong`` for that class; what is said of the
    others is of the best's representative run. The galleries of pairs are called ``pairs``.
    """
    names = analysis.facts.class_names(language)
    labels, chances = analysis.best.test_predictions

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

    voted = zip(analysis.gallery("all_wrong"), analysis.votes, strict=True)
    rows = [row("all_wrong", index, *vote) for index, vote in voted]
    others = {name: analysis.gallery(name) for name in ("only_best_right", "only_best_wrong")}
    others["pairs"] = [index for examples in analysis.pairs.values() for index in examples]
    for gallery, indices in others.items():
        rows += [row(gallery, index, int(chances[index].argmax()), None) for index in indices]
    return rows


def image_rows(findings: Findings, language: str) -> list[ShownImage] | None:
    """Return `shown_images` of a study; None where it did not look at its networks' mistakes."""
    return shown_images(findings.error_analysis, language) if findings.error_analysis else None


def trait_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per trait and quintile of the images; None as `image_rows`."""
    if findings.error_analysis is None:
        return None
    return [
        {"trait": effect.trait, "error_rate": quintile.rate} | asdict(quintile)
        for effect in findings.error_analysis.commonalities.traits
        for quintile in effect.fifths
    ]


def agreement_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per pair of alternatives; None as `image_rows`."""
    if findings.error_analysis is None:
        return None
    return [asdict(pair) for pair in findings.error_analysis.agreement.pairs]
