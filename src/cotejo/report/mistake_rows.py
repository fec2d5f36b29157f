"""The mistakes of the best alternative whose images were kept, the surest first."""

from __future__ import annotations

from typing import Any

import numpy as np

from cotejo.report.findings import Findings

__all__ = ["mistake_rows"]


def mistake_rows(findings: Findings, language: str) -> list[dict[str, Any]]:
    """Return one row per kept mistake of the best, the surest first.

    ``position`` says which of ``mistakes.npz``'s images it is; it goes into no file. Where classes
    alone were added, the probabilities are None, and the order is that of the images.
    """
    names = findings.facts.class_names(language)
    labels, chances = findings.best.test_predictions
    indices, _ = findings.best.kept_mistakes
    sureness = chances[indices].max(axis=1) if len(indices) else np.zeros(0)
    sure = findings.best.has_probabilities
    rows = []
    for position in np.argsort(-sureness, kind="stable").tolist():
        index = int(indices[position])
        true, predicted = int(labels[index]), int(chances[index].argmax())
        rows.append(
            {
                "position": position,
                "index": index,
                "true_label": true,
                "true_class": names[true],
                "predicted_label": predicted,
                "predicted_class": names[predicted],
                "probability": float(chances[index, predicted]) if sure else None,
                "probability_of_true": float(chances[index, true]) if sure else None,
            }
        )
    return rows
