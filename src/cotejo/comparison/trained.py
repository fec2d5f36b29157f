"""One alternative of a comparison, trained: its accuracy, its history, its model in use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cotejo.comparison.arrays import BYTES, Pixels
from cotejo.comparison.page import trained_as_html
from cotejo.comparison.tables import given_name, history
from cotejo.config import Sources
from cotejo.facts import AlternativeFacts
from cotejo.report.findings import Findings
from cotejo.stats import Interval

if TYPE_CHECKING:
    import pandas as pd

    from cotejo.backend import keras

__all__ = ["Trained"]

_BATCH = 200
"""Images that are looked at at a time; it does not change the answers."""


class Trained:
    """One alternative of a comparison that has a finished run.

    Args:
        findings: what follows from the study.
        facts: the alternative's.
        language: that of its label.
        sources: the user's own code, which builds networks with layers of their own.
        pixels: how the images are written that `model` takes: as in the arrays that the user gave.
    """

    def __init__(
        self,
        findings: Findings,
        facts: AlternativeFacts,
        language: str,
        sources: Sources,
        pixels: Pixels = BYTES,
    ) -> None:
        self._findings = findings
        self._facts = facts
        self._sources = sources
        self._language = language
        self._pixels = pixels
        self.name = facts.name
        self.label = facts.label(language)

    @property
    def accuracy(self) -> Interval:
        """Its mean accuracy on the test images, with its 95% interval over seeds and images."""
        return self._findings.accuracy[self.name]

    @property
    def settings(self) -> Mapping[str, Any]:
        """All its settings."""
        return self._facts.settings

    @property
    def folder(self) -> str:
        """The folder of the run whose model `model` is: that of the median validation accuracy."""
        return str(self._facts.representative.path)

    @cached_property
    def model(self) -> keras.Model:
        """The trained network of one seed, from images to probabilities.

        It takes images as they are in the arrays that `cotejo.compare` was given: from 0 to 1 if
        those were. Of a data set by name, or of a path, pixels are from 0 to 255.
        """
        # Deferred, so that tables and figures need no backend.
        from cotejo.models.own.keeping import load_kept

        network = load_kept(self._facts.representative, self._sources, of_study=True)
        return network if self._pixels == BYTES else _taking(self._pixels, network)

    def predict(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Return the probabilities ``[n, classes]`` of images such as `model` takes."""
        parts = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
        return np.concatenate([self.model.predict_on_batch(part) for part in parts])

    @property
    def history(self) -> pd.DataFrame:
        """The epochs of all its runs."""
        return history(self._findings, self._language, self._facts)

    def _repr_html_(self) -> str:
        return trained_as_html(self._findings, self._facts, self._language)

    def __repr__(self) -> str:
        rate = self.accuracy
        name = given_name(self._facts, self._language)
        return f"<{name}: test {rate.estimate:.1%} [{rate.low:.1%}, {rate.high:.1%}]>"


def _taking(pixels: Pixels, network: keras.Model) -> keras.Model:
    """Return a network with a layer before it that makes bytes of pixels written otherwise."""
    from cotejo.backend import keras

    shape = network.inputs[0].shape[1:]
    images = keras.Input(shape if pixels.has_channels else shape[:-1])
    x = images if pixels.has_channels else keras.layers.Reshape(shape, dtype="float32")(images)
    offset = pixels.scale * pixels.shift
    x = keras.layers.Rescaling(pixels.scale, offset, dtype="float32", name="as_given")(x)
    return keras.Model(images, network(x), name=network.name)
