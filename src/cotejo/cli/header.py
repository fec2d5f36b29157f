"""The first lines of a study: what computes, and what is learned from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cotejo.cli.tables import numbers
from cotejo.messages import message
from cotejo.platform import default_backend, machine, resolve_precision, versions

if TYPE_CHECKING:
    from cotejo.data import Dataset

__all__ = ["accelerator_line", "backend_name", "data_line", "header_lines"]

_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def backend_name() -> str:
    """Return the backend's name, as `cotejo.backend` will choose it."""
    return os.environ.get("KERAS_BACKEND") or default_backend()


def header_lines(precisions: Sequence[str]) -> tuple[str, str]:
    """Return the two lines that say what is at work, without loading a backend.

    Args:
        precisions: the ``precision`` of each alternative.
    """
    found, backend = versions(), backend_name()
    facts = machine()
    resolved = dict.fromkeys(resolve_precision(precision) for precision in precisions)
    software = [f"Cotejo {found.get('cotejo', '')}", f"Python {found['python']}"]
    software.append(f"Keras {found.get('keras', '')}")
    software.append(f"{_BACKENDS.get(backend, backend)} {found.get(backend, '')}".strip())
    hardware = message("cli.machine", processor=facts["processor"], count=facts["cores"])
    return " · ".join(software), " · ".join([hardware, ", ".join(resolved)])


def accelerator_line() -> str:
    """Return the line that names the accelerator, once the backend knows it; empty for none."""
    accelerator = machine()["accelerator"]
    return message("cli.accelerator", name=accelerator) if accelerator else ""


def data_line(dataset: Dataset) -> str:
    """Return the line that says what is learned from, how much of it, and where it is."""
    formatted = numbers()
    return message(
        "cli.data",
        name=dataset.name,
        train=formatted.integer(len(dataset.train)),
        valid=formatted.integer(len(dataset.valid)),
        test=formatted.integer(len(dataset.test)),
        shape="×".join(str(size) for size in dataset.image_shape),
        classes=dataset.num_classes,
        source=dataset.source,
    )
