"""The model that is evaluated, and what is known of how it did on its own test images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cotejo.data import find_source
from cotejo.inference import Classifier
from cotejo.models.packed import described
from cotejo.store import RunFolder

__all__ = ["KnownModel", "OwnTest", "load_model"]


@dataclass(frozen=True)
class OwnTest:
    """How a model did on the test images of the data that it was trained on.

    Attributes:
        data: the data set's name.
        fingerprint: the data set's; empty where it is not known.
        accuracy: in ``[0, 1]``.
        images: on how many.
        figures: other figures of it, by the names that ``metrics.json`` gives them; those that take
            probabilities are of tempered ones, as the model gives them. Empty where not known.
    """

    data: str
    fingerprint: str
    accuracy: float
    images: int
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownModel:
    """A model with what is known of it.

    Attributes:
        classifier: it, ready to be used.
        key: its run's; empty for one that is not of a run.
        own: how it did on its own test images; None where nobody wrote it down.
    """

    classifier: Classifier
    key: str
    own: OwnTest | None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.classifier.name


def load_model(
    model: Path | str | None = None, code: Path | str | Callable[..., Any] | None = None
) -> KnownModel:
    """Return a model with what is known of it.

    Args:
        model: a run's folder, a study's, a ``.keras`` file of Cotejo's, ``"shipped"`` or None.
        code: what builds a network with layers of its author's own.

    Raises:
        OutputError: there is no such model, or it can't be used.
    """
    classifier = Classifier.load(model, code)
    if (run := classifier.run) is not None:
        return KnownModel(classifier, str(run.key), _of_run(run))
    own = _of_shipped() if classifier.origin == "shipped" else None
    return KnownModel(classifier, "", own)


def _of_run(run: RunFolder) -> OwnTest:
    data, test = run.record["dataset"], run.metrics["test"]
    calibration = test.get("calibration") or {}
    known = {
        "balanced_accuracy": test.get("balanced_accuracy"),
        "macro_f1": test["macro_f1"],
        "loss": calibration.get("loss_scaled"),
        "brier": calibration.get("brier_scaled"),
        "ece": calibration.get("ece_scaled"),
    }
    return OwnTest(
        data=str(data["name"]),
        fingerprint=str(data["fingerprint"]),
        accuracy=float(test["accuracy"]),
        images=int(test["images"]),
        figures={name: float(value) for name, value in known.items() if value is not None},
    )


def _of_shipped() -> OwnTest | None:
    about = described()
    data = about.get("data")
    if data is None:
        return None
    source = find_source(data["name"])
    fingerprint = (source.fingerprint if source else None) or ""
    return OwnTest(
        data=data["name"],
        fingerprint=fingerprint,
        accuracy=about["test_accuracy"],
        images=data["test_images"],
    )
