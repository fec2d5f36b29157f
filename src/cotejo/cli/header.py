"""The first lines of a study: what computes, and what is learned from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cotejo.cli.tables import numbers
from cotejo.messages import message
from cotejo.platform import chosen_backend, machine, resolve_precision, versions

if TYPE_CHECKING:
    from cotejo.data import Dataset

__all__ = ["computing_line", "data_line", "header_lines"]

_BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def header_lines() -> tuple[str, str]:
    """Return the two lines that say what is at work, without loading a backend."""
    found, backend = versions(), chosen_backend()
    facts = machine()
    software = [f"Cotejo {found.get('cotejo', '')}", f"Python {found['python']}"]
    software.append(f"Keras {found.get('keras', '')}")
    software.append(f"{_BACKENDS.get(backend, backend)} {found.get(backend, '')}".strip())
    hardware = message("cli.machine", processor=facts["processor"], count=facts["cores"])
    return " · ".join(software), hardware


def computing_line(precisions: Iterable[str]) -> str:
    """Return the line that says what computes and in which precision, once a backend is loaded.

    Args:
        precisions: the ``precision`` of each alternative.
    """
    resolved = dict.fromkeys(resolve_precision(precision) for precision in precisions)
    device = machine()["accelerator"] or message("cli.processor")
    return message("cli.computing", precision=", ".join(resolved), device=device)


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
