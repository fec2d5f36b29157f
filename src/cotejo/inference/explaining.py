"""Explanations of what a model says of pictures in files, each at the picture's own size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.config.views import VIEWS
from cotejo.errors import ConfigError, DataError
from cotejo.explain.methods import maps_by
from cotejo.explain.placing import Placed, placed
from cotejo.inference.answers import Unreadable
from cotejo.messages import did_you_mean
from cotejo.pictures import read_one, strict_pillow
from cotejo.train import is_unsure

if TYPE_CHECKING:
    from cotejo.inference.classifier import Classifier

__all__ = ["Explanation", "checked_classes", "class_named", "explanations", "maps_as_answered"]

_MOST_SIDE = 1600
"""The longest side, in pixels, at which a picture is shown; a larger one is made smaller."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a model says of a picture, and which parts of it speak for that.

    Attributes:
        path: the picture's, as it was given.
        picture: ``[height, width, 3]``, uint8, at its own size or at 1,600 pixels a side.
        seen: ``[height, width, channels]``, uint8, as the network takes it.
        probabilities: ``[classes]``, which together are 1.
        classes: the likeliest class and another one: the next likeliest, or the one asked for.
        maps: of each of these classes, at their place in the picture.
        unlike: whether it is unlike anything that the model has learned; None where the model
            can't tell, as in `cotejo.inference.Prediction`.
    """

    path: Path
    picture: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    classes: tuple[int, ...]
    maps: tuple[Placed, ...]
    unlike: bool | None = None

    @property
    def largest(self) -> float:
        """The magnitude of the strongest colour in all maps, which share their scale.

        It is that which one value in 200 exceeds: a map of pixels has a few by far the largest.
        """
        heats = np.abs([each.heat for each in self.maps])
        return float(np.quantile(heats, 0.995)) or float(heats.max()) or 1.0


def explanations(
    classifier: Classifier,
    paths: Iterable[Path | Unreadable],
    method: str,
    other: int | None = None,
) -> Iterator[Explanation | Unreadable]:
    """Yield, in order, the explanation of each picture, or why it can't be read.

    Args:
        classifier: the model.
        paths: of the pictures; or `Unreadable` for one of which it is known.
        method: a name of `cotejo.explain.methods.METHODS`.
        other: the class that is explained beside the likeliest; by default the next likeliest.

    Raises:
        ConfigError: there is no such method, or it does not suit the network.
    """
    for path in paths:
        if isinstance(path, Unreadable):
            yield path
            continue
        try:
            seen, picture = _read(path, classifier)
        except DataError as error:
            yield Unreadable(path, error)
            continue
        (answer,) = classifier.predict(seen[np.newaxis])
        chances = np.zeros(len(answer.classes), np.float32)
        chances[list(answer.classes)] = answer.probabilities
        likeliest, next_likeliest = answer.classes[:2]
        classes = (likeliest, next_likeliest if other in (None, likeliest) else other)
        # Both at once: hiding parts of the picture is most of the work, and the same for both.
        (heats,) = maps_as_answered(classifier, seen[np.newaxis], np.array([classes]), method)
        size = (picture.shape[0], picture.shape[1])
        maps = tuple(placed(heat, size, classifier.fit) for heat in heats)
        yield Explanation(path, picture, seen, chances, classes, maps, answer.unlike)


def maps_as_answered(
    classifier: Classifier,
    images: NDArray[np.uint8],
    classes: NDArray[np.int64],
    method: str,
) -> NDArray[np.float32]:
    """Return maps ``[n, k, height, width]``, of the views that each image's answer is made of.

    Args:
        classifier: the model.
        images: ``[n, height, width, channels]``, uint8, as the network takes them.
        classes: ``[n, k]``, the classes to explain for each.
        method: a name of `cotejo.explain.methods.METHODS`.

    Raises:
        ConfigError: there is no such method, or it does not suit the network.
    """
    views, network = classifier.views, classifier.network
    if len(VIEWS[views]) == 1 or not len(images):
        parts = {views: np.ones(len(images), bool)}
    else:
        unsure = is_unsure(network, images, classifier.margin)
        parts = {views: unsure, "none": ~unsure}
    maps = np.zeros((*classes.shape, *images.shape[1:3]), np.float32)
    for tta, chosen in parts.items():
        maps[chosen] = maps_by(
            method,
            network,
            images[chosen],
            classes[chosen],
            tta=tta,
            temperature=classifier.temperature,
        )
    return maps


def _read(path: Path, classifier: Classifier) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a picture as the network takes it, and in colour at its own size."""
    with strict_pillow():
        seen, size = read_one(path, classifier.image_shape, classifier.fit)
        scale = min(1.0, _MOST_SIDE / max(size.width, size.height))
        shape = (max(1, round(size.height * scale)), max(1, round(size.width * scale)), 3)
        return seen, read_one(path, shape, "stretch")[0]


def checked_classes(classes: Any, images: int, known: int) -> NDArray[np.int64]:
    """Return the class to explain for each image, ``[images]``, checked; one counts for all.

    Raises:
        ConfigError: they are not whole numbers in ``[0, known)``, or not one for each image.

    Example:
        >>> checked_classes(3, 2, 10).tolist()
        [3, 3]
    """
    array = np.asarray(classes)
    if array.ndim == 0:
        array = np.repeat(array, images)
    if array.shape != (images,) or (images and array.dtype.kind not in "iu"):
        raise ConfigError("explain_classes", images=images, received=list(array.shape))
    for label in array.tolist():
        if not 0 <= label < known:
            raise ConfigError("explain_class_range", received=label, last=known - 1)
    return array.astype(np.int64)


def class_named(name: str, names: Iterable[Sequence[str]]) -> int:
    """Return the position of the class of this name, in whichever language.

    Args:
        name: as somebody writes it.
        names: the classes' names in label order, once for each language.

    Raises:
        ConfigError: there is none.

    Example:
        >>> class_named("Perro", [["cat", "dog"], ["gato", "perro"]])
        1
    """
    known = [list(of_language) for of_language in names]
    for matches in (str, str.casefold):
        for of_language in known:
            for place, own in enumerate(of_language):
                if matches(own) == matches(name):
                    return place
    words = sorted({own for of_language in known for own in of_language})
    raise ConfigError(
        "explain_class", name=name, classes=", ".join(known[0]), hint=did_you_mean(name, words)
    )
