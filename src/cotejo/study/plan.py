"""The plan of a study: its runs, each named by its key, and what can't be built refused first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cotejo.config import MODEL_OPTIONS, Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.config.idle import refuse_twins
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models import build_model, check_options, model_family
from cotejo.progress import PlannedRun
from cotejo.store import StudyFolder
from cotejo.study.keys import TRAINING_CODE, Keys, run_keys
from cotejo.train import fresh_backend

__all__ = ["TRAINING_CODE", "check_models", "count_parameters", "plan_runs", "resolve", "run_keys"]


def check_models(config: StudyConfig) -> None:
    """Refuse what the models themselves say is wrong with a study.

    Raises:
        ConfigError: it names a model, or an option of one, that there is not; an alternative
            starts from another network; or two alternatives are the same once the models' own
            options are filled in.
    """
    for alternative in config.alternatives:
        with _said_of(alternative):
            check_options(alternative.settings.model, alternative.settings.model_options)
    settings = {one.name: one.settings for one in resolve(config).alternatives}
    refuse_twins(settings)
    for name, own in settings.items():
        parent = own.start_from
        if parent is not None and own.model_options != settings[parent].model_options:
            raise ConfigError("start_of_another", name=name, parent=parent)


def resolve(config: StudyConfig) -> StudyConfig:
    """Return the study with the models' own options filled in, so that its records say them."""

    def resolved(alternative: Alternative) -> Alternative:
        given = alternative.settings
        own = model_family(given.model).options
        options = {name: own[name] for name in MODEL_OPTIONS if name in own}
        settings = given.model_copy(update={**options, **given.model_options})
        return alternative.model_copy(update={"settings": settings})

    return config.model_copy(update={"alternatives": tuple(map(resolved, config.alternatives))})


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
            alike = json.dumps([settings.model, settings.model_options], sort_keys=True)
            if alike not in known:
                with _said_of(alternative):
                    known[alike] = _build(settings, dataset).count_params()
            counts[alternative.name] = known[alike]
    return counts


def _build(settings: Settings, dataset: Dataset) -> Any:
    return build_model(
        settings.model, dataset.image_shape, dataset.num_classes, **settings.model_options
    )


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
