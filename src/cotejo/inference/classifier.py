"""A trained model in use: images in, classes and probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cotejo.backend import keras
from cotejo.errors import OutputError
from cotejo.inference.packing import unpack
from cotejo.inference.pictures import read_picture
from cotejo.models import load_portable
from cotejo.store import RunFolder, StudyFolder
from cotejo.train import predict_logits, softmax

__all__ = ["Classifier", "Prediction"]


@dataclass(frozen=True)
class Prediction:
    """What a model says of one image.

    Attributes:
        classes: the positions of its classes, the likeliest first.
        probabilities: theirs, in the same order, in ``[0, 1]``; together 1.
    """

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]


class Classifier:
    """A trained network with what it takes to use it.

    Args:
        network: from pixels in ``[0, 255]`` to logits.
        class_names: by language, in label order.
        views: from which sides each image is looked at: a name of `cotejo.train.VIEWS`.
        temperature: that the logits are divided by.
        name: what the model is called.

    Example:
        >>> shipped = Classifier.load()
        >>> picture = np.zeros((1, 32, 32, 3), np.uint8)
        >>> len(shipped.predict(picture)[0].classes)
        10
    """

    def __init__(
        self,
        network: keras.Model,
        class_names: dict[str, Sequence[str]],
        *,
        views: str = "none",
        temperature: float = 1.0,
        name: str = "",
    ) -> None:
        self.network = network
        self.class_names = class_names
        self.views = views
        self.temperature = temperature
        self.name = name

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The ``(height, width, channels)`` of the images that it takes."""
        height, width, channels = self.network.input.shape[1:]
        return int(height), int(width), int(channels)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Classifier:
        """Return the model that ships, or that of a run.

        Args:
            path: a run's folder, such as ``runs/notebooks/cnn7/seed-1``; the one that ships if
                left out.

        Raises:
            OutputError: there is no finished run's model, or it is damaged.
        """
        if path is None:
            network, about = unpack()
            return cls(
                network,
                about["classes"],
                views=about["views"],
                temperature=about["temperature"],
                name=about["name"],
            )
        run = RunFolder(Path(path).resolve())
        study = StudyFolder(run.path.parent.parent)
        if not run.is_finished or not (study.path / "data.json").is_file():
            raise OutputError("no_run_to_predict", path=path)
        model = load_portable(run.model)
        network = keras.Model(model.input, model.layers[-1].input)
        calibration = run.metrics["test"].get("calibration") or {}
        return cls(
            network,
            study.data["class_names"],
            views=run.record["settings"].get("tta", "none"),
            temperature=calibration.get("temperature", 1.0),
            name=f"{run.record['alternative']} {run.record['seed']}",
        )

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, each row summing to 1.

        Each image is looked at from all views, whose logits are averaged.

        Args:
            images: ``[n, height, width, channels]``, uint8.
        """
        if not len(images):
            return np.zeros((0, self.network.output.shape[-1]), np.float32)
        batch = min(len(images), 500)
        logits = predict_logits(self.network, images, batch, tta=self.views, unsure=1.0)
        return softmax(logits / self.temperature)

    def predict(self, images: NDArray[np.uint8]) -> list[Prediction]:
        """Return what the model says of each of the images ``[n, height, width, channels]``."""
        found = []
        for row in self.probabilities(images):
            order = np.argsort(-row, kind="stable")
            found.append(Prediction(tuple(map(int, order)), tuple(map(float, row[order]))))
        return found

    def predict_files(self, paths: Sequence[Path]) -> list[Prediction]:
        """Return what the model says of each picture.

        Raises:
            DataError: one can't be read.
        """
        return self.predict(np.stack([read_picture(path, self.image_shape) for path in paths]))
