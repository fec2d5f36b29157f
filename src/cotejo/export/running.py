"""An exported classifier in use, with NumPy and ONNX Runtime alone: no Keras, no TensorFlow.

This is what serves a model on a small machine, and what asks an exported file for its answers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import BackendError, DataError, OutputError
from cotejo.pictures import Fit
from cotejo.platform import install_command

__all__ = ["OnnxClassifier"]

_GREY = (19595, 38470, 7471)
"""The weights of red, green and blue in a grey, in 2⁻¹⁶, as Pillow has them (ITU-R BT.601)."""


class OnnxClassifier:
    """A classifier in an ``.onnx`` file that Cotejo exported.

    Args:
        session: of ONNX Runtime.
        about: what the file says of the classifier.

    Example:
        >>> OnnxClassifier.load("nowhere.onnx")
        Traceback (most recent call last):
        cotejo.errors.OutputError: nowhere.onnx: there is no such file.
    """

    def __init__(self, session: Any, about: dict[str, Any]) -> None:
        self._session = session
        self._input = session.get_inputs()[0]
        self.about = about

    @classmethod
    def load(cls, path: Path | str, threads: int = 0) -> OnnxClassifier:
        """Return the classifier in a file.

        Args:
            path: of the ``.onnx`` file.
            threads: how many threads a prediction takes; 0 for one for each core.

        Raises:
            BackendError: ONNX Runtime is not installed.
            OutputError: there is no such file, or it is none that Cotejo exported.
        """
        if not Path(path).is_file():
            raise OutputError("export.no_file", path=path)
        try:
            import onnxruntime
        except ImportError as error:
            command = install_command("onnx")
            raise BackendError("export.needs", package="onnxruntime", command=command) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            kept = session.get_modelmeta().custom_metadata_map
            about = {name: json.loads(kept[name]) for name in kept if not name.startswith("card")}
            found = cls(session, about)
            _ = found.class_names["en"], found.image_shape, found.name, found.fit
        except Exception as error:  # ONNX Runtime has a dozen errors for a file that is none
            raise OutputError("export.no_model", path=path) from error
        return found

    @property
    def name(self) -> str:
        """What the model is called."""
        return str(self.about["name"])

    @property
    def class_names(self) -> dict[str, tuple[str, ...]]:
        """The names of the classes by language, in the order of the probabilities."""
        return {key: tuple(names) for key, names in self.about["class_names"].items()}

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The ``(height, width, channels)`` of the network's own images."""
        height, width, channels = self.about["image_shape"]
        return int(height), int(width), int(channels)

    @property
    def fit(self) -> Fit:
        """What is done with a picture of other proportions: ``crop``, ``pad`` or ``stretch``."""
        fit: Fit = self.about["fit"]
        return fit

    @property
    def takes_any_size(self) -> bool:
        """Whether pictures of any size are taken, and not the network's own alone."""
        return bool(self.about["size"] == "any")

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, each row summing to 1.

        Args:
            images: ``[n, height, width, channels]``, uint8, all of one size.

        Raises:
            DataError: they are of another type or shape.
        """
        height, width, channels = self.image_shape
        wanted = ("n", "height", "width") if self.takes_any_size else ("n", height, width)
        fits = images.dtype == np.uint8 and images.ndim == 4 and images.shape[3] == channels
        if not fits or not (
            min(images.shape[1:]) if self.takes_any_size else images.shape[1:3] == (height, width)
        ):
            raise DataError(
                "images_of_model", shape=list(images.shape), expected=[*wanted, channels]
            )
        (answer,) = self._session.run(None, {self._input.name: np.ascontiguousarray(images)})
        return np.asarray(answer, np.float32)

    def predict_pictures(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return ``[n, classes]``: the probabilities of pictures of any sizes, in order.

        Args:
            pictures: each ``[height, width]`` or ``[height, width, channels]``, uint8, of 1 channel
                or 3: what the network has not are made of what there are. Pictures of one size
                are answered together.

        Raises:
            DataError: a picture is of another type or shape, or the model takes one size alone.
        """
        ready = [_channels(picture, self.image_shape[2]) for picture in pictures]
        answers = np.zeros((len(ready), len(self.class_names["en"])), np.float32)
        sizes: dict[tuple[int, ...], list[int]] = {}
        for place, picture in enumerate(ready):
            sizes.setdefault(picture.shape, []).append(place)
        for places in sizes.values():
            answers[places] = self.probabilities(np.stack([ready[place] for place in places]))
        return answers


def _channels(picture: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Return a picture ``[height, width, channels]``, as Pillow makes greys of colours.

    Example:
        >>> _channels(np.full((1, 1, 3), (255, 0, 0), np.uint8), 1).tolist()
        [[[76]]]
    """
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.ndim != 3 or picture.dtype != np.uint8 or picture.shape[2] not in (1, 3):
        expected = ["height", "width", channels]
        raise DataError("images_of_model", shape=list(picture.shape), expected=expected)
    if picture.shape[2] == channels:
        return picture
    if channels == 3:
        return np.repeat(picture, 3, axis=2)
    grey = (picture.astype(np.uint32) @ np.array(_GREY, np.uint32) + 2**15) >> 16
    return grey.astype(np.uint8)[:, :, None]
