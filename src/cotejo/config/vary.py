"""``[[vary]]``: a setting with a list of values makes one alternative a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cotejo.config.augmentations import (
    AugmentationError,
    read_augmentation,
    read_parts,
    slug,
    varied,
    written,
)
from cotejo.config.checking import Frozen, Name, Text, checked, in_every_language
from cotejo.config.labels import label_of
from cotejo.config.layer_list import MODEL as LAYERS
from cotejo.config.sources import file_of, name_in
from cotejo.config.tables import checked_settings, flattened
from cotejo.errors import ConfigError

__all__ = ["Varied", "check_count", "expand"]

MOST_ALTERNATIVES = 1000
"""Alternatives that a study may have; more is a slip, and would take years to train."""

Values = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Varied:
    """One alternative that a ``[[vary]]`` makes.

    Attributes:
        table: the same as an ``[[alternative]]``.
        settings: the names of those that vary.
        where: the table that makes it, in words.
    """

    table: Mapping[str, Any]
    settings: tuple[str, ...]
    where: str

    @property
    def name(self) -> str:
        """The alternative's name."""
        return str(self.table["name"])


class _Head(Frozen):
    name: Name | None = None
    label: Text | None = None


def expand(tables: Sequence[Mapping[str, Any]]) -> list[Varied]:
    """Return the alternatives that the ``[[vary]]`` tables of a study make, in their order.

    Several lists make a grid, whose last list changes fastest. What the list of an augmentation
    means, `cotejo.config.augmentations.varied` says. Each alternative's name says its
    values after the settings' names, or after the table's `name`; so does its label, after the
    table's `label` where it has one.

    Raises:
        ConfigError: a key is unknown, a value out of range, a list empty or with a value twice.

    Example:
        >>> first, second = expand([{"batch_size": [32, 64], "augment": "notebook"}])
        >>> first.name, first.table["label"]["es"], first.settings
        ('batch-size-32', 'Tamaño de lote 32', ('batch_size',))
        >>> second.table["augment"], second.table["batch_size"]
        ('notebook', 64)
    """
    made: list[Varied] = []
    for number, table in enumerate(tables, 1):
        made += _expand(table, where=f"[[vary]] {number}")
        check_count(len(made))
    return made


def check_count(count: int) -> None:
    """Refuse more alternatives than a study may have.

    Raises:
        ConfigError: there are.
    """
    if count > MOST_ALTERNATIVES:
        raise ConfigError("too_many_alternatives", most=MOST_ALTERNATIVES)


def _expand(table: Mapping[str, Any], where: str) -> list[Varied]:
    layers = table.get(LAYERS)
    if isinstance(layers, list) and any(
        not isinstance(each, str) or "," in each for each in layers
    ):
        raise ConfigError("vary_layers", where=where)
    table = flattened(table, where, ("name", "label"))
    head = _head(table, where)
    lists = _lists(table, where)
    values = _values(lists, where)
    made = []
    for combination in product(*values.values()):
        chosen = dict(zip(values, combination, strict=True))
        name = _name(chosen, head.name, where)
        named = {"name": name, "label": label_of(chosen, head.label)}
        made.append(Varied({**named, **table, **chosen}, tuple(values), where))
    return made


def _lists(table: Mapping[str, Any], where: str) -> dict[str, list[Any]]:
    """Return the settings that vary, each with its list of values."""
    lists = {key: value for key, value in table.items() if isinstance(value, list)}
    try:
        augmentations = varied(table.get("augment"))
    except AugmentationError as error:
        raise ConfigError(error.key, where=f" ({where})", **error.values) from error
    if augmentations is not None:
        # In the place of the table's own list, so that the order of the grid stays.
        lists = {
            key: augmentations if key == "augment" else lists[key]
            for key in table
            if key in lists or key == "augment"
        }
    return lists


def _head(table: dict[str, Any], where: str) -> _Head:
    """Take the name and the label out of ``table``."""
    head: dict[str, Any] = {key: table.pop(key) for key in ("name", "label") if key in table}
    if "label" in head:
        head["label"] = in_every_language(head["label"])
    return checked(_Head, head, where)


def _values(lists: Values, where: str) -> Values:
    """Check the lists, and return each setting's values as the setting takes them."""
    if not lists:
        raise ConfigError("vary_nothing", where=where)
    for key, given in lists.items():
        if not given:
            raise ConfigError("vary_empty", key=key, where=where)
        nested = any(value is None or isinstance(value, list | dict) for value in given)
        if nested and key != "augment":
            raise ConfigError("vary_nested", key=key, where=where)
    count = prod(len(given) for given in lists.values())
    if count > MOST_ALTERNATIVES:
        raise ConfigError("vary_many", where=where, count=count, most=MOST_ALTERNATIVES)
    values = {}
    for key, given in lists.items():
        taken = [checked_settings({key: value}, where).flat()[key] for value in given]
        for index, value in enumerate(taken):
            if value in taken[:index]:
                raise ConfigError("vary_twice", key=key, where=where, value=_part(value))
        values[key] = [_spelt(value) for value in given] if key == "augment" else taken
    return values


def _spelt(augmentation: Any) -> Any:
    """Return an augmentation as its alternative is named: by its parts, where a study gives them.

    So that alternatives that differ in one part say so, also where one of them has a short form.
    """
    if isinstance(augmentation, str):
        return written(read_augmentation(augmentation))
    return written(read_parts(augmentation)) or "none"


def _name(chosen: Mapping[str, Any], prefix: str | None, where: str) -> str:
    if prefix is None:
        parts = [f"{key.replace('_', '-')}-{_part(value)}" for key, value in chosen.items()]
    else:
        parts = [prefix, *map(_part, chosen.values())]
    name = "-".join(parts)
    try:
        return TypeAdapter[str](Name).validate_python(name)
    except ValidationError as error:
        raise ConfigError("vary_name", name=name, where=where) from error


def _part(value: Any) -> str:
    """Return a value as a part of a name: ``true``, ``0.3``, ``1`` for 1.0."""
    if isinstance(value, list | tuple):
        return slug(value)
    if (file := file_of(value)) is not None:
        named = name_in(value)
        return Path(file).stem if named == value else named
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
