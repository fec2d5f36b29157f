"""A table of settings as people write it: the model's options beside the settings, or apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cotejo.config.checking import check_keys, checked
from cotejo.config.layer_list import MODEL as LAYERS
from cotejo.config.layer_list import joined
from cotejo.config.settings import Settings, nested
from cotejo.errors import ConfigError

__all__ = ["RESERVED", "check_setting_names", "checked_settings", "flattened"]

RESERVED = ("label", "name", "options", "recipe")
"""Keys with a meaning of their own beside the settings: no option can be given by such a name."""


def flattened(table: Mapping[str, Any], where: str, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return a table of settings with the options of ``options`` beside the settings.

    Args:
        table: the settings; options of the model stand beside them, or in a table ``options``.
        where: the table, in words.
        others: keys that it may have besides, such as ``"name"``.

    Raises:
        ConfigError: a key can't be a setting or an option, or one is given twice.

    Example:
        >>> flattened({"epochs": 3, "options": {"dropout": 0.3}}, "base")
        {'epochs': 3, 'dropout': 0.3}
    """
    others = tuple(others)
    flat = {name: value for name, value in table.items() if name != "options"}
    options: Mapping[str, Any] = {}
    if "options" in table:
        options = checked(Settings, {"options": table["options"]}, where).options
    for name in options:
        if name in (*Settings.names(), *others):
            raise ConfigError("setting_in_options", key=name, where=where)
        if name in flat:
            raise ConfigError("option_twice", key=name, where=where)
    flat |= options
    if LAYERS in flat:
        flat[LAYERS] = joined(flat[LAYERS])
        # Who lists layers has named the model.
        flat.setdefault("model", LAYERS)
    check_setting_names(flat, where, others)
    return flat


def check_setting_names(names: Iterable[str], where: str, others: Iterable[str] = ()) -> None:
    """Refuse a name that can be neither a setting's nor, since it is no argument's, an option's.

    Which options there are is for the model to say (`cotejo.models.check_options`).

    Raises:
        ConfigError: there is such a name.
    """
    known = (*others, *Settings.model_fields)
    wrong = [name for name in names if not name.isidentifier() or name in RESERVED]
    check_keys(wrong, known, where)


def checked_settings(
    table: Mapping[str, Any], where: str, places: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings of a flat table, checked; the options are kept as they are.

    Args:
        table: settings and options by name.
        where: the table, in words.
        places: the table in which each was written, in words.

    Raises:
        ConfigError: a setting is of the wrong type or out of range.
    """
    return checked(Settings, nested(table, Settings.names(), places), where, places)
