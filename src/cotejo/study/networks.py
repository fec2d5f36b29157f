"""The networks of a study: how one is built, which are equal, how many parameters each has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from cotejo.backend import keras
from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models import build_model, model_family
from cotejo.models.backbone import has_frozen_backbone
from cotejo.models.frozen import refuse_idle
from cotejo.train import fresh_backend

__all__ = ["count_parameters", "plain_network", "same_network"]


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
    return build_model(settings.model, dataset.image_shape, dataset.num_classes, **settings.options)


def count_parameters(config: StudyConfig, dataset: Dataset) -> dict[str, int]:
    """Build every alternative's network and count its parameters; equal networks are built once.

    Raises:
        ConfigError: the images are too small for one of them, or a setting does nothing to a
            user's own network.
    """
    known: dict[str, tuple[int, bool]] = {}
    counts: dict[str, int] = {}
    with fresh_backend():
        for alternative in config.alternatives:
            network = same_network(alternative.settings)
            if network not in known:
                with _said_of(alternative):
                    built = plain_network(alternative.settings, dataset)
                known[network] = int(built.count_params()), has_frozen_backbone(built)
            counts[alternative.name], is_frozen = known[network]
            if not model_family(alternative.settings.model).ships:
                _check_own(alternative, is_frozen)
    return counts


def _check_own(alternative: Alternative, is_frozen: bool) -> None:
    """Refuse settings that do nothing to a user's own network, now that it is built."""
    name, settings = alternative.name, alternative.settings
    if is_frozen:
        refuse_idle(name, settings)
    elif settings.unfreeze is not None:
        raise ConfigError(
            "settings.unfreeze.idle", where=of_alternative(name), value=settings.model
        )


@contextmanager
def _said_of(alternative: Alternative) -> Iterator[None]:
    """Add to an error about a model which alternative it is of."""
    try:
        yield
    except ConfigError as error:
        where = f" ({of_alternative(alternative.name)})"
        raise ConfigError(error.key, **{**error.values, "where": where}) from error
