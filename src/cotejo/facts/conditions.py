"""What can change a run's predictions and is no part of its key: machine, versions, libraries.

A key can't hold it, since an upgrade or another machine must not throw hours of training away. So
it is recorded with each run, and said where the runs of one study differ in it.
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
    versions, found = record.get("versions") or {}, conditions(record)
    parts = [f"{name} {number}" for name, number in versions.items()]
    parts += [str(found[name]) for name in ("processor", "accelerator", "precision") if found[name]]
    if found["cores"]:
        parts.append(message("verify.cores", count=found["cores"]))
    return ", ".join(parts)


def differing_conditions(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of the conditions in which runs differ, as far as they are known.

    Example:
        >>> differing_conditions([{"machine": {"cores": 1}}, {"machine": {"cores": 2}}, {}])
        ['cores']
    """
    every = [conditions(record) for record in records]
    names = every[0] if every else {}
    return [name for name in names if len({one[name] for one in every if _is_known(name, one)}) > 1]


def _is_known(name: str, found: Mapping[str, Any]) -> bool:
    """Whether a condition is known: a machine that has no accelerator is known to have none."""
    has_machine = found["processor"] is not None
    return found[name] is not None or (name == "accelerator" and has_machine)
