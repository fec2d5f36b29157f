"""Recipes: full training setups, those that ship each with what it was measured to reach."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from cotejo.config.checking import Frozen, Name, Text, check_keys, checked, in_every_language
from cotejo.config.names import name_of
from cotejo.config.reading import read_toml
from cotejo.config.tables import checked_settings, flattened
from cotejo.errors import ConfigError
from cotejo.messages import message
from cotejo.shipped import find_recipe, shipped_recipes

__all__ = ["MEASURED_ON", "Measured", "Recipe", "load_recipe", "recipe_settings", "recipes"]

MEASURED_ON = "cifar10"
"""The name of the data set on which all recipes that ship were measured."""


class Measured(Frozen):
    """What a recipe reached: trained on all 50,000 images of CIFAR-10, the test images read once.

    Attributes:
        accuracy: on the test images, the mean over the seeds, in ``[0, 1]``.
        deviation: of the seeds' accuracies, the standard deviation; None with one seed.
        seeds: how many.
        seconds: of one training, the median over the seeds; reading the data and evaluating
            come on top.
        gpu: whether it was measured on a GPU, and is meant for one.
        machine: that it was measured on, by language.
        date: of the measurement.
    """

    accuracy: Annotated[float, Field(ge=0, le=1)]
    deviation: Annotated[float, Field(ge=0, le=1)] | None = None
    seeds: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(gt=0)]
    gpu: bool = False
    machine: Text
    date: str


class Recipe(Frozen):
    """A full training setup that stands on its own.

    Attributes:
        name: what ``--recipe`` and a study's ``recipe`` call it.
        text: what it is for, by language.
        settings: those that differ from the defaults, the model's options beside the others.
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
        # TOML has lists, and a whole accuracy, 1, is a real number too.
        if not isinstance(value, list):
            return value
        return tuple(
            (point[0], float(point[1]) if type(point[1]) is int and point[1] == 1 else point[1])
            if isinstance(point, list) and len(point) == 2
            else point
            for point in value
        )

    def changed(self, settings: Mapping[str, Any]) -> Recipe:
        """Return the recipe with some settings in place of its own."""
        return self.model_copy(update={"settings": {**self.settings, **settings}})


def load_recipe(name_or_path: str, folder: Path | None = None) -> Recipe:
    """Return the recipe that ships under a name, or the one in a file of the user's.

    Args:
        name_or_path: a name, such as ``"fast"``, or a path, such as ``"./mine.toml"``. The file
            needs a table ``[settings]`` alone.
        folder: where a relative path begins; the current folder if left out.

    Raises:
        ConfigError: there is none of that name, or its file can't be read or says something that
            it can't.

    Example:
        >>> load_recipe("fast").settings["model"]
        'airbench'
    """
    path = find_recipe(name_or_path, folder)
    content, name = read_toml(path, "recipe"), name_of(path.stem, "recipe")
    where = message("errors.in_recipe", name=name_or_path)
    check_keys(content, tuple(key for key in Recipe.model_fields if key != "name"), where)
    settings = content.get("settings")
    if not isinstance(settings, dict):
        raise ConfigError("recipe_no_settings", where=where)
    settings = content["settings"] = flattened(settings, where)
    checked_settings(settings, where)
    measured = content.get("measured", {})
    if not isinstance(measured, dict):
        raise ConfigError("not_a_table", where="measured")
    if measured:
        check_keys(measured, tuple(Measured.model_fields), where)
        if "machine" in measured:
            measured = {**measured, "machine": in_every_language(measured["machine"])}
        content["measured"] = checked(Measured, measured, where)
    content["text"] = in_every_language(content.get("text", name))
    return checked(Recipe, {"name": name, **content}, where)


def recipes() -> list[Recipe]:
    """Return every recipe that ships, the quickest first; after them those for a GPU.

    Example:
        >>> [recipe.name for recipe in recipes()][:2]
        ['quick', 'fast']
    """

    def place(recipe: Recipe) -> tuple[bool, float]:
        measured = recipe.measured
        return (measured.gpu, measured.seconds) if measured else (True, float("inf"))

    return sorted((load_recipe(name) for name in shipped_recipes()), key=place)


def recipe_settings(
    table: Mapping[str, Any], where: str, folder: Path | None = None
) -> dict[str, Any]:
    """Return the settings of the recipe that a table names; nothing if it names none.

    Args:
        table: settings, and perhaps a ``recipe``: a name, or a path.
        where: the table, in words.
        folder: where a relative path begins; the current folder if left out.

    Raises:
        ConfigError: there is no such recipe, or its file says something that it can't.
    """
    name = table.get("recipe")
    if name is None:
        return {}
    if not isinstance(name, str):
        raise ConfigError("recipe_no_name", where=where)
    return load_recipe(name, folder).settings
