"""The first lines of a study: versions, machine, precision, data and plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cotejo.cli.tables import numbers
from cotejo.messages import current_language, message
from cotejo.platform import BACKEND_NAMES, chosen_backend, machine, resolve_precision, versions

if TYPE_CHECKING:
    from cotejo.data import Dataset
    from cotejo.study.progress import PlannedRun

__all__ = ["computing_line", "data_line", "header_lines", "plan_line"]


def header_lines() -> tuple[str, str]:
    """Return a line of versions and a line about the machine, without loading a backend."""
    installed, backend = versions(), chosen_backend()
    hardware = machine()
    software = [
        f"Cotejo {installed.get('cotejo', '')}",
        f"Python {installed['python']}",
        f"Keras {installed.get('keras', '')}",
        f"{BACKEND_NAMES.get(backend, backend)} {installed.get(backend, '')}".strip(),
    ]
    processor, cores = hardware["processor"], hardware["cores"]
    return " · ".join(software), message("cli.machine", processor=processor, count=cores)


def computing_line(precisions: Iterable[str]) -> str:
    """Return the line that names the device and the precision, once a backend is loaded.

    Args:
        precisions: the ``precision`` setting of each alternative.
    """
    resolved = dict.fromkeys(resolve_precision(precision) for precision in precisions)
    device = machine()["accelerator"] or message("cli.processor")
    return message("cli.computing", precision=", ".join(resolved), device=device)


def data_line(dataset: Dataset) -> str:
    """Return the line about the dataset: its name, sizes, classes and source."""
    from cotejo.data.folds import fold_count
    from cotejo.data.registry import said_source

    formatted = numbers()
    folds = fold_count(dataset)
    return message(
        "cli.data" if folds == 1 else "cli.data_in_folds",
        name=dataset.name,
        folds=folds,
        train=formatted.integer(len(dataset.train)),
        valid=formatted.integer(len(dataset.valid)),
        test=formatted.integer(len(dataset.test)),
        shape="×".join(str(size) for size in dataset.image_shape),
        classes=dataset.num_classes,
        source=said_source(dataset.name, dataset.source, current_language()),
    )


def plan_line(
    name: str, asked: tuple[int, int | None], runs: Sequence[PlannedRun], to_do: int
) -> str:
    """Return what a study is: its name, its alternatives, seeds and runs, and what is done.

    Args:
        name: the study's.
        asked: how many alternatives the study has; and, where only a shard of it is trained here,
            how many seeds of each.
        runs: those that are trained here.
        to_do: how many of them are still to be trained.
    """
    alternatives, seeds = asked
    counts = set(Counter(run.alternative for run in runs).values()) or {0}
    low, high = (min(counts), max(counts)) if seeds is None else (seeds, seeds)
    between = message("cli.seeds_between", low=low, high=high)
    return message(
        "cli.plan" if seeds is None else "cli.plan_part",
        name=name,
        alternatives=message("cli.alternatives", count=alternatives),
        seeds=message("cli.seeds", count=low) if low == high else between,
        runs=message("cli.runs", count=len(runs)),
        done=len(runs) - to_do,
        to_do=to_do,
    )
