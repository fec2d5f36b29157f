"""The files of an evaluation: its figures, predictions and mistakes, and its page."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from cotejo.corruptions import CORRUPTIONS, SEVERITIES
from cotejo.elsewhere.evaluating import Evaluation
from cotejo.elsewhere.layout import EvaluationFile, check_evaluation_place
from cotejo.store import (
    FORMAT,
    array_seal,
    described_files,
    locked,
    make_folder,
    now,
    write_csv,
    write_file,
    write_json,
    write_npz,
)

__all__ = ["evaluation_record", "mistake_rows", "write_evaluation"]

_CLASS_COLUMNS = (
    "label", "class", "precision", "precision_low", "precision_high", "recall", "recall_low",
    "recall_high", "f1", "f1_low", "f1_high", "auc", "support",
)  # fmt: skip
_MISTAKE_COLUMNS = (
    "index", "file", "true_label", "true_class", "predicted_label", "predicted_class",
    "probability", "probability_of_true",
)  # fmt: skip


def write_evaluation(result: Evaluation, folder: Path, language: str = "en") -> Path:
    """Write the files of an evaluation, ``evaluation.json`` last, and return the page's path.

    Args:
        result: the evaluation.
        folder: where; it is made, and files of an earlier evaluation are replaced.
        language: of the page and of the names of classes in the tables.

    Raises:
        OutputError: it holds other files, another process is using it, or it can't be written.
    """
    from cotejo.elsewhere.page import evaluation_page

    check_evaluation_place(folder)
    with locked(make_folder(folder)):
        names = result.model.classifier.class_names[language]
        (folder / EvaluationFile.RECORD).unlink(missing_ok=True)
        write_csv(folder / EvaluationFile.CLASSES, _CLASS_COLUMNS, _class_rows(result, language))
        _write_confusion(folder, result, names)
        arrays = _arrays(result)
        write_npz(folder / EvaluationFile.PREDICTIONS, **arrays)
        rows = mistake_rows(result, language)
        write_csv(folder / EvaluationFile.MISTAKES, _MISTAKE_COLUMNS, rows)
        places = result.positions[result.mistakes].astype(np.int64)
        write_npz(folder / EvaluationFile.IMAGES, indices=places, images=result.mistake_images)
        written = [
            EvaluationFile.CLASSES,
            EvaluationFile.CONFUSION,
            EvaluationFile.PREDICTIONS,
            EvaluationFile.MISTAKES,
            EvaluationFile.IMAGES,
            *_write_if_asked(folder, result),
        ]
        page = evaluation_page(result, language, [EvaluationFile.RECORD, *written])
        write_file(folder / EvaluationFile.PAGE, page)
        files = described_files(folder, written)
        record = evaluation_record(result) | {"predictions": array_seal(arrays), "files": files}
        write_json(folder / EvaluationFile.RECORD, record)
    return folder / EvaluationFile.PAGE


def evaluation_record(result: Evaluation) -> dict[str, Any]:
    """Return the content of ``evaluation.json``, without the list of its files."""
    model, dataset, own = result.model, result.dataset, result.model.own
    of_model = model.classifier.class_names["en"]
    of_set = dataset.class_names["en"]
    return {
        "format": FORMAT,
        "kind": "evaluation",
        "model": {
            "name": model.name,
            "key": model.key or None,
            "views": model.classifier.views,
            "temperature": model.classifier.temperature,
            "fit": model.classifier.fit,
            "image_shape": list(model.classifier.image_shape),
        },
        "data": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "split": result.split,
            "images": len(result.labels),
            "own": result.is_own_data,
            "compared": result.is_compared,
            "learned": result.learned,
            "tested": result.tested,
            "met_left_out": result.met_left_out,
        },
        "classes": {
            "matched": {
                of_set[label]: of_model[other]
                for label, other in enumerate(result.matching.labels.tolist())
                if other >= 0
            },
            "left_out": {of_set[label]: count for label, count in result.left_out.items()},
            "absent": [of_model[label] for label in result.matching.absent],
            "answers_absent": result.answers_absent,
        },
        "metrics": result.metrics,
        "own_test": None if own is None else asdict(own),
        "difference": None if result.difference is None else asdict(result.difference),
        "robustness": None if result.robustness is None else result.robustness.to_json(),
        "recalibration": (None if result.recalibration is None else result.recalibration.to_json()),
        "cotejo": version("cotejo"),
        "made": now(),
    }


def mistake_rows(result: Evaluation, language: str) -> list[dict[str, Any]]:
    """Return one row per kept mistake, the surest first, as ``mistakes.csv`` has them."""
    names = result.model.classifier.class_names[language]
    rows = []
    for place in result.mistakes.tolist():
        chances, index = result.probabilities[place], int(result.positions[place])
        true, predicted = int(result.labels[place]), int(chances.argmax())
        rows.append(
            {
                "index": index,
                "file": None if result.names is None else result.names[index],
                "true_label": true,
                "true_class": names[true],
                "predicted_label": predicted,
                "predicted_class": names[predicted],
                "probability": round(float(chances[predicted]), 6),
                "probability_of_true": round(float(chances[true]), 6),
            }
        )
    return rows


def _arrays(result: Evaluation) -> dict[str, Any]:
    return {
        "positions": result.positions.astype(np.int64),
        "labels": result.labels.astype(np.int32),
        "probabilities": result.probabilities,
    }


def _class_rows(result: Evaluation, language: str) -> list[dict[str, Any]]:
    names = result.model.classifier.class_names[language]
    rows = []
    for label, figures in enumerate(result.metrics["per_class"]):
        row: dict[str, Any] = {"label": label, "class": names[label]}
        for name in ("precision", "recall", "f1"):
            low, high = figures[f"{name}_interval"] or (None, None)
            row |= {name: figures[name], f"{name}_low": low, f"{name}_high": high}
        row |= {"auc": figures["auc"], "support": figures["support"]}
        rows.append({key: _rounded(value) for key, value in row.items()})
    return rows


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


def _write_confusion(folder: Path, result: Evaluation, names: Any) -> None:
    columns = ("true_class", *names)
    counts = result.metrics["confusion"]
    rows = [
        {"true_class": name, **dict(zip(names, row, strict=True))}
        for name, row in zip(names, counts, strict=True)
    ]
    write_csv(folder / EvaluationFile.CONFUSION, columns, rows)


def _write_if_asked(folder: Path, result: Evaluation) -> list[EvaluationFile]:
    """Write what only some evaluations have, delete what an earlier one left, and say what."""
    written = []
    for name in (EvaluationFile.CORRUPTIONS, EvaluationFile.TEMPERATURE):
        (folder / name).unlink(missing_ok=True)
    if (robustness := result.robustness) is not None:
        rows = [
            {"corruption": name, "severity": severity, "accuracy": _rounded(float(accuracy))}
            for name, values in zip(CORRUPTIONS, robustness.accuracy, strict=True)
            for severity, accuracy in zip(SEVERITIES, values, strict=True)
        ]
        write_csv(folder / EvaluationFile.CORRUPTIONS, ("corruption", "severity", "accuracy"), rows)
        written.append(EvaluationFile.CORRUPTIONS)
    if (changed := result.recalibration) is not None:
        content = {
            "format": FORMAT,
            "kind": "temperature",
            "temperature": changed.temperature,
            "model": result.model.name,
            "key": result.model.key or None,
            "data": result.dataset.name,
            "images": changed.fitted_on,
        }
        write_json(folder / EvaluationFile.TEMPERATURE, content)
        written.append(EvaluationFile.TEMPERATURE)
    return written
