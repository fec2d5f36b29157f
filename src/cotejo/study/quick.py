"""A quick look: a study cut down to a few epochs on a part of the images. It is no evidence."""

from __future__ import annotations

from typing import Any

from cotejo.config import StudyConfig
from cotejo.data.cutting import FIRST_IMAGES, first_images

__all__ = ["QUICK", "first_images", "quickened"]

QUICK = {"epochs": 2, **FIRST_IMAGES}
"""The most epochs of a quick look, and the most images of each split."""

_TRIALS = 3
"""The most trials of a search in a quick look."""


def quickened(config: StudyConfig) -> StudyConfig:
    """Return a study cut down to the few epochs of a quick look."""

    def cut(alternative: Any) -> Any:
        given = alternative.settings
        epochs = min(given.epochs, QUICK["epochs"])
        small = min(given.small_epochs, epochs - 1)
        hard = min(given.hard_epochs, epochs - max(1, small))
        fewer = {"epochs": epochs, "small_epochs": small, "hard_epochs": hard}
        settings = given.model_copy(update=fewer)
        return alternative.model_copy(update={"settings": settings})

    searches = tuple(
        each.model_copy(update={"trials": min(each.trials, _TRIALS)}) for each in config.searches
    )
    alternatives = tuple(map(cut, config.alternatives))
    return config.model_copy(update={"alternatives": alternatives, "searches": searches})
