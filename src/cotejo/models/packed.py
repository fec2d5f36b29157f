"""The model that ships, as it lies in the package: read, and checked before it is used."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import OutputError
from cotejo.store import RunFile, read_npz
from cotejo.store.checks import check_limits_file

if TYPE_CHECKING:
    from cotejo.backend import keras

__all__ = ["DESCRIPTION", "SHIPPED", "WEIGHTS", "described", "packed_limits", "unpack"]

SHIPPED = Path(str(files("cotejo"))) / "shipped_model"
"""Where the model that ships lies in the package."""

WEIGHTS = "model.weights.h5"
DESCRIPTION = "model.json"


def described(folder: Path = SHIPPED) -> dict[str, Any]:
    """Return what the ``model.json`` of a packed model says, without loading Keras.

    Raises:
        OutputError: the model is not there, or its weights are not those that were packed.
    """
    try:
        about: dict[str, Any] = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        digest, packed = hashlib.sha256((folder / WEIGHTS).read_bytes()), about["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise OutputError("model_not_shipped", path=folder) from error
    if digest.hexdigest() != packed:
        raise OutputError("model_changed", path=folder / WEIGHTS)
    return about


def packed_limits(folder: Path = SHIPPED) -> dict[str, NDArray[np.generic]] | None:
    """Return the arrays of a packed model's ``limits.npz``; None if it was packed without.

    Raises:
        OutputError: they are damaged.
    """
    path = folder / RunFile.LIMITS
    if not path.is_file():
        return None
    arrays = read_npz(path)
    check_limits_file(arrays, path)
    return arrays


def unpack(folder: Path = SHIPPED) -> tuple[keras.Model, dict[str, Any]]:
    """Return a packed model, from pixels to logits, and what its ``model.json`` says.

    Raises:
        OutputError: it is not there, or its weights are not those that were packed.
    """
    from cotejo.backend import keras

    about = described(folder)
    network = keras.models.model_from_json(json.dumps(about["architecture"]))
    network.load_weights(folder / WEIGHTS)
    return network, about
