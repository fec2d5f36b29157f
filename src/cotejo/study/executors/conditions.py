"""What has to be the same on two machines for a run to be the same."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from cotejo.backend import keras
from cotejo.platform import resolve_precision
from cotejo.study.executors.ray_task import Conditions

__all__ = ["conditions"]


def conditions(precisions: Iterable[str]) -> Conditions:
    """Return the conditions of this machine, for a study that asks for these precisions."""
    resolved = {precision: resolve_precision(precision) for precision in precisions}
    return Conditions(version("cotejo"), keras.config.backend(), resolved)
