"""Whether the files of a study agree with each other: checked once, before anything rests on it.

What a single file must hold is checked when it is read (`cotejo.store`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from cotejo.config import Settings
from cotejo.evaluate import check_predictions, log_loss
from cotejo.store import RunFolder, StudyFolder, damaged

__all__ = ["check_run", "check_settings", "metric_differences"]

_CLOSE = 1e-6
"""How near a metric is to what the predictions give: both were computed from the same numbers."""


def check_settings(study: StudyFolder) -> None:
    """Check the settings that ``study.json`` gives of each alternative.

    What this Cotejo does not know as a setting is left alone: an option of a model, or a setting of
    a later version or one that is gone.

    Raises:
        OutputError: a value is none that the setting takes.
    """
    for index, alternative in enumerate(study.study["alternatives"]):
        given = alternative.get("settings") or {}
        known = {name: value for name, value in given.items() if name in Settings.names()}
        try:
            Settings.model_validate(known)
        except ValidationError as error:
            first = error.errors()[0]
            field = f"alternatives.{index}.settings.{first['loc'][0]}"
            raise damaged(study.path / "study.json", field, first["input"]) from error


def check_run(run: RunFolder, seed: int, data: Mapping[str, Any]) -> None:
    """Check that a finished run's files agree with each other and with the study's data.

    Args:
        run: which.
        seed: that its folder is named for.
        data: the study's ``data.json``.

    Raises:
        OutputError: one does not; it is named.
    """
    record = run.path / "run.json"
    fingerprint = (run.record.get("dataset") or {}).get("fingerprint")
    if run.record["seed"] != seed:
        raise damaged(record, "seed", run.record["seed"])
    if None not in (fingerprint, data.get("fingerprint")) and fingerprint != data["fingerprint"]:
        raise damaged(record, "dataset.fingerprint", fingerprint)
    if "valid" not in run.metrics or len(run.metrics["test"]["per_class"]) != len(
        data["counts"]["test"]
    ):
        raise damaged(run.path / "metrics.json", "valid")
    if (run.metrics["test"].get("calibration") or {"temperature": 1}).get("temperature") is None:
        raise damaged(run.path / "metrics.json", "test.calibration.temperature")
    if any("valid_loss" not in row or "valid_accuracy" not in row for row in run.history):
        raise damaged(run.path / "history.csv", "valid_loss")
    # Read one by one, and not kept: thirty runs' probabilities are many.
    _check_labels(run, data)
    difference = next(metric_differences(RunFolder(run.path)), None)
    if difference is not None:
        raise damaged(run.path / "metrics.json", *difference)
    indices, images = run.mistakes["indices"], run.mistakes["images"]
    if (indices >= sum(data["counts"]["test"])).any() or (
        images.shape[1:] != tuple(data["image_shape"])
    ):
        raise damaged(run.path / "mistakes.npz", "indices")


def _check_labels(run: RunFolder, data: Mapping[str, Any]) -> None:
    arrays, path = RunFolder(run.path).predictions, run.path / "predictions.npz"
    for split in ("valid", "test"):
        labels, counts = arrays.get(f"{split}_labels"), data["counts"][split]
        if labels is None:
            raise damaged(path, f"{split}_labels")
        if np.bincount(labels, minlength=len(counts)).tolist() != counts:
            raise damaged(path, f"{split}_labels", np.bincount(labels).tolist())
        if arrays[f"{split}_probabilities"].shape[1] != len(counts):
            raise damaged(path, f"{split}_probabilities")


def metric_differences(run: RunFolder) -> Iterator[tuple[str, Any]]:
    """Yield each metric that does not follow from the predictions: its name, and what it is.

    The accuracy, the loss and the number of images of each split, and the confusion matrix, from
    which precision, recall and F1 follow.
    """
    arrays = run.predictions
    for split in ("valid", "test"):
        if split not in run.metrics:
            continue
        said = run.metrics[split]
        true, chances = check_predictions(
            arrays[f"{split}_labels"], arrays[f"{split}_probabilities"]
        )
        matrix = _confusion(true, chances)
        found = {
            "images": len(true),
            "accuracy": float(np.trace(matrix)) / len(true),
            "loss": log_loss(true, chances),
        }
        for name, value in found.items():
            if abs(said[name] - value) > _CLOSE * max(1.0, abs(value)):
                yield f"{split}.{name}", said[name]
        if "confusion" in said and said["confusion"] != matrix.tolist():
            yield f"{split}.confusion", said["confusion"]


def _confusion(true: NDArray[np.int64], chances: NDArray[Any]) -> NDArray[np.int64]:
    classes = chances.shape[1]
    places = true * classes + chances.argmax(axis=1)
    return np.bincount(places, minlength=classes**2).reshape(classes, classes)
