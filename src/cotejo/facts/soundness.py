"""Which runs of a study can be counted: those whose files are whole and agree with each other.

This is the one place that decides it, for the report and for `cotejo.verify`. What a single file
must hold is checked when it is read (`cotejo.store`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from cotejo.config import Settings
from cotejo.config.augmentations import AugmentationError
from cotejo.errors import OutputError
from cotejo.evaluate import balanced_accuracy, check_predictions, confusion_counts, log_loss
from cotejo.store import RunFile, RunFolder, StudyFile, StudyFolder, damaged

__all__ = ["JudgedRun", "check_settings", "judged_runs", "metric_differences"]

_CLOSE = 1e-6
"""The largest relative difference between a metric and what the predictions give."""

_LARGEST = 2**63
"""The whole numbers of an option are below this one."""


def check_settings(study: StudyFolder) -> None:
    """Check the settings that ``study.json`` gives of each alternative.

    What this version does not know as a setting only has to be a single value: an option of a
    model, or a setting of a later version, or of an earlier one that had it. An augmentation may
    have parts that this version does not know.

    Raises:
        OutputError: a setting has a value that it can't take.
    """
    for index, alternative in enumerate(study.study["alternatives"]):
        given = alternative.get("settings") or {}
        place = f"alternatives.{index}.settings"
        for name, value in given.items():
            if name not in Settings.names() and not _is_single(value):
                raise damaged(study.path / StudyFile.RECORD, f"{place}.{name}", value)
        known = {name: value for name, value in given.items() if name in Settings.names()}
        try:
            Settings.model_validate(known)
        except ValidationError as error:
            complaints = [each for each in error.errors() if not _is_of_unknown_part(each)]
            if complaints:
                first = complaints[0]
                field = f"{place}.{first['loc'][0]}"
                raise damaged(study.path / StudyFile.RECORD, field, first["input"]) from error


def _is_single(value: Any) -> bool:
    """Return whether a value is one that an option can take: a number, a text, true or false."""
    if isinstance(value, int) and not -_LARGEST < value < _LARGEST:
        return False
    return value is None or isinstance(value, bool | int | float | str)


def _is_of_unknown_part(complaint: Mapping[str, Any]) -> bool:
    """Return whether a complaint is about a part of an augmentation that is not known here."""
    cause = complaint.get("ctx", {}).get("error")
    return isinstance(cause, AugmentationError) and cause.key in (
        "augment_unknown",
        "augment_unknown_part",
    )


@dataclass(frozen=True)
class JudgedRun:
    """A run that came to an end, and whether it can be counted.

    Attributes:
        alternative, seed: which run.
        run: its files.
        state: ``"sound"`` if it finished and its files are whole and agree with each other;
            ``"failed"`` if its training failed; ``"damaged"`` if it finished and can't be counted.
        damage: what is wrong with a damaged run. It names the file.
    """

    alternative: str
    seed: int
    run: RunFolder
    state: Literal["sound", "failed", "damaged"]
    damage: OutputError | None = None


def judged_runs(study: StudyFolder, alternative: str) -> Iterator[JudgedRun]:
    """Yield the runs of an alternative that came to an end, in the order of their seeds.

    Only runs of the study's own settings are among them. What a study of other settings left
    counts as missing.
    """
    for seed, run in study.runs(alternative):
        try:
            failed = run.record["status"] == "failed"
            if not failed:
                _check_finished(study, alternative, run, seed)
        except OutputError as error:
            yield JudgedRun(alternative, seed, run, "damaged", error)
        else:
            yield JudgedRun(alternative, seed, run, "failed" if failed else "sound")


def _check_finished(study: StudyFolder, alternative: str, run: RunFolder, seed: int) -> None:
    entry = next(each for each in study.study["alternatives"] if each["name"] == alternative)
    if run.is_added != bool(entry.get("added")):
        raise damaged(run.path / RunFile.RECORD, "source")
    if study.study.get("final"):
        # Without validation images there is less to agree on. To read a file checks it.
        _ = study.data, run.metrics, run.predictions, run.limits
    else:
        _check_agreement(run, seed, study.data)
    if run.damage is not None:
        raise run.damage


def _check_agreement(run: RunFolder, seed: int, data: Mapping[str, Any]) -> None:
    """Check that a finished run's files agree with each other and with the study's data.

    Args:
        run: the run.
        seed: the seed in the name of its folder.
        data: the study's ``data.json``.

    Raises:
        OutputError: a file disagrees; the error names it.
    """
    record = run.path / RunFile.RECORD
    fingerprint = (run.record.get("dataset") or {}).get("fingerprint")
    if run.record["seed"] != seed:
        raise damaged(record, "seed", run.record["seed"])
    if None not in (fingerprint, data.get("fingerprint")) and fingerprint != data["fingerprint"]:
        raise damaged(record, "dataset.fingerprint", fingerprint)
    if len(run.metrics["test"]["per_class"]) != len(data["counts"]["test"]):
        raise damaged(run.path / RunFile.METRICS, "test.per_class")
    if not run.is_added:
        _check_own_metrics(run)
        _check_limits(run)
    if run.has_history and any(
        "valid_loss" not in row or "valid_accuracy" not in row for row in run.history
    ):
        raise damaged(run.path / RunFile.HISTORY, "valid_loss")
    # Through a reader of its own, which is dropped: the probabilities of thirty runs take memory.
    _check_labels(run, data)
    difference = next(metric_differences(RunFolder(run.path)), None)
    if difference is not None:
        raise damaged(run.path / RunFile.METRICS, *difference)
    indices, images = run.mistakes["indices"], run.mistakes["images"]
    if (indices >= sum(data["counts"]["test"])).any() or (
        images.shape[1:] != tuple(data["image_shape"])
    ):
        raise damaged(run.path / RunFile.MISTAKES, "indices")


def _check_own_metrics(run: RunFolder) -> None:
    """Check that what Cotejo trained was measured on validation; an added run may not be."""
    path = run.path / RunFile.METRICS
    if "valid" not in run.metrics:
        raise damaged(path, "valid")
    if (run.metrics["test"].get("calibration") or {"temperature": 1}).get("temperature") is None:
        raise damaged(path, "test.calibration.temperature")


def _check_limits(run: RunFolder) -> None:
    """Check that limits are about as many classes as the predictions are."""
    limits = run.limits or {}
    labels, classes = limits.get("true_labels"), len(run.metrics["test"]["per_class"])
    if labels is not None and labels.max() >= classes:
        raise damaged(run.path / RunFile.LIMITS, "true_labels", int(labels.max()))


def _check_labels(run: RunFolder, data: Mapping[str, Any]) -> None:
    arrays, path = RunFolder(run.path).predictions, run.path / RunFile.PREDICTIONS
    if ("valid" in run.metrics) != ("valid_labels" in arrays):
        raise damaged(path, "valid_labels")
    for split in ("valid", "test"):
        if split not in run.metrics:
            continue
        labels, counts = arrays.get(f"{split}_labels"), data["counts"][split]
        if labels is None:
            raise damaged(path, f"{split}_labels")
        if np.bincount(labels, minlength=len(counts)).tolist() != counts:
            raise damaged(path, f"{split}_labels", np.bincount(labels).tolist())
        if arrays[f"{split}_probabilities"].shape[1] != len(counts):
            raise damaged(path, f"{split}_probabilities")
    folds = (data.get("split") or {}).get("folds", 1)
    parts = np.unique(arrays.get("test_parts", np.zeros(1, np.uint8)))
    if parts.tolist() != list(range(folds)):
        raise damaged(path, "test_parts", parts.tolist())


def metric_differences(run: RunFolder) -> Iterator[tuple[str, Any]]:
    """Yield each metric that does not follow from the predictions: its name and its recorded value.

    Compared are the accuracy, the balanced accuracy, the loss and the number of images of each
    split, and the confusion matrix, from which precision, recall and F1 follow.
    """
    arrays = run.predictions
    for split in ("valid", "test"):
        if split not in run.metrics:
            continue
        recorded = run.metrics[split]
        true, chances = check_predictions(
            arrays[f"{split}_labels"], arrays[f"{split}_probabilities"]
        )
        matrix = confusion_counts(true, chances)
        computed = {
            "images": len(true),
            "accuracy": float(np.trace(matrix)) / len(true),
            "loss": log_loss(true, chances),
            # Runs made before it was measured lack it.
            "balanced_accuracy": balanced_accuracy(matrix).estimate,
        }
        for name, value in computed.items():
            if recorded.get(name) is not None and abs(recorded[name] - value) > _CLOSE * max(
                1.0, abs(value)
            ):
                yield f"{split}.{name}", recorded[name]
        if "confusion" in recorded and recorded["confusion"] != matrix.tolist():
            yield f"{split}.confusion", recorded["confusion"]
