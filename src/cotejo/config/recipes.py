"""Recipes: full training setups that ship, each with what it was measured to reach."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator

from cotejo.config.checking import Frozen, Name, Text, check_keys, checked
from cotejo.config.settings import Settings
from cotejo.errors import ConfigError
from cotejo.shipped import find_recipe, shipped_recipes

__all__ = ["Measured", "Recipe", "load_recipe", "recipes", "with_recipe"]


class Measured(Frozen):
    """What a recipe reached: trained on all 50,000 images of CIFAR-10, the test images read once.

    Attributes:
        accuracy: on the test images, the mean over the seeds, in ``[0, 1]``.
        deviation: of the seeds' accuracies, the standard deviation; None with one seed.
        seeds: how many.
        seconds: of one training, the median over the seeds; reading the data and evaluating
            come on top.
        machine: that it was measured on.
        date: of the measurement.
    """

    accuracy: Annotated[float, Field(ge=0, le=1)]
    deviation: Annotated[float, Field(ge=0, le=1)] | None = None
    seeds: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(gt=0)]
    machine: str
    date: str


class Recipe(Frozen):
    """A full training setup that stands on its own.

    Attributes:
        name: what ``--recipe`` and a study's ``recipe`` call it.
        text: what it is for, by language.
        settings: those that differ from the defaults.
        measured: what it reached; None where that is still to be measured.
        curve: numbers of epochs, growing, each with the accuracy in ``[0, 1]`` that so many
            reached on CIFAR-10's validation images, after learning from the 40,000 others, once,
            with these or nearly these settings (``docs/lab-notes.md``).
    """

    name: Name
    text: Text
    settings: dict[str, Any]
    measured: Measured | None = None
    curve: tuple[tuple[int, float], ...] = ()

    @field_validator("curve", mode="before")
    @classmethod
    def _curve(cls, value: Any) -> Any:
        # TOML has lists.
        return tuple(tuple(point) for point in value) if isinstance(value, list) else value

    def changed(self, settings: Mapping[str, Any]) -> Recipe:
        """Return the recipe with some settings in place of its own."""
        return self.model_copy(update={"settings": {**self.settings, **settings}})


def load_recipe(name: str) -> Recipe:
    """Return the recipe named ``name``.

    Raises:
        ConfigError: there is none of that name, or its file says something it can't.

    Example:
        >>> load_recipe("fast").settings["model"]
        'airbench'
    """
    content = tomllib.loads(find_recipe(name).read_text(encoding="utf-8"))
    settings = content.get("settings", {})
    check_keys(settings, tuple(Settings.model_fields), f"recipe {name}")
    checked(Settings, settings, f"recipe {name}")
    return checked(Recipe, {"name": name, **content}, f"recipe {name}")


def recipes() -> list[Recipe]:
    """Return every recipe that ships, the quickest first, those not measured yet last.

    Example:
        >>> [recipe.name for recipe in recipes()][:2]
        ['quick', 'fast']
    """
    found = [load_recipe(name) for name in shipped_recipes()]
    return sorted(found, key=lambda one: one.measured.seconds if one.measured else float("inf"))


def with_recipe(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a table of settings in which those of its ``recipe`` stand under its own.

    Raises:
        ConfigError: the recipe is no name of one that ships.
    """
    table = dict(table)
    name = table.pop("recipe", None)
    if name is None:
        return table
    if not isinstance(name, str):
        raise ConfigError("recipe_no_name", where=where)
    return {**load_recipe(name).settings, **table}
