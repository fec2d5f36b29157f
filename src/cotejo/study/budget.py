"""What fits into a time: the machine is timed, then a recipe and its epochs are chosen."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cotejo.config import Recipe, Settings
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.models.cost import operations_per_image
from cotejo.study.networks import plain_network
from cotejo.study.timing import Pace, evaluated_images, pace_of
from cotejo.train import fresh_backend
from cotejo.train.stages import SMALL, Stage

__all__ = ["MARGIN", "Budget", "plan_for", "scaled", "too_short"]

MARGIN = 0.97
"""The share of the time that is planned. Starting and writing take the rest."""
_LONGEST = 4
"""The most epochs, as a multiple of those at the end of the recipe's curve, which says no more."""


@dataclass(frozen=True)
class Budget:
    """What fits into a time.

    Attributes:
        recipe: the name of the recipe.
        epochs, small_epochs: how many fit; the last one may be cut short.
        seconds: that training takes with the other validations, as timed.
        evaluation: the seconds that evaluating takes, as timed, with the validation of the last
            epoch, which comes when training has ended.
        expected: the accuracy to expect, from the recipe's curve; past its end, the accuracy
            there. None for a recipe without a curve.
        images_per_second: of the network in training, on whole images.
        least: the seconds that the recipe takes with the fewest epochs of its curve.
        fits: whether those are there.
        unfreeze: for how many epochs a pretrained network is frozen; None for other networks.
    """

    recipe: str
    epochs: int
    small_epochs: int
    seconds: float
    evaluation: float
    expected: float | None
    images_per_second: float
    least: float
    fits: bool
    unfreeze: int | None = None

    @property
    def settings(self) -> dict[str, str | int]:
        """The settings of an alternative that takes this time."""
        counts = {"epochs": self.epochs, "small_epochs": self.small_epochs, "hard_epochs": 0}
        frozen = {} if self.unfreeze is None else {"unfreeze": self.unfreeze}
        return {"recipe": self.recipe, **counts, **frozen}


def plan_for(seconds: float, dataset: Dataset, recipes: Sequence[Recipe]) -> Budget:
    """Time the machine and return what reaches most in ``seconds``, evaluation included.

    Args:
        seconds: from now on.
        dataset: that is learned from.
        recipes: the choice; those without a curve are left out.

    Raises:
        ConfigError: nothing fits.
    """
    until = time.perf_counter() + seconds
    with fresh_backend():
        networks = [(recipe, _cost(recipe, dataset)) for recipe in recipes if recipe.curve]
    # Timing takes time too, so only the cheapest recipe is timed to choose by.
    probe, least = min(networks, key=lambda each: each[1])
    timed = {probe.name: _pace(probe, dataset)}
    rate = least / timed[probe.name].steps[1.0][1]
    guesses = {
        recipe.name: _longest(
            recipe,
            dataset,
            timed.get(recipe.name) or _guessed(recipe, cost / rate),
            until,
        )
        for recipe, cost in networks
    }
    by_name = {recipe.name: recipe for recipe, _ in networks}
    for name in sorted(guesses, key=lambda each: -(guesses[each].expected or 0.0)):
        if guesses[name].fits:
            recipe = by_name[name]
            pace = timed.get(name) or _pace(recipe, dataset)
            budget = _longest(recipe, dataset, pace, until)
            if budget.fits:
                return budget
            guesses[name] = budget
    raise too_short(until, min(guess.least for guess in guesses.values()))


def too_short(until: float, least: float) -> ConfigError:
    """Return the error of a time that nothing fits into.

    Args:
        until: its end, in seconds of `time.perf_counter`.
        least: the seconds that the shortest training takes.
    """
    # Below 0 where timing the machine took longer than all of the time.
    left = math.floor(until - time.perf_counter())
    needed = math.ceil(least / MARGIN)
    missing = max(1, needed - left)
    return ConfigError("budget_too_short", left=max(0, left), least=needed, missing=missing)


def scaled(recipe: Recipe, epochs: int) -> Settings:
    """Return a recipe's settings with another number of epochs.

    The share of epochs on small images stays. None is on the harder images alone, because a
    training that the clock may cut short should end on all images.

    Example:
        >>> recipe = Recipe(name="a", text={}, settings={"epochs": 8, "small_epochs": 4})
        >>> scaled(recipe, 3).small_epochs
        2
    """
    given = _settings(recipe)
    small = min(epochs - 1, round(given.small_epochs * epochs / given.epochs))
    return given.model_copy(update={"epochs": epochs, "small_epochs": small, "hard_epochs": 0})


def _settings(recipe: Recipe) -> Settings:
    return Settings.from_flat(recipe.settings).resolved()


def _cost(recipe: Recipe, dataset: Dataset) -> float:
    """Return the operations of the forward pass of one step, on whole images."""
    settings = _settings(recipe)
    operations = operations_per_image(plain_network(settings, dataset))
    return float(operations) * settings.batch_size


def _pace(recipe: Recipe, dataset: Dataset) -> Pace:
    settings = _settings(recipe)
    whole = Stage(0, 1, len(dataset.train) // settings.batch_size)
    timed = [whole, replace(whole, scale=SMALL)] if settings.small_epochs else [whole]
    return pace_of(settings, dataset, timed)


def _guessed(recipe: Recipe, step: float) -> Pace:
    """Return roughly the pace of a recipe, to choose by before it is timed."""
    # The forward pass is a third of a step. Compiling takes about 15 s in all.
    image = step / _settings(recipe).batch_size / 3
    return Pace(0, {1.0: (7.5, step), SMALL: (7.5, step * SMALL**2)}, image)


def _longest(recipe: Recipe, dataset: Dataset, pace: Pace, until: float) -> Budget:
    """Return the most epochs of a recipe that end by ``until``, the last one perhaps cut short."""
    settings = _settings(recipe)
    steps = len(dataset.train) // settings.batch_size
    epochs, accuracies = np.array(recipe.curve).T
    compiling = sum(first for first, _ in pace.steps.values())
    _, step = pace.steps[1.0]
    _, small_step = pace.steps.get(SMALL, pace.steps[1.0])
    validation = pace.image_seconds * len(dataset.valid)
    evaluation = pace.image_seconds * evaluated_images(dataset, settings.tta) + validation
    left = MARGIN * (until - time.perf_counter()) - evaluation - compiling

    def seconds(count: int) -> float:
        small = scaled(recipe, count).small_epochs
        learning = steps * (small * small_step + (count - small) * step)
        return learning + (count - 1) * validation

    first = int(epochs[0])
    count = first
    # One more than fits: the clock brings it to its end on time.
    while seconds(count) < left and count < _LONGEST * epochs[-1]:
        count += 1
    done = min(1.0, left / seconds(count))
    return Budget(
        recipe.name,
        count,
        scaled(recipe, count).small_epochs,
        seconds=done * seconds(count),
        evaluation=evaluation,
        expected=float(np.interp(done * count, epochs, accuracies)),
        images_per_second=settings.batch_size / step,
        least=seconds(first) + evaluation + compiling,
        fits=seconds(first) <= left,
    )
