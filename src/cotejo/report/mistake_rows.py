"""The mistakes of the best alternative whose images were kept, and how one is shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.report.elements import Picture
from cotejo.report.findings import Findings
from cotejo.report.pictures import data_uri
from cotejo.report.words import Words

__all__ = ["mistake_picture", "mistake_rows"]


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


def mistake_picture(image: NDArray[np.uint8], row: Mapping[str, Any], words: Words) -> Picture:
    """Return a mistake's image, with both classes and the probability under it.

    Args:
        image: ``[height, width, channels]``.
        row: the mistake, with its probability; perhaps with its ``file``, whose name comes last.
        words: the language.
    """
    true, predicted = row["true_class"], row["predicted_class"]
    name = [PurePosixPath(row["file"]).name] if row.get("file") else []
    return Picture(
        data_uri(image),
        words.say("mistake_alt", index=row["index"], true=true, predicted=predicted),
        (true, f"→ {predicted}", words.numbers.percent(row["probability"]), *name),
    )
