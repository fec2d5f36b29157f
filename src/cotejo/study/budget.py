"""What fits into a time: the machine is timed, then a recipe and its epochs are chosen."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cotejo.backend import keras
from cotejo.config import Recipe, Settings
from cotejo.data import Dataset
from cotejo.errors import ConfigError
from cotejo.study.run import build_network
from cotejo.study.timing import step_seconds, views_seconds
from cotejo.train.stages import Stage, stages

__all__ = ["Plan", "plan_for", "scaled", "seconds_of"]

_FORM = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s)?")
_MARGIN = 0.97
"""How much of the time is planned for: starting and writing take what is left."""
_LONGEST = 4
"""How many times the epochs of a curve's end are planned at most: what more bring is not known."""


@dataclass(frozen=True)
class Plan:
    """What fits into a time.

    Attributes:
        recipe: whose settings they are.
        epochs, small_epochs: how many fit; the last one may be cut short.
        seconds: that training takes, as timed.
        evaluation: the seconds that evaluating takes, as timed.
        expected: the accuracy to expect, from what the recipe reached on CIFAR-10's validation
            images in as many epochs; past the end of its curve, the accuracy there.
        images_per_second: of the network in training, on whole images.
    """

    recipe: str
    epochs: int
    small_epochs: int
    seconds: float
    evaluation: float
    expected: float
    images_per_second: float


def seconds_of(text: str) -> float:
    """Return the seconds of a duration such as ``5m``, ``90s`` or ``1h30m``.

    Raises:
        ConfigError: it is none, or below ten seconds.

    Example:
        >>> seconds_of("5m"), seconds_of("1h30m"), seconds_of("2 min 30 s")
        (300.0, 5400.0, 150.0)
    """
    found = _FORM.fullmatch(text.strip().lower())
    hours, minutes, seconds = (float(part or 0) for part in (found.groups() if found else [0] * 3))
    total = 3600 * hours + 60 * minutes + seconds
    if total < 10:
        raise ConfigError("budget_form", text=text)
    return total


def plan_for(seconds: float, dataset: Dataset, recipes: Sequence[Recipe]) -> Plan:
    """Time the machine and return what reaches most in ``seconds``, evaluation included.

    Args:
        seconds: from now on.
        dataset: that is learned from.
        recipes: to choose from; those without a curve are left out.

    Raises:
        ConfigError: nothing fits.
    """
    until = time.perf_counter() + seconds
    plans: list[Plan] = []
    shortest = float("inf")
    for recipe in sorted(recipes, key=lambda one: one.curve[0][1] if one.curve else 1.0):
        left = until - time.perf_counter()
        # A network that is timed takes from the time: one whose least is too much is not.
        if not recipe.curve or (plans and left < 4 * plans[-1].seconds / plans[-1].epochs):
            continue
        found = _fitting(recipe, dataset, until)
        shortest = min(shortest, found[0])
        plans += found[1]
    if not plans:
        raise ConfigError("budget_too_short", seconds=round(shortest))
    return max(plans, key=lambda plan: plan.expected)


def scaled(recipe: Recipe, epochs: int) -> Settings:
    """Return a recipe's settings with other epochs, of which as large a share is on small images.

    Example:
        >>> recipe = Recipe(name="a", text={}, settings={"epochs": 8, "small_epochs": 4})
        >>> scaled(recipe, 3).small_epochs
        2
    """
    given = Settings(**recipe.settings).resolved()
    small = min(epochs - 1, round(given.small_epochs * epochs / given.epochs))
    return given.model_copy(update={"epochs": epochs, "small_epochs": small, "hard_epochs": 0})


def _fitting(recipe: Recipe, dataset: Dataset, until: float) -> tuple[float, list[Plan]]:
    """Return the seconds that a recipe takes at least, and its plan that fits, if one does."""
    settings = Settings(**recipe.settings).resolved()
    whole = stages(settings.model_copy(update={"small_epochs": 0}), len(dataset.train))[0]
    small = Stage(0, 1, whole.steps, scale=0.75)
    network = build_network(settings, dataset.train, dataset.num_classes)
    try:
        compiling, step = step_seconds(network, dataset, settings, whole)
        small_step = step
        if settings.small_epochs:
            more, small_step = step_seconds(network, dataset, settings, small)
            compiling += more
        evaluation = views_seconds(network, dataset, settings.tta)
    finally:
        keras.utils.clear_session()
    left = _MARGIN * (until - time.perf_counter()) - evaluation - compiling
    epochs, accuracies = np.array(recipe.curve).T
    speed = settings.batch_size / step
    shortest = float("inf")
    found: list[Plan] = []
    for count in range(int(epochs[0]), _LONGEST * int(epochs[-1]) + 1):
        chosen = scaled(recipe, count)
        on_small = chosen.small_epochs
        taken = whole.steps * (on_small * small_step + (count - on_small) * step)
        shortest = min(shortest, taken + evaluation + compiling)
        if taken > left and not found:
            break
        # The first that is too long, too: the clock brings it to its end on time.
        done = min(1.0, left / taken)
        expected = float(np.interp(done * count, epochs, accuracies))
        plan = Plan(recipe.name, count, on_small, done * taken, evaluation, expected, speed)
        found = [plan]
        if taken > left:
            break
    return shortest, found
