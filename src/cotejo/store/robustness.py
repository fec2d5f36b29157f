"""``robustness.json`` of a run: what its network answers to corrupted test images, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from cotejo.store.checks import read_checked
from cotejo.store.files import write_json
from cotejo.store.folders import RunFolder
from cotejo.store.layout import FORMAT, RunFile
from cotejo.store.schemas.values import Content, Count, Fraction, Key, Positive, Seed

__all__ = ["read_robustness", "write_robustness"]

_CORRUPTIONS, _SEVERITIES = 15, 5
_ALL = _CORRUPTIONS * _SEVERITIES
_ROUNDING = 1e-9


class _Robustness(Content):
    key: Key
    images: Positive
    published_side: Positive
    seed: Seed
    accuracy: Fraction
    mean_corruption_accuracy: Fraction
    corruptions: Annotated[
        dict[str, Annotated[list[Fraction], Field(min_length=_SEVERITIES, max_length=_SEVERITIES)]],
        Field(min_length=_CORRUPTIONS, max_length=_CORRUPTIONS),
    ]
    right_of_75: list[Count]

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Robustness:
        """Check that the mean is that of the corruptions, and that of the images."""
        mean, counts = self.mean_corruption_accuracy, self.right_of_75
        if len(counts) != self.images or max(counts) > _ALL:
            raise ValueError("right_of_75")
        over_corruptions = sum(map(sum, self.corruptions.values())) / _ALL
        over_images = sum(counts) / _ALL / self.images
        if max(abs(over_corruptions - mean), abs(over_images - mean)) > _ROUNDING:
            raise ValueError("mean_corruption_accuracy")
        return self


def read_robustness(run: RunFolder) -> dict[str, Any] | None:
    """Return a run's ``robustness.json``; None without one, or if it is of another run.

    Raises:
        OutputError: it is not as it was written.
    """
    content = read_checked(run.path / RunFile.ROBUSTNESS, _Robustness)
    return content if content is not None and content["key"] == run.key else None


def write_robustness(run: RunFolder, content: Mapping[str, Any]) -> None:
    """Write a run's ``robustness.json``, which names the run by its key.

    Raises:
        OutputError: it can't be written.
    """
    written = {"format": FORMAT, "key": run.key, **content}
    write_json(run.path / RunFile.ROBUSTNESS, written)
