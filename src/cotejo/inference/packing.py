"""The model that ships, packed small from a final training.

Packed are the weights in float16, the architecture in Keras's own layers, the weights' SHA-256,
and the model's card in both languages. `cotejo.models.packed` reads them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.data import Dataset, load, without_validation
from cotejo.errors import OutputError
from cotejo.explain.logits import without_softmax
from cotejo.messages import LANGUAGES, message
from cotejo.models.own.keeping import load_kept
from cotejo.models.packed import DESCRIPTION, SHIPPED, WEIGHTS, unpack
from cotejo.models.portable import load_portable
from cotejo.numbers import Numbers
from cotejo.store import (
    RunFile,
    RunFolder,
    StudyFolder,
    card_name,
    write_file,
    write_json,
    write_npz,
)
from cotejo.texts import without_places
from cotejo.trained.description import describe_run
from cotejo.trained.looking import limits_arrays, look

__all__ = ["pack", "pack_limits"]

_NEWER = {
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
    "quantization_config": None,
}
"""Arguments, with their defaults, that early versions of Keras 3 do not know."""


def pack(
    folder: Path, run: RunFolder, calibration: Mapping[str, float] | None, out: Path = SHIPPED
) -> Path:
    """Pack the model of a run.

    Args:
        folder: of the final training; its cards are packed too.
        run: the run whose model is packed.
        calibration: of a network of the same settings, on images that it did not learn from: the
            ``temperature`` that the logits are divided by, and the test images' ``ece`` and
            ``ece_scaled`` before and after; None divides by nothing.
        out: where the files go.

    Returns:
        The path of the weights.

    Raises:
        OutputError: a file is missing or can't be written.
    """
    network = without_softmax(load_portable(run.model))  # views are averaged as logits
    weights = _float16_weights(network)
    out.mkdir(parents=True, exist_ok=True)
    write_file(out / WEIGHTS, weights)
    study = StudyFolder(folder)
    record = run.record
    temperature = calibration["temperature"] if calibration else 1.0
    write_json(
        out / DESCRIPTION,
        {
            "format": 1,
            "name": record["alternative"],
            "sha256": hashlib.sha256(weights).hexdigest(),
            "image_shape": list(network.inputs[0].shape[1:]),
            "classes": study.data["class_names"],
            "views": record["settings"]["tta"],
            "views_margin": record.get("views_margin"),
            "temperature": round(temperature, 4),
            "data": {"name": record["dataset"]["name"], "test_images": record["dataset"]["test"]},
            "test_accuracy": run.metrics["test"]["accuracy"],
            "command": without_places(record["command"]),
            # In float32, which every processor computes well: few have bfloat16.
            "architecture": _for_any_keras(
                json.loads(network.to_json().replace("mixed_bfloat16", "float32"))
            ),
        },
    )
    for language in LANGUAGES:
        card = (folder / card_name(language)).read_text(encoding="utf-8")
        title = message("card.packed_title", language=language)
        packed = " ".join(_said_of_the_packed(calibration, record, language))
        write_file(out / card_name(language), f"{card}\n## {title}\n\n{packed}\n")
    return out / WEIGHTS


_OF_VALIDATION = ("true_probabilities", "true_labels", "by_class", "valid_signs")
"""What a final training lacks in its ``limits.npz``."""


def pack_limits(sibling: RunFolder, data: str, out: Path = SHIPPED) -> Path:
    """Write the limits of the model that is packed in ``out``.

    What it knows are its own training images. It has learned from all images, so how unusual new
    ones are is that of a network of the same settings, which kept validation images apart: as with
    the temperature, nothing else is to be had without new images.

    Args:
        sibling: a finished run of the same settings, with validation images.
        data: the name of the data set that both learned from.
        out: where the packed model lies.

    Returns:
        The path of the limits.

    Raises:
        OutputError: the sibling has no limits of validation images, or nothing is packed.
        DataError: the data can't be had.
    """
    dataset = load(data)
    of_sibling = _limits_of(sibling, dataset)
    if not set(_OF_VALIDATION) <= set(of_sibling):
        raise OutputError("no_limits_to_pack", path=sibling.path)
    network, about = unpack(out)
    # In the order in which a final training has them.
    final = without_validation(dataset)
    looked = look(
        network,
        final.train,
        final,
        views=about["views"],
        margin=about.get("views_margin") or inf,
    )
    arrays = limits_arrays(looked, final, about["temperature"])
    arrays |= {name: of_sibling[name] for name in _OF_VALIDATION}
    write_npz(out / RunFile.LIMITS, **arrays)
    return out / RunFile.LIMITS


def _limits_of(run: RunFolder, dataset: Dataset) -> Mapping[str, NDArray[Any]]:
    """Return the limits of a run; one of an earlier version, which kept none, looks once more."""
    if run.limits is not None:
        return run.limits
    recorded = (run.record.get("dataset") or {}).get("fingerprint")
    if "valid" not in run.metrics or recorded != dataset.fingerprint:
        return {}
    described = describe_run(run)
    looked = look(
        without_softmax(load_kept(run)),
        dataset.train,
        dataset,
        views=described.views,
        margin=described.margin,
    )
    return limits_arrays(looked, dataset, described.temperature)


def _said_of_the_packed(
    calibration: Mapping[str, float] | None, record: Mapping[str, Any], language: str
) -> Iterator[str]:
    """Say how the packed model differs from the trained one."""
    numbers = Numbers(language)
    yield message("card.packed", language=language)
    if calibration:
        yield message(
            "card.packed_temperature",
            language=language,
            temperature=numbers.shortest(calibration["temperature"], 3),
            before=numbers.points(calibration["ece"]),
            after=numbers.points(calibration["ece_scaled"]),
        )
    margin = record.get("views_margin")
    if margin is not None:
        said = numbers.shortest(margin, 3)
        yield message("card.packed_margin", language=language, margin=said)
    elif record["settings"]["tta"] != "none":  # of a run of before, which did not record it
        yield message("card.packed_views", language=language)


def _for_any_keras(description: Any) -> Any:
    """Return a network's description without newer arguments that have their default.

    Example:
        >>> _for_any_keras({"config": [{"axis": -1, "renorm": False}]})
        {'config': [{'axis': -1}]}
    """
    if isinstance(description, list):
        return [_for_any_keras(part) for part in description]
    if not isinstance(description, dict):
        return description
    return {
        name: _for_any_keras(value)
        for name, value in description.items()
        if name not in _NEWER or value != _NEWER[name]
    }


def _float16_weights(network: keras.Model) -> bytes:
    """Return the network's weights as a Keras file of half the size."""
    import h5py

    with tempfile.TemporaryDirectory() as temporary:
        whole, half = Path(temporary) / "whole.weights.h5", Path(temporary) / "half.weights.h5"
        network.save_weights(whole)
        with h5py.File(whole) as source, h5py.File(half, "w") as target:

            def copy(name: str, item: Any) -> None:
                if isinstance(item, h5py.Dataset):
                    copied = target.create_dataset(name, data=np.asarray(item, np.float16))
                else:
                    copied = target.require_group(name)
                copied.attrs.update(item.attrs)

            source.visititems(copy)
            target.attrs.update(source.attrs)
        return half.read_bytes()
