"""From where a model lies to its network and its description, each checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from cotejo.backend import keras
from cotejo.data.arrays import CHANNELS
from cotejo.errors import OutputError
from cotejo.inference.finding import find_model
from cotejo.inference.limits import Limits
from cotejo.models.notes import read_note
from cotejo.models.own.given import code_sources
from cotejo.models.own.keeping import load_kept
from cotejo.models.packed import DESCRIPTION, SHIPPED, packed_limits, unpack
from cotejo.models.portable import as_trained, load_portable
from cotejo.store import RunFolder
from cotejo.store.files import damaged
from cotejo.trained.description import (
    Description,
    check_margin,
    describe_note,
    describe_run,
)

__all__ = ["limits_of", "load_model"]

_PRECISIONS = {"float32", "bfloat16", None}
"""What the layers of a model compute in; None for any other."""


def load_model(
    model: Path | str | None, code: Path | str | Callable[..., Any] | None
) -> tuple[keras.Model, Description, RunFolder | Literal["shipped"] | None]:
    """Return a network, what is needed to use it, and the run that it is of, or ``"shipped"``.

    Of a file alone the run is not known, and None is returned.

    The arguments and the errors are those of `Classifier.load`.
    """
    found = find_model(model)
    if found is None:
        return *_shipped(), "shipped"
    if isinstance(found, RunFolder):
        path, described = found.path, describe_run(found)
        kept = load_kept(found, code_sources(code))
        network = _logits_of(kept, found.model)
    else:
        path = found
        network, described = _alone(found)
    classes, names = network.output.shape[-1], len(described.class_names["en"])
    if classes != names:
        raise OutputError("model_classes", path=path, classes=classes, names=names)
    return network, described, found if isinstance(found, RunFolder) else None


def limits_of(origin: RunFolder | Literal["shipped"] | None) -> Limits | None:
    """Return the limits that are kept with a model; None if there are none.

    Raises:
        OutputError: their file is damaged.
    """
    if origin is None:
        return None
    arrays = packed_limits() if origin == "shipped" else origin.limits
    return None if arrays is None else Limits.of(arrays)


def _shipped() -> tuple[keras.Model, Description]:
    network, about = unpack()
    return network, Description(
        class_names=about["classes"],
        views=about["views"],
        temperature=about["temperature"],
        name=about["name"],
        margin=check_margin(about.get("views_margin"), SHIPPED / DESCRIPTION, "views_margin"),
    )


def _alone(path: Path) -> tuple[keras.Model, Description]:
    """Return what a ``.keras`` file holds that lies in no run's folder."""
    model = load_portable(path)
    try:
        note = read_note(path)
    except (OSError, ValueError) as error:
        raise damaged(path) from error
    if note is None:
        _logits_of(model, path)  # what is no model of Cotejo's needs another answer
        raise OutputError("model_alone", path=path)
    described = describe_note(note, path)
    precisions = note.get("precisions")
    if not isinstance(precisions, dict) or not set(precisions.values()) <= _PRECISIONS:
        raise damaged(path, "precisions", json.dumps(precisions))
    return _logits_of(as_trained(model, precisions), path), described


def _logits_of(model: keras.Model, path: Path) -> keras.Model:
    """Return a saved model without the softmax at its end.

    Raises:
        OutputError: it is no model that Cotejo saved: from images to probabilities.
    """
    layers: list[Any] = getattr(model, "layers", [])
    inputs: list[Any] = getattr(model, "inputs", [])
    if layers and len(inputs) == 1 and isinstance(layers[-1], keras.layers.Softmax):
        (pixels,) = inputs
        shape = pixels.shape
        if len(shape) == 4 and None not in shape[1:] and shape[3] in CHANNELS:
            network = keras.Model(pixels, layers[-1].input)
            if len(network.output.shape) == 2 and network.output.shape[-1]:
                return network
    raise OutputError("model_of_others", path=path)
