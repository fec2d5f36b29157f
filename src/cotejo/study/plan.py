"""The plan of a study: its runs, each named by the hash of all that determines it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.data import Dataset
from cotejo.models import build_model, check_options, model_family
from cotejo.platform import resolve_precision
from cotejo.progress import PlannedRun
from cotejo.store import StudyFolder

__all__ = ["TRAINING_CODE", "check_models", "count_parameters", "plan_runs", "resolve", "run_keys"]

TRAINING_CODE = 3
"""Raised whenever the training code changes so that the same settings give other results."""

Keys = dict[tuple[str, int], str]


def check_models(config: StudyConfig) -> None:
    """Refuse a study that names a model, or an option of one, that there is not.

    Raises:
        ConfigError: it does.
    """
    for alternative in config.alternatives:
        check_options(alternative.settings.model, alternative.settings.model_options)


def resolve(config: StudyConfig) -> StudyConfig:
    """Return the study with the models' own options filled in, so that its records say them."""

    def resolved(alternative: Alternative) -> Alternative:
        given = alternative.settings
        options = {**model_family(given.model).options, **given.model_options}
        settings = given.model_copy(update=options)
        return alternative.model_copy(update={"settings": settings})

    return config.model_copy(update={"alternatives": tuple(map(resolved, config.alternatives))})


def count_parameters(config: StudyConfig, dataset: Dataset) -> dict[str, int]:
    """Build every alternative's model once and count its parameters.

    Raises:
        ConfigError: the images are too small for one of them.
    """
    return {
        alternative.name: _build(alternative.settings, dataset).count_params()
        for alternative in config.alternatives
    }


def _build(settings: Settings, dataset: Dataset) -> Any:
    return build_model(
        settings.model, dataset.image_shape, dataset.num_classes, **settings.model_options
    )


def run_keys(config: StudyConfig, dataset: Dataset, backend: str, on_time: bool = False) -> Keys:
    """Return the key of every run, by alternative and seed.

    Args:
        config: the study, resolved.
        dataset: what it trains on.
        backend: the name of Keras's backend.
        on_time: whether the clock has a say in the training, whose result then is another.
    """
    return {
        (alternative.name, seed): _key(config, alternative, seed, dataset, backend, on_time)
        for seed in config.seeds
        for alternative in config.alternatives
    }


def plan_runs(
    config: StudyConfig, keys: Keys, folder: Path, parameters: Mapping[str, int]
) -> list[PlannedRun]:
    """Return a study's runs, seed by seed, each alternative after the one that it starts from."""
    study = StudyFolder(folder)
    planned = []
    for (name, seed), key in keys.items():
        run = study.run(name, seed)
        finished = run.is_finished and run.key == key
        epochs = config.alternative(name).settings.epochs
        in_the_way = None if finished else run.in_the_way(key)
        planned.append(
            PlannedRun(name, seed, key, run.path, finished, epochs, parameters[name], in_the_way)
        )
    return planned


def _key(
    config: StudyConfig,
    alternative: Alternative,
    seed: int,
    dataset: Dataset,
    backend: str,
    on_time: bool,
) -> str:
    """Hash what determines a run's result; its name and label do not, its parent's key does."""
    # Only what differs from the defaults: a setting added later changes no earlier run's key.
    settings: dict[str, Any] = alternative.settings.model_dump(exclude_defaults=True)
    settings["precision"] = resolve_precision(alternative.settings.precision)
    parent = settings.pop("start_from", None)
    if parent is not None:
        start = config.alternative(parent)
        settings["parent"] = _key(config, start, seed, dataset, backend, on_time)
    content = {
        "settings": settings,
        "seed": seed,
        "data": dataset.fingerprint,
        "backend": backend,
        "training_code": TRAINING_CODE,
    }
    if on_time:
        content["on_time"] = True
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
