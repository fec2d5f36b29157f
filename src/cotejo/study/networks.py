"""The networks of a study: each is built once, and its parameters are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cotejo.config import Alternative, Settings, StudyConfig
from cotejo.config.checking import of_alternative
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models import build_model
from cotejo.train import fresh_backend

__all__ = ["count_parameters"]


def count_parameters(config: StudyConfig, dataset: Dataset) -> dict[str, int]:
    """Build every alternative's network and count its parameters; equal networks are built once.

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
    """Add to an error about a model which alternative it is of."""
    try:
        yield
    except ConfigError as error:
        where = f" ({of_alternative(alternative.name)})"
        raise ConfigError(error.key, **{**error.values, "where": where}) from error
