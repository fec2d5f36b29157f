"""Which recipe suits somebody's own images: for few, one that starts from a trained network.

A recipe's curve says what it reaches on 40,000 images of CIFAR-10, and nothing of 20 photographs.
"""

from __future__ import annotations

import time

from cotejo.config import MEASURED_ON, Alternative, Recipe, Settings
from cotejo.data import Dataset
from cotejo.data.per_class import FEW, images_per_class
from cotejo.study.budget import MARGIN, Budget, too_short
from cotejo.study.timing import Paces, estimate, evaluated_images

__all__ = ["TRANSFER", "plan_for_few", "suited_recipe"]

TRANSFER, _MANY = "transfer", "fast"

_FEWEST_EPOCHS = 3


def suited_recipe(dataset: Dataset) -> str:
    """Return the name of the recipe that suits a data set best.

    Example:
        >>> from cotejo.data import load
        >>> suited_recipe(load("digits"))
        'transfer'
    """
    is_few = dataset.name != MEASURED_ON and images_per_class(dataset) < FEW
    return TRANSFER if is_few else _MANY


def plan_for_few(seconds: float, dataset: Dataset, recipe: Recipe) -> Budget:
    """Time the machine and return how many epochs of a recipe without a curve fit.

    Args:
        seconds: from now on.
        dataset: that is learned from.
        recipe: whose epochs are the most that it gets, since more were never tried.

    Raises:
        ConfigError: not even three epochs fit.
    """
    until = time.perf_counter() + seconds
    settings = Settings.from_flat(recipe.settings).resolved()
    known: Paces = {}
    least = 0.0
    for epochs in range(settings.epochs, _FEWEST_EPOCHS - 1, -1):
        shorter = _shortened(settings, epochs)
        alternative = Alternative(name=recipe.name, label={}, settings=shorter, changes={})
        timed = estimate(alternative, dataset, known)
        least = timed.run_seconds
        if least <= MARGIN * (until - time.perf_counter()):
            pace = next(iter(known.values()))
            seen = evaluated_images(dataset, shorter.tta) + len(dataset.valid)
            evaluation = pace.image_seconds * seen
            return Budget(
                recipe.name, epochs, 0, least - evaluation, evaluation, None,
                timed.images_per_second, least, True, unfreeze=shorter.unfreeze,
            )  # fmt: skip
    raise too_short(until, least)


def _shortened(settings: Settings, epochs: int) -> Settings:
    """Return settings with fewer epochs, of which the head alone keeps its share."""
    changes: dict[str, int] = {"epochs": epochs}
    if settings.unfreeze is not None:
        changes["unfreeze"] = round(settings.unfreeze * epochs / settings.epochs)
    return settings.model_copy(update=changes)
