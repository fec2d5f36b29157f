"""What ``run.json`` says of a run: what it was asked, what it was, why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.config import Settings
from cotejo.data import Dataset
from cotejo.errors import CotejoError, TrainingError
from cotejo.models.cost import operations_per_image
from cotejo.models.portable import precisions
from cotejo.platform import machine, resolve_precision, versions
from cotejo.progress import PlannedRun
from cotejo.store import FORMAT
from cotejo.train import Training

__all__ = [
    "RunJob",
    "described_model",
    "described_reason",
    "now",
    "reason_of",
    "start_record",
    "timings",
]


@dataclass(frozen=True)
class RunJob:
    """What a run needs to know.

    Attributes:
        planned: which run, and where its files go.
        settings: resolved.
        parent: the run whose weights it starts from, None for its own.
        dataset: what it trains on.
        study_folder: where readings of the test set are noted.
        quick: whether this is a quick look.
        command: the command that repeats it.
        deadline: when its training has to end, in the seconds of `time.perf_counter`.
    """

    planned: PlannedRun
    settings: Settings
    parent: PlannedRun | None
    dataset: Dataset
    study_folder: Path
    quick: bool
    command: str
    deadline: float | None = None


def start_record(job: RunJob) -> dict[str, Any]:
    """Return the record of a run that begins."""
    dataset, parent = job.dataset, job.parent
    return {
        "format": FORMAT,
        "key": job.planned.key,
        "status": "started",
        "reason": None,
        "alternative": job.planned.alternative,
        "seed": job.planned.seed,
        "settings": job.settings.flat(),
        "start_from": parent and {"alternative": parent.alternative, "key": parent.key},
        "quick": job.quick,
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "class_names": {name: list(each) for name, each in dataset.class_names.items()},
            "split": dataset.split,
            "train": len(dataset.train),
            "valid": len(dataset.valid),
            "test": len(dataset.test),
        },
        "precision": resolve_precision(job.settings.precision),
        "backend": keras.config.backend(),
        "versions": versions(),
        "machine": machine(),
        "command": job.command,
        "started": now(),
    }


def described_model(network: keras.Model) -> dict[str, Any]:
    """Return a network's parameters and layers, and what each layer computes in."""
    computed_in = precisions(network)
    trainable = sum(int(weight.size) for weight in map(_array, network.trainable_weights))
    return {
        "parameters": network.count_params(),
        "trainable_parameters": trainable,
        "operations_per_image": operations_per_image(network),
        "layers": [
            {
                "name": layer.name,
                "type": _kind(layer),
                "output_shape": list(layer.output.shape[1:]),
                "parameters": layer.count_params(),
                "precision": computed_in.get(layer.name),
            }
            for layer in network.layers
        ],
    }


def _kind(layer: Any) -> str:
    """Return Keras's name of what a layer is: a convolution of ours is a ``Conv2D`` too."""
    for kind in type(layer).__mro__:
        if kind is keras.layers.Layer:
            break
        if kind.__module__.partition(".")[0] == "keras":
            return kind.__name__
    return type(layer).__name__


def _array(weight: Any) -> Any:
    return keras.ops.convert_to_numpy(weight)


def timings(
    training: Training, evaluate: float, total: float, inference: float
) -> dict[str, float]:
    """Return a run's seconds and speed, rounded; ``inference`` is of one image."""
    return {
        "train_seconds": round(training.train_seconds, 3),
        "evaluate_seconds": round(evaluate, 3),
        "total_seconds": round(total, 3),
        "images_per_second": round(training.images_per_second, 1),
        "inference_ms_per_image": round(1000 * inference, 5),
    }


def reason_of(error: Exception, job: RunJob) -> CotejoError:
    """Return ``error`` as one of Cotejo's, which says what to do."""
    if isinstance(error, CotejoError):
        return error
    # TensorFlow's and JAX's out-of-memory errors, without importing one.
    if (
        isinstance(error, MemoryError)
        or any(word in type(error).__name__ for word in ("ResourceExhausted", "OutOfMemory"))
        or "RESOURCE_EXHAUSTED" in str(error)
    ):
        return TrainingError("out_of_memory", batch_size=job.settings.batch_size)
    first_line = str(error).strip().partition("\n")[0]
    log = job.planned.folder / "log.txt"
    return TrainingError("unexpected", type=type(error).__name__, reason=first_line, log=log)


def described_reason(reason: CotejoError) -> dict[str, Any]:
    """Return a reason as ``run.json`` keeps it, to be put into words in any language."""
    values: Mapping[str, Any] = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in reason.values.items()
    }
    return {"key": reason.key, "values": values, "message": reason.in_language("en")}


def now() -> str:
    """Return the time, to the second, in UTC, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
