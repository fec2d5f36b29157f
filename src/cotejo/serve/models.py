"""The models that are served: what the server needs of one, and how one is found.

A model is anything that fits `Answering`: `cotejo.inference.Classifier`, or a model that was
exported to ONNX, for which neither Keras nor a backend is imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean
from cotejo.pictures import Fit
from cotejo.serve.limits import Refusal
from cotejo.store import numbered
from cotejo.store.model_words import SHIPPED_NAME

__all__ = ["Answer", "Answering", "Models", "Served", "answers_of", "load_model"]


class Answering(Protocol):
    """What the server needs of a model.

    It may have more: ``predict`` with sets and a judgement of unlikeness, ``explain``, ``nearest``;
    and ``fit``, what is done with a picture of other proportions.
    """

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def class_names(self) -> Mapping[str, Sequence[str]]:
        """The names of its classes by language, in label order."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The ``(height, width, channels)`` of the images that it takes."""

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return ``[n, classes]``, each row summing to 1."""


@dataclass(frozen=True)
class Answer:
    """What a model says of one image: a `cotejo.inference.Prediction`, made without Keras.

    Attributes:
        classes: the positions of its classes, the likeliest first.
        probabilities: theirs, in the same order.
        candidates: those that can't be ruled out; None where the model does not say.
        unlike: whether the image is unlike all that it learned from; None likewise.
        unlikeness: how unlike it is, in ``[0, 1]``; None likewise.
    """

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]
    candidates: tuple[int, ...] | None = None
    unlike: bool | None = None
    unlikeness: float | None = None


def answers_of(model: Any, images: NDArray[np.uint8]) -> list[Answer]:
    """Return what a model says of images, with all that it can say."""
    if hasattr(model, "predict"):
        # A `Prediction` has what an `Answer` has, under the same names.
        said: list[Answer] = model.predict(images)
        return said
    answers = []
    for row in model.probabilities(images):
        order = np.argsort(-row, kind="stable")
        answers.append(Answer(tuple(map(int, order)), tuple(map(float, row[order]))))
    return answers


@dataclass(frozen=True, eq=False)
class Served:
    """A model under its name here.

    Attributes:
        name: by which clients ask for it; no other model has it.
        model: the model.
        origin: what its name begins with to tell where it comes from; empty for most.
        again: loads it once more; None if the model itself may be used in several threads.
    """

    name: str
    model: Answering
    again: Callable[[], Answering] | None = None
    origin: str = ""

    def title(self, language: str) -> str:
        """Return its name as a reader of a language knows it.

        A client asks for it by the one name that it has in the server's own language.
        """
        own = getattr(self.model, "labels", {}).get(language, self.model.name)
        number = self.name.removeprefix(self.origin).removeprefix(self.model.name)
        return f"{self.origin}{own}{number}"

    @property
    def fit(self) -> Fit:
        """What is done with a picture of other proportions than the model takes."""
        fit: Fit = getattr(self.model, "fit", "crop")
        return fit

    @property
    def can_explain(self) -> bool:
        """Whether it says what it looked at."""
        return hasattr(self.model, "explain")

    @property
    def can_find_nearest(self) -> bool:
        """Whether it finds training images that look alike."""
        # Of a model of which no run is known, nobody can tell what it learned from.
        return hasattr(self.model, "nearest") and getattr(self.model, "origin", "") is not None

    @cached_property
    def explainer(self) -> Any:
        """The model that explains: with a network of its own.

        An explanation looks into the layers while images pass through them, which the network that
        answers everybody meanwhile would feel.
        """
        return self._apart()

    @cached_property
    def finder(self) -> Any:
        """The model that finds training images, likewise: the first time it takes long."""
        return self._apart()

    def _apart(self) -> Any:
        if self.again is None:
            return self.model
        model: Any = self.again()
        # What lies at its place may be another one by now.
        own: Any = self.model
        model.network.set_weights(own.network.get_weights())
        return model

    def names(self, language: str) -> Sequence[str]:
        """Return the names of its classes."""
        return self.model.class_names.get(language) or self.model.class_names["en"]

    def label(self, name: str | None, number: str | int | None, language: str) -> int | None:
        """Return the label of a class that a client asks for; None if it asks for none.

        Args:
            name: the class's, in any language; its number where no class is called so.
            number: its number, which is never taken for a name.
            language: of the classes' names in a refusal.

        Raises:
            Refusal: 422 if there is no such class, or both are given.
        """
        if name is not None and number is not None:
            raise Refusal(422, "class_and_label")
        if name is not None:
            for names in self.model.class_names.values():
                if name in names:
                    return list(names).index(name)
        elif number is None:
            return None
        given = str(number if name is None else name)
        is_number = given.isascii() and given.isdecimal() and len(given) < 7
        if is_number and int(given) < len(self.names("en")):
            return int(given)
        known = ", ".join(self.names(language))
        raise Refusal(422, "no_class", name=given[:100], known=known[:1000])


class Models:
    """The models that are served, the first of which answers who asks for none by name.

    Args:
        models: in order.
        origins: where each comes from, which tells apart those of one name: ``mine: cnn, seed 1``.
            Of two that have even that in common, the second is called ``name-2``.
        again: what loads each once more, for the threads that explain.
    """

    def __init__(
        self,
        models: Sequence[Answering],
        origins: Sequence[str] = (),
        again: Sequence[Callable[[], Answering] | None] = (),
    ) -> None:
        self._served: dict[str, Served] = {}
        names = [model.name for model in models]
        origins, again = origins or [""] * len(models), again or [None] * len(models)
        for model, origin, loads in zip(models, origins, again, strict=True):
            prefix = f"{origin}: " if origin and names.count(model.name) > 1 else ""
            wanted = numbered(f"{prefix}{model.name}")
            name = next(each for each in wanted if each not in self._served)
            self._served[name] = Served(name, model, loads, prefix)
        self.ready = threading.Event()
        """Set when every model has been asked once for each size of a batch."""

    def __len__(self) -> int:
        return len(self._served)

    def __iter__(self) -> Iterator[Served]:
        return iter(self._served.values())

    def find(self, name: str | None) -> Served:
        """Return a model by its name, or the first.

        Raises:
            Refusal: 404 if there is none of that name, or none at all.
        """
        if not self._served:
            raise Refusal(404, "no_models")
        if name is None:
            return next(iter(self._served.values()))
        if name not in self._served:
            known = ", ".join(self._served)
            raise Refusal(404, "no_model", name=name[:200], known=known)
        return self._served[name]


def load_model(where: str, code: Path | None = None) -> Answering:
    """Return the model of a run, of a study's best run, of a file, or the one that ships.

    Args:
        where: the folder of a run or of a study, a ``.keras`` or ``.onnx`` file, or ``shipped``.
        code: the file that builds a network with layers of its author's own.

    Raises:
        CotejoError: there is no such model, or what loads it is not installed.
    """
    if where != SHIPPED_NAME and not Path(where).exists():
        hint = did_you_mean(where, [SHIPPED_NAME])
        raise ConfigError("serve_no_model", model=where, hint=hint)
    if Path(where).suffix == ".onnx":
        return _exported(Path(where))
    from cotejo.inference import Classifier

    return Classifier.load(where, code)


def _exported(path: Path) -> Answering:
    """Return a model that was exported to ONNX, which needs neither Keras nor a backend."""
    from cotejo.export.running import OnnxClassifier

    return OnnxClassifier.load(path)
