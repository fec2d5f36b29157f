"""The networks of a study: how one is built, which are equal, how many parameters each has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cotejo.backend import keras
from cotejo.config import Alternative, Settings, StudyConfig, file_of
from cotejo.config.checking import of_alternative
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models import build_model, family_of
from cotejo.models.backbone import has_frozen_backbone
from cotejo.models.frozen import refuse_idle
from cotejo.models.own.adapting import changes_of, settings_of
from cotejo.models.own.callbacks import made_callbacks
from cotejo.models.own.losses import own_loss
from cotejo.train import fresh_backend
from cotejo.train.optimizers import build_optimizer

__all__ = ["Built", "built_networks", "plain_network", "same_network", "with_compiled"]

_SOME_STEPS = 100
"""Steps of the training that a schedule is tried with."""


def same_network(settings: Settings) -> str:
    """Return a text that is equal for settings whose networks are equal on the same data.

    Example:
        >>> twice = Settings(model="cnn3"), Settings(model="cnn3", epochs=2)
        >>> same_network(twice[0]) == same_network(twice[1])
        True
    """
    return json.dumps([settings.model, dict(settings.options)], sort_keys=True)


def plain_network(settings: Settings, dataset: Dataset) -> keras.Model:
    """Build the network of ``settings`` for a dataset, in Keras's precision and not whitened.

    It has the parameters, the shapes and the operations of the network that is trained, which
    `cotejo.study.run.build_network` builds.

    Raises:
        ConfigError: the images are too small for it.
    """
    return build_model(
        family_of(settings), dataset.image_shape, dataset.num_classes, **settings.options
    )


@dataclass(frozen=True)
class Built:
    """What is known of an alternative's network once it was built.

    Attributes:
        parameters: how many it has.
        is_frozen: whether it has a backbone of which nothing learns at first.
        changes: what was changed of a network of the user's own (`CHANGES`).
        settings: those that the user compiled it with.
    """

    parameters: int
    is_frozen: bool
    changes: tuple[str, ...]
    settings: Mapping[str, Any]


def built_networks(config: StudyConfig, dataset: Dataset) -> dict[str, Built]:
    """Build every alternative's network, and say what is known of it; equal ones are built once.

    Raises:
        ConfigError: the images are too small for one of them; a setting does nothing to a user's
            own network; or a loss, an optimizer or a callback of the user's own can't be used.
    """
    known: dict[str, Built] = {}
    found: dict[str, Built] = {}
    with fresh_backend():
        for alternative in config.alternatives:
            network = same_network(alternative.settings)
            if network not in known:
                with _said_of(alternative):
                    built = plain_network(alternative.settings, dataset)
                known[network] = Built(
                    int(built.count_params()),
                    has_frozen_backbone(built),
                    changes_of(built),
                    settings_of(built),
                )
            found[alternative.name] = known[network]
            with _said_of(alternative):
                _check_parts(alternative.settings, dataset, known[network].changes)
            if not family_of(alternative.settings).ships:
                _check_own(alternative, known[network].is_frozen)
    return found


def with_compiled(config: StudyConfig, built: Mapping[str, Built]) -> StudyConfig:
    """Return the study with the settings that networks were compiled with.

    What the study gives itself stands over them.
    """
    alternatives = tuple(
        _with_compiled(alternative, built[alternative.name].settings)
        for alternative in config.alternatives
    )
    return config.model_copy(update={"alternatives": alternatives})


def _with_compiled(alternative: Alternative, compiled: Mapping[str, Any]) -> Alternative:
    settings, given = alternative.settings, alternative.given
    # A rate or a momentum is one optimizer's: with another one it means nothing.
    of_optimizer = ("learning_rate", "momentum", "weight_decay")
    same = compiled.get("optimizer", settings.optimizer) == settings.optimizer
    if "optimizer" in given and not same:
        compiled = {name: each for name, each in compiled.items() if name not in of_optimizer}
    taken = {
        name: value
        for name, value in compiled.items()
        if name not in given and _is_right(settings, name, value)
    }
    if not taken:
        return alternative
    return alternative.model_copy(update={"settings": settings.model_copy(update=taken)})


def _is_right(settings: Settings, name: str, value: Any) -> bool:
    """Whether a study could give this value itself."""
    if name == "label_smoothing" and file_of(settings.loss) is not None:
        return False
    try:
        Settings.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _check_own(alternative: Alternative, is_frozen: bool) -> None:
    """Refuse settings that do nothing to a user's own network, now that it is built."""
    name, settings = alternative.name, alternative.settings
    if is_frozen:
        refuse_idle(name, settings)
    elif settings.unfreeze is not None:
        raise ConfigError(
            "settings.unfreeze.idle", where=of_alternative(name), value=settings.model
        )


def _check_parts(settings: Settings, dataset: Dataset, changes: tuple[str, ...]) -> None:
    """Make the user's own parts of a training once, so that a wrong one costs no training.

    Raises:
        ConfigError: a loss, an optimizer, a schedule or a callback can't be used.
    """
    if file_of(settings.loss) is not None:
        own_loss(settings, dataset.num_classes, changes)
    made_callbacks(settings)
    if file_of(settings.optimizer) is not None or file_of(settings.schedule) is not None:
        build_optimizer(settings, steps=_SOME_STEPS)


@contextmanager
def _said_of(alternative: Alternative) -> Iterator[None]:
    """Add to an error about a model which alternative it is of."""
    try:
        yield
    except ConfigError as error:
        where = f" ({of_alternative(alternative.name)})"
        raise ConfigError(error.key, **{**error.values, "where": where}) from error
