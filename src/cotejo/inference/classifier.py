"""A trained model in use: images in, classes and probabilities out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config.sources import code_sources
from cotejo.data.arrays import CHANNELS, checked_images
from cotejo.errors import DataError, OutputError
from cotejo.evaluate.conformal import COVERAGE
from cotejo.inference.description import describe_run
from cotejo.inference.limits import Limits, is_unlike
from cotejo.models.own.keeping import load_kept
from cotejo.models.packed import packed_limits, unpack
from cotejo.models.penultimate import features_and_logits, with_features
from cotejo.pictures import Fit, read_picture
from cotejo.store import RunFile, RunFolder
from cotejo.train import predict_logits, softmax

__all__ = ["Classifier", "Prediction", "Unreadable"]


@dataclass(frozen=True)
class Prediction:
    """What a model says of one image.

    Attributes:
        classes: the positions of its classes, the likeliest first.
        probabilities: theirs, in the same order, in ``[0, 1]``; together 1.
        candidates: those of the classes that can't be ruled out, the likeliest first; None where
            the model has no limits, as after a final training.
        unlike: whether it is unlike anything that the model has learned; None likewise.
        unlikeness: the share of validation images that look less unlike, in ``[0, 1]``; None
            likewise.
    """

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]
    candidates: tuple[int, ...] | None = None
    unlike: bool | None = None
    unlikeness: float | None = None


@dataclass(frozen=True)
class Unreadable:
    """A picture that could not be read, in the place of what a model would say of it.

    Attributes:
        path: the picture's, as it was given.
        error: why, in one line.
    """

    path: Path | str
    error: DataError


class Classifier:
    """A trained network with what it takes to use it.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        class_names: by language, in label order.
        views: from which sides each image is looked at: a name of `cotejo.config.views.VIEWS`.
        temperature: that the logits are divided by.
        name: what the model is called.
        fit: what is done with a picture of other proportions: ``crop``, ``pad`` or ``stretch``.
        limits: what it can't rule out, and what is unlike all it knows; None if nobody looked.

    Example:
        >>> shipped = Classifier.load()
        >>> picture = np.zeros((1, 32, 32, 3), np.uint8)
        >>> len(shipped.predict(picture)[0].classes)
        10
    """

    def __init__(
        self,
        network: keras.Model,
        class_names: Mapping[str, Sequence[str]],
        *,
        views: str = "none",
        temperature: float = 1.0,
        name: str = "",
        fit: Fit = "crop",
        limits: Limits | None = None,
    ) -> None:
        self.network = network
        self.class_names = class_names
        self.views = views
        self.temperature = temperature
        self.name = name
        self.fit: Fit = fit
        self.limits = limits
        self._both: keras.Model | None = None

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The ``(height, width, channels)`` of the images that it takes."""
        height, width, channels = self.network.inputs[0].shape[1:]
        return int(height), int(width), int(channels)

    @classmethod
    def load(
        cls, path: Path | str | None = None, code: Path | str | Callable[..., Any] | None = None
    ) -> Classifier:
        """Return the model that ships, or that of a run.

        A run's folder can be moved out of its study. Its model computes in the precision that
        it was trained in, so that its probabilities are those that the study measured.

        Args:
            path: a run's folder, such as ``runs/notebooks/cnn7/seed-1``, or the ``model.keras``
                in it; the one that ships if left out.
            code: the file of Python, or the function, that builds the run's network. Only a
                network with layers of its author's own needs it, and only then is it run; never
                is anything that lies beside the model.

        Raises:
            OutputError: there is no finished run's model, a file of it is damaged, or it needs
                code.
        """
        if path is None:
            network, about = unpack()
            return cls(
                network,
                about["classes"],
                views=about["views"],
                temperature=about["temperature"],
                name=about["name"],
                limits=_limits_of(packed_limits()),
            )
        run = _run_at(path)
        described = describe_run(run)
        network = _logits_of(load_kept(run, code_sources(code)), run.model)
        classes, names = network.output.shape[-1], len(described.class_names["en"])
        if classes != names:
            raise OutputError("model_classes", path=run.path, classes=classes, names=names)
        return cls(
            network,
            described.class_names,
            views=described.views,
            temperature=described.temperature,
            name=described.name,
            fit=described.fit,
            limits=_limits_of(run.limits),
        )

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, unnormalised: means over the views, before the temperature.

        Raises:
            DataError: the images are of another type or shape than the model takes.
        """
        images = self._checked(images)
        if not len(images):
            return np.zeros((0, self.network.output.shape[-1]), np.float32)
        batch = min(len(images), 500)
        return predict_logits(self.network, images, batch, tta=self.views, unsure=1.0)

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """Return what enters the network's last dense layer, ``[n, features]``, of images as given.

        None if there is no such layer, or its author's code hides it.

        Raises:
            DataError: the images are of another type or shape than the model takes.
        """
        images = self._checked(images)
        self._both = self._both or with_features(self.network)
        if self._both is None:
            return None
        if not len(images):
            return np.zeros((0, self._both.outputs[0].shape[1]), np.float32)
        return features_and_logits(self._both, images, min(len(images), 500))[0]

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, each row summing to 1.

        Each image is looked at from all views, whose logits are averaged.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.

        Raises:
            DataError: they are of another type or shape.
        """
        return self._softmax(self.logits(images))

    def predict(self, images: NDArray[np.uint8], coverage: float = COVERAGE) -> list[Prediction]:
        """Return what the model says of each of the images ``[n, height, width, channels]``.

        Args:
            images: uint8 from 0 to 255.
            coverage: how often the true class is to be among the candidates, in ``(0, 1)``.

        Raises:
            DataError: they are not uint8, or of another shape than the model takes.
            ValueError: ``coverage`` is out of its range.
        """
        images = self._checked(images)
        logits = self.logits(images)
        chances = self._softmax(logits)
        sets = found = None
        if self.limits is not None:
            sets = self.limits.candidates(chances, coverage)
            found = self.limits.unlikeness(images, logits)
        predictions = []
        for place, row in enumerate(chances):
            order = np.argsort(-row, kind="stable")
            predictions.append(
                Prediction(
                    tuple(map(int, order)),
                    tuple(map(float, row[order])),
                    None if sets is None else tuple(map(int, order[sets[place][order]])),
                    None if found is None else bool(is_unlike(found[place])),
                    None if found is None else float(found[place]),
                )
            )
        return predictions

    def _softmax(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        return softmax(logits / self.temperature) if len(logits) else logits

    def predict_files(
        self, paths: Iterable[Path | str], coverage: float = COVERAGE
    ) -> list[Prediction | Unreadable]:
        """Return, in order, what the model says of each picture.

        A picture that can't be read has an `Unreadable` in its place, which says why; the
        others are answered all the same.

        Args:
            paths: of the pictures; one alone counts as a list of one.
            coverage: as for `predict`.

        Example:
            >>> (answer,) = Classifier.load().predict_files(["nowhere.png"])
            >>> isinstance(answer, Unreadable), str(answer.error)
            (True, 'nowhere.png: there is no such file.')
        """
        wanted = [paths] if isinstance(paths, str | Path) else list(paths)
        answers: dict[int, Prediction | Unreadable] = {}
        pictures: dict[int, NDArray[np.uint8]] = {}
        for place, path in enumerate(wanted):
            try:
                pictures[place] = read_picture(path, self.image_shape, self.fit)
            except DataError as error:
                answers[place] = Unreadable(path, error)
        if pictures:
            said = self.predict(np.stack(list(pictures.values())), coverage)
            answers |= dict(zip(pictures, said, strict=True))
        return [answers[place] for place in range(len(wanted))]

    def _checked(self, images: Any) -> NDArray[np.uint8]:
        if isinstance(images, Sequence) and not images:
            return np.zeros((0, *self.image_shape), np.uint8)
        array = checked_images(images, "images")
        if array.shape[1:] == self.image_shape:
            return array
        # Three axes could be a single image too; say what is wanted of either.
        raise DataError(
            "images_of_model", shape=list(np.shape(images)), expected=["n", *self.image_shape]
        )


def _limits_of(arrays: Mapping[str, NDArray[Any]] | None) -> Limits | None:
    return None if arrays is None else Limits.of(arrays)


def _run_at(path: Path | str) -> RunFolder:
    """Return the finished run in a folder, or beside a model's file.

    Raises:
        OutputError: there is none.
    """
    folder = Path(path).resolve()
    if folder.name == RunFile.MODEL and folder.is_file():
        folder = folder.parent
    run = RunFolder(folder)
    if not run.is_written:
        raise OutputError("no_run_to_predict", path=path)
    if run.record.get("status") != "finished":
        raise OutputError("unfinished_run", path=path)
    if run.is_added:
        raise OutputError("added_no_model", path=path)
    return run


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
