"""A trained model in use: images in, classes and probabilities out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.config.names import name_of
from cotejo.data import Dataset
from cotejo.data.arrays import checked_images
from cotejo.data.dataset import Split
from cotejo.errors import ConfigError, DataError
from cotejo.evaluate.conformal import COVERAGE
from cotejo.inference.answers import Prediction, Unreadable
from cotejo.inference.explaining import checked_classes, maps_as_answered
from cotejo.inference.limits import Limits
from cotejo.inference.loading import limits_of, load_model
from cotejo.inference.streaming import Source, predict_stream
from cotejo.inference.training_images import suited, training_images
from cotejo.messages import current_language
from cotejo.pictures import Fit
from cotejo.store import RunFolder
from cotejo.train import IN_USE, fitting_batch, predict_logits, softmax
from cotejo.trained.description import TEMPERATURES, is_temperature
from cotejo.trained.features import FeaturesOf, features_by
from cotejo.trained.neighbours import (
    KnownFeatures,
    Neighbours,
    known_features,
    nearest,
)

if TYPE_CHECKING:
    from cotejo.export import Exported

__all__ = ["Classifier", "Prediction", "Unreadable"]


class Classifier:
    """A trained network with what it takes to use it.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        class_names: by language, in label order.
        views: from which sides each image is looked at: a name of `cotejo.config.views.VIEWS`.
        temperature: that the logits are divided by.
        name: what the model is called.
        fit: what is done with a picture of other proportions: ``crop``, ``pad`` or ``stretch``.
        margin: an image is looked at from all views if its two highest logits differ by less;
            by default every image is.
        origin: the run whose model it is, or ``"shipped"``; None where nothing is known of it.
        limits: what it can't rule out, and what is unlike all it knows; None if nobody looked.
        file_name: what files of it are named by, the same in every language; ``name`` by default.
        labels: what people call it, by language; ``name`` in those that are missing.

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
        margin: float = inf,
        origin: RunFolder | Literal["shipped"] | None = None,
        limits: Limits | None = None,
        file_name: str = "",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.network = network
        self.class_names = class_names
        self.views = views
        self.temperature = temperature
        self.name = name
        self.fit: Fit = fit
        self.margin = margin
        self.origin = origin
        self.limits = limits
        self.file_name = name_of(file_name or name, "model")
        self.labels = labels or {}
        self._learned: dict[Any, tuple[Split, KnownFeatures]] = {}

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The ``(height, width, channels)`` of the images that it takes."""
        height, width, channels = self.network.inputs[0].shape[1:]
        return int(height), int(width), int(channels)

    @classmethod
    def load(
        cls,
        model: Path | str | None = None,
        code: Path | str | Callable[..., Any] | None = None,
    ) -> Classifier:
        """Return the model that ships, that of a run, the best of a study, or one from a file.

        A run's folder can be moved out of its study, and its ``model.keras`` out of the folder.
        The model computes in the precision that it was trained in, so that its probabilities are
        those that the study measured.

        Args:
            model: a run's folder, such as ``runs/notebooks/cnn7/seed-1``; a study's folder, for
                the run that its report shows of the best alternative; a ``.keras`` file that
                Cotejo wrote; ``"shipped"``, which is taken if it is left out.
            code: the file of Python, or the function, that builds the run's network. Only a
                network with layers of its author's own needs it, and only then is it run; never
                is anything that lies beside the model.

        Raises:
            OutputError: there is no such model, a file of it is damaged, or it needs code.
        """
        network, described, origin = load_model(model, code)
        return cls(
            network,
            described.class_names,
            views=described.views,
            temperature=described.temperature,
            name=described.labels[current_language()],
            fit=described.fit,
            margin=described.margin,
            origin=origin,
            limits=limits_of(origin),
            file_name=described.file_name,
            labels=described.labels,
        )

    def with_temperature(self, temperature: float) -> Classifier:
        """Return the same model with another temperature that the logits are divided by.

        The classes that can't be ruled out rest on the old one, so that it names none; what is
        unlike all that it knows does not depend on it.

        Args:
            temperature: from 0.01 to 100.

        Raises:
            ConfigError: it is not.

        Example:
            >>> Classifier.load().with_temperature(1.5).temperature
            1.5
        """
        if not is_temperature(temperature):
            low, high = TEMPERATURES
            raise ConfigError("temperature_range", low=low, high=high, received=temperature)
        other = copy(self)
        other.temperature = temperature
        if self.limits is not None:
            other.limits = replace(self.limits, true_probabilities=None, true_labels=None)
        return other

    @property
    def run(self) -> RunFolder | None:
        """The run whose model it is; None of the one that ships, and of a file alone."""
        return self.origin if isinstance(self.origin, RunFolder) else None

    def export(self, out: Path | str | None = None, to: str = "onnx", **options: Any) -> Exported:
        """Write the classifier as a file that others run, and check that it answers the same.

        Args:
            out: a folder, or a file; by default ``exported/NAME``.
            to: ``"onnx"``, ``"litert"``, ``"saved-model"``, ``"torch"`` or ``"keras"``.
            **options: of `cotejo.export.export`: ``size``, ``int8``, ``data`` and others.

        Raises:
            CotejoError: as `cotejo.export.export` raises them.
        """
        from cotejo.export import export

        return export(self, to, out, **options)

    def logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, float32, unnormalised and not yet divided by the temperature.

        An image that the network is unsure of is looked at from all views, whose logits are
        averaged.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.

        Raises:
            DataError: they are of another type or shape.
        """
        images = self._checked(images)
        if not len(images):
            return np.zeros((0, self.network.output.shape[-1]), np.float32)
        return predict_logits(
            self.network, images, self._batch_size, tta=self.views, margin=self.margin
        )

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, each row summing to 1.

        They follow from the logits, divided by the temperature.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.

        Raises:
            DataError: they are of another type or shape.
        """
        return softmax(self.logits(images) / self.temperature)

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
        chances = softmax(logits / self.temperature)
        sets = found = unlike = None
        if self.limits is not None:
            sets = self.limits.candidates(chances, coverage)
            found = self.limits.unlikeness(images, logits)
            unlike = None if found is None else self.limits.are_unlike(found)
        predictions = []
        for place, row in enumerate(chances):
            order = np.argsort(-row, kind="stable")
            predictions.append(
                Prediction(
                    tuple(map(int, order)),
                    tuple(map(float, row[order])),
                    None if sets is None else tuple(map(int, order[sets[place][order]])),
                    None if unlike is None else bool(unlike[place]),
                    None if found is None else float(found[place]),
                )
            )
        return predictions

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
        wanted = [paths] if isinstance(paths, str | Path) else paths
        return [answer for _, answer in self.predict_stream(wanted, coverage)]

    def predict_stream(
        self, paths: Iterable[Source], coverage: float = COVERAGE
    ) -> Generator[tuple[Path | str, Prediction | Unreadable]]:
        """Yield, in order, each picture's path with what the model says of it.

        The pictures are decoded on all cores, a few hundred ahead, so that memory does not grow
        with their number; the paths are taken as they are needed.

        Args:
            paths: of the pictures; or `Item` for one that is in memory, or `Unreadable` for one
                of which it is known.
            coverage: as for `predict`.

        Example:
            >>> ((path, answer),) = Classifier.load().predict_stream(iter(["nowhere.png"]))
            >>> path, str(answer.error)
            ('nowhere.png', 'nowhere.png: there is no such file.')
        """
        return predict_stream(self, paths, coverage)

    @cached_property
    def _batch_size(self) -> int:
        return min(IN_USE, fitting_batch(self.network))

    @cached_property
    def _features_of(self) -> FeaturesOf:
        return features_by(self.network)

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what enters the network's last dense layer, ``[n, features]``.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.

        Raises:
            DataError: they are of another type or shape.
            ConfigError: the network has no dense layer.
        """
        images = self._checked(images)
        if not len(images):
            return self._features_of(np.zeros((1, *self.image_shape), np.uint8))[:0]
        return self._features_of(images)

    def explain(
        self,
        images: NDArray[np.uint8],
        classes: Sequence[int] | NDArray[np.integer[Any]] | int | None = None,
        method: str = "grad-cam",
    ) -> NDArray[np.float32]:
        """Return which parts of each image speak for a class, ``[n, height, width]``, float32.

        Above 0 a part speaks for the class; below 0, which Grad-CAM does not tell, against it. What
        is explained is the answer as it is made: of an image that the model is unsure of the mean
        over all views, and of any other that of the image as it is.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.
            classes: the position of the class to explain for each image, or one for all; by
                default the likeliest of each. Maps of one image for several classes share their
                scale.
            method: ``"grad-cam"`` (of networks with convolutions), ``"occlusion"`` (in nats of the
                class's log-odds) or ``"integrated-gradients"`` (in logits).

        Raises:
            DataError: the images are of another type or shape.
            ConfigError: there is no such method or class, or the method does not suit the network.

        Example:
            >>> shipped = Classifier.load()
            >>> shipped.explain(np.zeros((1, 32, 32, 3), np.uint8)).shape
            (1, 32, 32)
        """
        images = self._checked(images)
        if classes is None:
            classes = self.probabilities(images).argmax(axis=1)
        known = self.network.output.shape[-1]
        wanted = checked_classes(classes, len(images), known)[:, np.newaxis]
        return maps_as_answered(self, images, wanted, method)[:, 0]

    def nearest(
        self,
        images: NDArray[np.uint8],
        count: int = 5,
        data: Dataset | Path | str | None = None,
        data_dir: Path | None = None,
    ) -> Neighbours:
        """Return the training images that look most like each image to the network.

        They are those whose features, which enter the last dense layer, point in the directions
        nearest to the image's.

        Args:
            images: ``[n, height, width, channels]``, uint8 from 0 to 255.
            count: how many to each image, 1 or more.
            data: the data set that the model learned from, its name or its path; by default where
                its study found it, without a download.
            data_dir: the folder to take a published data set from.

        Raises:
            DataError: the images are of another type or shape; or the training images are not on
                this machine, or are others than the model learned from.
            ConfigError: the network has no dense layer, or ``count`` is less than 1.
        """
        if count < 1:
            raise ConfigError("nearest_count", received=count)
        images = self._checked(images)
        asked = (data, data_dir)  # a data set is itself alone: no images are compared
        if asked not in self._learned:
            learned = training_images(self.origin, data, data_dir)
            train = suited(learned, self.image_shape, self.class_names["en"]).train
            # One alone: the images of a data set fill much of the memory.
            self._learned = {asked: (train, known_features(self._features_of, train))}
        train, known = self._learned[asked]
        return nearest(self.features(images), known, train, count)

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
