"""A study that only tells its observer what happens, without training anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cotejo.config import StudyConfig
from cotejo.data import Dataset, Split
from cotejo.errors import TrainingError
from cotejo.study import StudyResult
from cotejo.study.progress import Estimate, Observer, PlannedRun

CONFIG = {
    "name": "pair",
    "data": "cifar10",
    "seeds": 2,
    "base": {"epochs": 2, "precision": "float32"},
    "alternative": [
        {"name": "mlp", "model": "mlp"},
        {"name": "cnn3-he", "model": "cnn3", "initializer": "he", "augment": "notebook"},
    ],
}


def config() -> StudyConfig:
    return StudyConfig.parse(CONFIG)


def dataset() -> Dataset:
    def split(count: int) -> Split:
        return Split(np.zeros((count, 32, 32, 3), np.uint8), np.zeros(count, np.int32))

    names = tuple("abcdefghij")
    classes = {"en": names, "es": names}
    train, valid, test = split(12000), split(1000), split(1000)
    return Dataset("cifar10", train, valid, test, classes, {"method": "notebook"}, "/data")


def planned(study: StudyConfig, out: Path) -> list[PlannedRun]:
    """The plan, with the first run done already."""
    pairs = [(each, seed) for each in study.alternatives for seed in study.seeds]
    return [
        PlannedRun(
            each.name,
            seed,
            key=f"{position}",
            folder=out / each.name / f"seed-{seed}",
            finished=position == 0,
            epochs=each.settings.epochs,
            parameters=1707274,
        )
        for position, (each, seed) in enumerate(pairs)
    ]


def row(epoch: int, **changes: float) -> dict[str, float]:
    history = {
        "epoch": epoch,
        "train_loss": 1.6 / epoch,
        "train_accuracy": 0.412,
        "valid_loss": 1.331 / epoch,
        "valid_accuracy": 0.52,
        "learning_rate": 0.001,
        "seconds": 4.07,
    }
    return history | changes


def drive(observer: Observer, out: Path, fail: bool = True) -> StudyResult:
    """Tell ``observer`` of a whole study: one run done before, two that finish, one that fails."""
    study = config()
    runs = planned(study, out)
    observer.planned(study, dataset(), runs, out, False)
    for each in study.alternatives:
        observer.timed(Estimate(each.name, 1707274, 5512.3, 73.0))
    observer.estimated(219.0)
    result = StudyResult(out, finished=runs[:1])
    for run in runs[1:]:
        observer.run_started(run)
        for epoch in (1, 2):
            for step in (50, 100):
                observer.batch_ended(run, epoch, step, 100)
            observer.epoch_ended(run, row(epoch))
        if run is runs[-1] and fail:
            result.failed.append(run)
            observer.run_failed(run, TrainingError("loss_not_finite", epoch=2, learning_rate=0.1))
            continue
        result.finished.append(run)
        metrics = {"valid": {"accuracy": 0.661}, "test": {"accuracy": 0.6543}}
        observer.run_finished(run, metrics)
    return result


def summary_rows() -> list[dict[str, Any]]:
    """Rows as of ``summary.csv``: the second best on validation, a third without a run."""
    done = {
        "model": "mlp",
        "parameters": 1707274,
        "seeds": 2,
        "epochs": 2,
        "train_accuracy": 0.91,
        "valid_accuracy": 0.66,
        "test_accuracy": 0.6543,
        "test_accuracy_std": 0.0123,
        "macro_f1": 0.6512,
        "test_loss": 1.0,
        "train_seconds": 61.2,
        "images_per_second": 5000.0,
        "failed_seeds": 0,
    }
    nothing = dict.fromkeys(done, None) | {"model": "cnn7", "seeds": 0, "failed_seeds": 2}
    return [
        {"alternative": "mlp", **done},
        {"alternative": "cnn3-he", **done, "valid_accuracy": 0.7},
        {"alternative": "broken", **nothing},
    ]
