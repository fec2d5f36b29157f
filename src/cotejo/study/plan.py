"""The plan of a study: its runs, each named by the hash of all that determines it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cotejo.config import Alternative, StudyConfig
from cotejo.data import Dataset
from cotejo.platform import resolve_precision
from cotejo.progress import PlannedRun
from cotejo.store import StudyFolder

__all__ = ["TRAINING_CODE", "plan_runs"]

TRAINING_CODE = 1
"""Raised whenever the training code changes so that the same settings give other results."""


def plan_runs(
    config: StudyConfig, dataset: Dataset, folder: Path, backend: str
) -> list[PlannedRun]:
    """Return a study's runs, seed by seed, each alternative after the one that it starts from.

    Args:
        config: the study.
        dataset: what it trains on.
        folder: where the study's files are; runs of the same key that finished there count.
        backend: the name of Keras's backend.
    """
    return [
        _planned(alternative, seed, _key(config, alternative, seed, dataset, backend), folder)
        for seed in config.seeds
        for alternative in config.alternatives
    ]


def _planned(alternative: Alternative, seed: int, key: str, folder: Path) -> PlannedRun:
    run = StudyFolder(folder).run(alternative.name, seed)
    finished = run.is_finished and run.record["key"] == key
    return PlannedRun(alternative.name, seed, key, run.path, finished, alternative.settings.epochs)


def _key(
    config: StudyConfig, alternative: Alternative, seed: int, dataset: Dataset, backend: str
) -> str:
    """Hash what determines a run's result; its name and label do not, its parent's key does."""
    settings: dict[str, Any] = alternative.settings.model_dump()
    settings["precision"] = resolve_precision(alternative.settings.precision)
    parent = settings.pop("start_from")
    if parent is not None:
        settings["parent"] = _key(config, _named(config, parent), seed, dataset, backend)
    content = {
        "settings": settings,
        "seed": seed,
        "data": dataset.fingerprint,
        "backend": backend,
        "training_code": TRAINING_CODE,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _named(config: StudyConfig, name: str) -> Alternative:
    return next(found for found in config.alternatives if found.name == name)
