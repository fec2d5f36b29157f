"""What a run keeps in ``limits.npz``: what its trained network makes of some images.

A sample of the training images says what the network knows, and validation images how unusual new
ones are. Test images and probes are looked at too, for the report; nothing is chosen by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config.views import VIEWS
from cotejo.data import Dataset, Split
from cotejo.data.splits import mixed
from cotejo.evaluate.conformal import true_probabilities
from cotejo.evaluate.probes import probes
from cotejo.evaluate.unlikeness import look_of, signs
from cotejo.facts.unlike_classes import unlike_classes
from cotejo.train.predict import predict_logits, softmax
from cotejo.trained.appearances import known_appearance

__all__ = ["Looked", "limits_arrays", "look"]

_LEARNED = 2000
"""Of how many training images the looks are kept."""

_VALID, _TEST, _PROBES = 5000, 1000, 200
"""How many images are looked at; half as many where each is looked at from several sides."""


@dataclass(frozen=True, eq=False)
class Looked:
    """What one trained network makes of images, as far as its limits rest on it.

    Attributes:
        arrays: those of ``limits.npz`` that rest on no probabilities.
        valid_labels: ``[v]``, the classes of the validation images that were looked at.
        valid_logits: ``[v, classes]``, theirs, from all views.
    """

    arrays: dict[str, NDArray[Any]]
    valid_labels: NDArray[np.int32]
    valid_logits: NDArray[np.float32]


def look(
    network: keras.Model,
    learned: Split,
    judged: Dataset,
    *,
    views: str = "none",
    margin: float = inf,
) -> Looked:
    """Have a trained network look at images of each split, and at probes.

    Args:
        network: from pixels to logits.
        learned: the images that it learned from.
        judged: whose validation and test images are looked at.
        views: the views of an image that it answers for, a name of `VIEWS`.
        margin: below which margin between the two highest logits an image gets all views.
    """
    what = look_of(learned.images[_sample(len(learned), _LEARNED)], known_appearance)
    arrays: dict[str, NDArray[Any]] = {
        "look_mean": what.mean.astype(np.float32),
        "look_scale": what.scale.astype(np.float32),
        "look_points": what.points.astype(np.float32),
    }
    sides = 1 if len(VIEWS[views]) == 1 else 2

    def logits(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        return predict_logits(network, images, tta=views, margin=margin)

    test = judged.test.images[_sample(len(judged.test), _TEST // sides)]
    for name, shown in {"test": test, **probes(test[: _PROBES // sides])}.items():
        arrays[f"{name}_signs"] = signs(what, shown, logits(shown), known_appearance)
    valid = judged.valid.take(_sample(len(judged.valid), _VALID // sides))
    if not len(valid):
        return Looked(arrays, valid.labels, np.zeros((0, judged.num_classes), np.float32))
    on_valid = logits(valid.images)
    arrays["valid_signs"] = signs(what, valid.images, on_valid, known_appearance)
    return Looked(arrays, valid.labels, on_valid)


def limits_arrays(looked: Looked, dataset: Dataset, temperature: float) -> dict[str, NDArray[Any]]:
    """Return the content of ``limits.npz``.

    Args:
        looked: what the network made of the images.
        dataset: the study's, whose classes may be unlike in size.
        temperature: that the logits are divided by in use.
    """
    if not len(looked.valid_labels):
        return looked.arrays
    chances = softmax(looked.valid_logits / temperature)
    counts = {
        name: np.bincount(split.labels, minlength=dataset.num_classes).tolist()
        for name, split in (("train", dataset.train), ("test", dataset.test))
    }
    return {
        **looked.arrays,
        "true_probabilities": true_probabilities(looked.valid_labels, chances),
        "true_labels": looked.valid_labels.astype(np.int32),
        "by_class": np.array(unlike_classes(counts) is not None, np.uint8),
    }


def _sample(images: int, most: int) -> NDArray[np.int64]:
    """Return the positions of some images, or of all, in order; the same at every call."""
    return np.sort(mixed(np.arange(images), 0)[:most])
