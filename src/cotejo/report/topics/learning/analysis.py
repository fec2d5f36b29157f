"""Learning curves: alternatives that differ in how many training images they learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cotejo.facts import AlternativeFacts
from cotejo.report.evidence import Lead
from cotejo.report.findings import Findings
from cotejo.report.seed_means import mean_of, recorded
from cotejo.stats import Interval

__all__ = ["CURVE_COLUMNS", "Curve", "Point", "curve_rows", "curves"]

CURVE_COLUMNS = ("curve", "alternative", "train_images", "test_accuracy", "low", "high")

_HALF = 0.02
"""How far from 2 the ratio of two numbers of images may be for one to be called half the other."""


@dataclass(frozen=True)
class Point:
    """A point of a curve: an alternative, its number of training images and its test accuracy."""

    alternative: AlternativeFacts
    images: int
    accuracy: Interval


@dataclass(frozen=True)
class Curve:
    """Alternatives that differ only in the share of the training images they learn from.

    Attributes:
        points: from the fewest images to the most.
        steps: of each amount over the next smaller one that is half of it; of the largest over
            the smallest where there is no half.
    """

    points: tuple[Point, ...]
    steps: tuple[tuple[Point, Point, Lead], ...]

    @property
    def halves(self) -> bool:
        """Whether each step halves the number of images."""
        return all(_is_half(less, more) for more, less, _ in self.steps)


def curves(findings: Findings) -> list[Curve]:
    """Return one curve per group of alternatives with otherwise equal settings, in their order."""
    groups: dict[tuple[tuple[str, str], ...], list[Point]] = {}
    for alternative in findings.facts.own:
        shared = {
            key: value for key, value in alternative.settings.items() if key != "train_fraction"
        }
        group = tuple(sorted((key, repr(value)) for key, value in shared.items()))
        point = Point(
            alternative, _images(findings, alternative), findings.accuracy[alternative.name]
        )
        groups.setdefault(group, []).append(point)
    all_curves = []
    for points in groups.values():
        if len({_fraction(point.alternative) for point in points}) > 1:
            ordered = tuple(sorted(points, key=lambda point: point.images))
            all_curves.append(Curve(ordered, _steps(findings, ordered)))
    return all_curves


def _steps(findings: Findings, points: tuple[Point, ...]) -> tuple[tuple[Point, Point, Lead], ...]:
    pairs = [
        (more, less)
        for position, more in enumerate(points)
        for less in points[:position]
        if _is_half(less, more)
    ]
    return tuple(
        (more, less, findings.evidence.lead(more.alternative, less.alternative))
        for more, less in pairs or [(points[-1], points[0])]
    )


def _is_half(less: Point, more: Point) -> bool:
    return abs(more.images / less.images - 2) <= _HALF


def _fraction(alternative: AlternativeFacts) -> float:
    fraction = alternative.settings.get("train_fraction")
    return 1.0 if fraction is None else float(fraction)


def _images(findings: Findings, alternative: AlternativeFacts) -> int:
    learned = mean_of(recorded(alternative, "dataset", "train"))
    # Older runs do not record it: it follows from their share of the images.
    return round(learned or findings.facts.images("train") * _fraction(alternative))


def curve_rows(findings: Findings, language: str) -> list[dict[str, Any]] | None:
    """Return one row per point of a curve; None where the study has no curve."""
    rows = [
        {
            "curve": number,
            "alternative": point.alternative.name,
            "train_images": point.images,
            "test_accuracy": point.accuracy.estimate,
            "low": point.accuracy.low,
            "high": point.accuracy.high,
        }
        for number, curve in enumerate(curves(findings), start=1)
        for point in curve.points
    ]
    return rows or None
