"""The conditions of a run: what can change its predictions and is not in its key.

These are the machine, the precision and the versions of the libraries. They are not in the key,
because an upgrade or another machine must not throw hours of training away. Each run records them
instead, and the report says if the runs of one study differ in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.messages import message

__all__ = ["described_conditions", "differing_conditions"]

_LIBRARIES = ("keras", "tensorflow", "jax", "torch", "numpy")


def conditions(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run's conditions by name, from its ``run.json``; None where one is unknown.

    Example:
        >>> conditions({"machine": {"cores": 2}, "backend": "jax"})["cores"]
        2
    """
    machine, versions = record.get("machine") or {}, record.get("versions") or {}
    return {
        "processor": machine.get("processor"),
        "cores": machine.get("cores"),
        "accelerator": machine.get("accelerator"),
        "onednn": machine.get("onednn"),
        "precision": record.get("precision"),
        **{library: versions.get(library) for library in _LIBRARIES},
    }


def described_conditions(record: Mapping[str, Any]) -> str:
    """Return a run's conditions as one line: versions and machine."""
    versions, known = record.get("versions") or {}, conditions(record)
    parts = [f"{name} {number}" for name, number in versions.items()]
    parts += [str(known[name]) for name in ("processor", "accelerator", "precision") if known[name]]
    if known["cores"]:
        parts.append(message("verify.cores", count=known["cores"]))
    return ", ".join(parts)


def differing_conditions(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the conditions in which runs differ, as far as they are known.

    Example:
        >>> differing_conditions([{"machine": {"cores": 1}}, {"machine": {"cores": 2}}, {}])
        ['cores']
    """
    every = [conditions(record) for record in records]
    names = every[0] if every else {}
    return [
        name
        for name in names
        if len({known[name] for known in every if _is_known(name, known)}) > 1
    ]


def _is_known(name: str, known: Mapping[str, Any]) -> bool:
    """Return whether a condition is known: that a known machine has no accelerator is known too."""
    has_machine = known["processor"] is not None
    return known[name] is not None or (name == "accelerator" and has_machine)
