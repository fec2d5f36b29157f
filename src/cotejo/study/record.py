"""The content of ``run.json``: what a run was asked to do, what it is, and why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cotejo.backend import keras
from cotejo.config import Settings, file_of
from cotejo.config.sources import name_in
from cotejo.errors import ConfigError, CotejoError, TrainingError
from cotejo.models.cost import operations_per_image
from cotejo.models.observing import layers_of
from cotejo.models.own.adapting import changes_of
from cotejo.models.own.definitions import reached_digest
from cotejo.models.portable import precisions
from cotejo.platform import machine, resolve_precision, versions
from cotejo.store import FORMAT, RunFile, now
from cotejo.study.planning import Job, Plan
from cotejo.train import Training

__all__ = [
    "described_model",
    "described_reason",
    "reason_of",
    "start_record",
    "timings",
]


def start_record(plan: Plan, job: Job) -> dict[str, Any]:
    """Return the record of a run that begins."""
    dataset, parent = plan.dataset, job.parent
    return {
        "format": FORMAT,
        "key": job.run.key,
        "status": "started",
        "reason": None,
        "alternative": job.run.alternative,
        "seed": job.run.seed,
        "settings": job.settings.flat(),
        **_own_code(job.settings),
        "start_from": parent and {"alternative": parent.alternative, "key": parent.key},
        "quick": plan.quick,
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "class_names": {
                language: list(names) for language, names in dataset.class_names.items()
            },
            "split": dataset.split,
            "train": len(dataset.train),
            "valid": len(dataset.valid),
            "test": len(dataset.test),
            **({"fit": dataset.pictures.fit} if dataset.pictures else {}),
        },
        "precision": resolve_precision(job.settings.precision),
        "backend": keras.config.backend(),
        "versions": versions(),
        "machine": machine(),
        "command": plan.command,
        "started": now(),
    }


def _own_code(settings: Settings) -> dict[str, Any]:
    """Return which file of the user's own builds the network, where one does."""
    source = settings.sources.get(file_of(settings.model) or settings.model)
    if source is None or source.is_model:
        return {}
    code = {"file": source.file_name, "sha256": source.digest}
    with suppress(ConfigError):  # a function of whose text Python has a part that is no statement
        code["reached"] = reached_digest(source, name_in(settings.model))
    return {"code": code}


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
                "output_shape": list(shape),
                "parameters": layer.count_params(),
                "precision": computed_in.get(layer.name),
                **_arguments(layer),
            }
            # One that is used twice is told once.
            for layer, shape in {id(each[0]): each for each in layers_of(network)}.values()
        ],
        **({"changes": list(changes)} if (changes := changes_of(network)) else {}),
    }


def _arguments(layer: Any) -> dict[str, Any]:
    """Return the kernel size, activation and dropout rate of a layer, as far as it has them."""
    try:
        config = layer.get_config()
    except Exception:  # a layer that does not say how it was made raises what it likes
        return {}
    found = {name: config[name] for name in ("kernel_size", "activation", "rate") if name in config}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
        # A function of the user's own is no text.
        if isinstance(value, str | float | int | tuple | list)
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


def reason_of(error: Exception, job: Job) -> CotejoError:
    """Return ``error`` as one of Cotejo's, which says what to do."""
    if isinstance(error, CotejoError):
        return error
    # The out-of-memory errors of TensorFlow and JAX, recognised without importing either.
    if (
        isinstance(error, MemoryError)
        or any(word in type(error).__name__ for word in ("ResourceExhausted", "OutOfMemory"))
        or "RESOURCE_EXHAUSTED" in str(error)
    ):
        return TrainingError("out_of_memory", batch_size=job.settings.batch_size)
    first_line = str(error).strip().partition("\n")[0]
    log = job.run.folder / RunFile.LOG
    return TrainingError("unexpected", type=type(error).__name__, reason=first_line, log=log)


def described_reason(reason: CotejoError) -> dict[str, Any]:
    """Return a reason as ``run.json`` keeps it, to be put into words in any language."""
    values: Mapping[str, Any] = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in reason.values.items()
    }
    return {"key": reason.key, "values": values, "message": reason.in_language("en")}
