"""The plan of a study: its runs, each named by its key, and what can't be built refused first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models import build_model
from cotejo.progress import PlannedRun
from cotejo.store import StudyFolder
from cotejo.study.keys import TRAINING_CODE, Keys, run_keys
from cotejo.train import fresh_backend

__all__ = ["TRAINING_CODE", "count_parameters", "plan_runs", "run_keys"]


def count_parameters(config: StudyConfig, dataset: Dataset) -> dict[str, int]:
    """Build every alternative's network, each that is another once, and count its parameters.

    Raises:
        ConfigError: the images are too small for one of them.
    """
    known: dict[str, int] = {}
    counts: dict[str, int] = {}
    with fresh_backend():
        for alternative in config.alternatives:
            settings = alternative.settings
            alike = json.dumps([settings.model, dict(settings.options)], sort_keys=True)
            if alike not in known:
                with _said_of(alternative):
                    known[alike] = _build(settings, dataset).count_params()
            counts[alternative.name] = known[alike]
    return counts


def _build(settings: Settings, dataset: Dataset) -> Any:
    return build_model(settings.model, dataset.image_shape, dataset.num_classes, **settings.options)


@contextmanager
def _said_of(alternative: Alternative) -> Iterator[None]:
    """Let an error about a model say which alternative it is that has the model."""
    try:
        yield
    except ConfigError as error:
        where = f" ({of_alternative(alternative.name)})"
        raise ConfigError(error.key, **{**error.values, "where": where}) from error


def plan_runs(
    config: StudyConfig, keys: Keys, folder: Path, parameters: Mapping[str, int]
) -> list[PlannedRun]:
    """Return a study's runs, seed by seed, each alternative after the one that it starts from."""
    study = StudyFolder(folder)
    epochs = {one.name: one.settings.epochs for one in config.alternatives}
    planned = []
    for (name, seed), key in keys.items():
        run = study.run(name, seed)
        finished = run.is_finished and run.key == key
        in_the_way = None if finished else run.in_the_way(key)
        planned.append(
            PlannedRun(
                name, seed, key, run.path, finished, epochs[name], parameters[name], in_the_way
            )
        )
    return planned
