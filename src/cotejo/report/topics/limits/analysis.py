"""What each alternative can't rule out, and whether it says what it doesn't know.

The sets follow from ``predictions.npz``: they are made on the validation images and measured on the
test images. The signs of unlikeness are in ``limits.npz``; runs of earlier versions have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.evaluate.calibration import tempered
from cotejo.evaluate.conformal import (
    COVERAGE,
    SetQuality,
    candidate_sets,
    least_probabilities,
    set_quality,
    true_probabilities,
)
from cotejo.evaluate.probes import PROBES
from cotejo.evaluate.roc import area_under_curve
from cotejo.evaluate.unlikeness import is_unlike, unlikeness, unusual
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings, computed_once
from cotejo.report.seed_means import over_seeds
from cotejo.stats import Interval
from cotejo.store import RunFolder

__all__ = ["AlternativeLimits", "limits", "limits_of_best"]


@dataclass(frozen=True)
class AlternativeLimits:
    """One alternative's limits on the test images: means over its finished seeds.

    Attributes:
        alternative: whose they are.
        coverage: how often the true class is in the set, with a 95% interval over seeds and
            images.
        size: how many classes a set has.
        singles: the share of the sets that have one class alone.
        by_class: the coverage of each class by the representative run; None without images.
        areas: of each kind of probe, how often one of them is more unlike than a test image;
            empty where a run has no signs of unlikeness.
        flagged: the share of each kind of probe, and of the test images (``"test"``), that is
            called unlike anything learned; empty likewise, and with too few validation images.
    """

    alternative: AlternativeFacts
    coverage: Interval
    size: float
    singles: float
    by_class: tuple[Interval | None, ...]
    areas: Mapping[str, float]
    flagged: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return what ``report.json`` holds of it."""
        return {
            "asked": COVERAGE,
            "coverage": asdict(self.coverage),
            "mean_size": self.size,
            "singles": self.singles,
            "auroc": dict(self.areas),
            "flagged": dict(self.flagged),
        }


@computed_once
def limits(findings: Findings) -> list[AlternativeLimits]:
    """Return one row per alternative with probabilities on validation and test images."""
    by_class = findings.facts.unlike is not None
    return [
        _limits(each, by_class)
        for each in findings.facts.trained
        if each.has_probabilities and each.has_validation
    ]


def limits_of_best(findings: Findings) -> AlternativeLimits | None:
    """Return the row of the best alternative; None if it has no such probabilities."""
    return next((row for row in limits(findings) if row.alternative is findings.best), None)


def _limits(alternative: AlternativeFacts, by_class: bool) -> AlternativeLimits:
    qualities = {run.path: _quality(run, by_class) for run in alternative.finished}
    each = list(qualities.values())
    coverage = over_seeds(
        [quality.coverage.estimate for quality in each],
        [[quality.coverage.low, quality.coverage.high] for quality in each],
    )
    if coverage is None:
        raise ValueError("`alternative` must have a finished run; received one without")
    signs = [arrays for run in alternative.finished if (arrays := _signs(run)) is not None]
    complete = len(signs) == len(alternative.finished)
    return AlternativeLimits(
        alternative,
        coverage,
        fmean(quality.mean_size for quality in each),
        fmean(quality.singles for quality in each),
        qualities[alternative.representative.path].by_class,
        _means([_areas(arrays) for arrays in signs]) if complete else {},
        _means([_flagged(arrays) for arrays in signs]) if complete else {},
    )


def _quality(run: RunFolder, by_class: bool) -> SetQuality:
    """Return how good the sets of a run are; of a cross-validation, those of all its networks."""
    # A reader of its own, so that the probabilities of all runs are not kept in memory.
    arrays = RunFolder(run.path).predictions
    temperature = (run.metrics["test"].get("calibration") or {}).get("temperature") or 1.0
    valid, test = (
        tempered(arrays[f"{split}_probabilities"], temperature).astype(np.float32)
        for split in ("valid", "test")
    )
    labels = arrays["valid_labels"]
    sets = np.zeros(test.shape, bool)
    for calibrated, judged in _parts(arrays):
        of_true = true_probabilities(labels[calibrated], valid[calibrated])
        least = least_probabilities(
            of_true, labels[calibrated], test.shape[1], COVERAGE, by_class=by_class
        )
        sets[judged] = candidate_sets(test[judged], least)
    return set_quality(arrays["test_labels"], sets)


def _parts(arrays: Mapping[str, NDArray[Any]]) -> list[tuple[Any, Any]]:
    """Return, for each network, the validation images that it has and the test images."""
    if "test_parts" not in arrays:
        return [(slice(None), slice(None))]
    parts = arrays["test_parts"].astype(np.int64)
    count = int(parts.max()) + 1
    # The network that tests a part has the next part for validation (`cotejo.data.folds`).
    return [(parts == (part + 1) % count, parts == part) for part in range(count)]


def _signs(run: RunFolder) -> Mapping[str, NDArray[Any]] | None:
    arrays = run.limits or {}
    wanted = ("valid", "test", *PROBES)
    if not all(f"{name}_signs" in arrays for name in wanted):
        return None
    return {name: arrays[f"{name}_signs"] for name in wanted}


def _areas(signs: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    among = signs["valid"]
    test = unusual(signs["test"], among)
    areas = {}
    for name in PROBES:
        probe = unusual(signs[name], among)
        inside = np.repeat([True, False], [len(probe), len(test)])
        areas[name], _ = area_under_curve(inside, np.concatenate([probe, test]))
    return areas


def _flagged(signs: Mapping[str, NDArray[Any]]) -> dict[str, float]:
    """Return the share of images that is called unlike; nothing with too few to compare with."""
    among = signs["valid"]
    flags = {
        name: is_unlike(unlikeness(signs[name], among), len(among)) for name in ("test", *PROBES)
    }
    return {name: float(flag.mean()) for name, flag in flags.items() if flag is not None}


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: fmean(row[name] for row in rows) for name in rows[0]} if rows else {}
