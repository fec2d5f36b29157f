"""The overrides of ``--set``: another value for a setting, of every alternative or of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config.reading import parse_toml
from cotejo.config.tables import flattened
from cotejo.config.vary import Varied
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

__all__ = ["parse_overrides", "refuse_varied"]


def parse_overrides(
    overrides: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the settings given for every alternative, and those given for each one.

    Args:
        overrides: ``"key=value"`` or ``"alternative.key=value"``.
        names: the study's alternatives.

    Raises:
        ConfigError: one is of another form, or names an alternative that the study does not have.

    Example:
        >>> parse_overrides(["epochs=1", "a.augment=none"], ["a", "b"])
        ({'epochs': 1}, {'a': {'augment': 'none'}})
    """
    known = frozenset(names)
    general: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals:
            raise ConfigError("override_form", override=override)
        # An alternative's name may hold points, a setting's never does.
        name, point, setting = key.strip().rpartition(".")
        if point and name not in known:
            hint = did_you_mean(name, names)
            raise ConfigError("override_alternative", name=name, known=", ".join(names), hint=hint)
        target = own.setdefault(name, {}) if point else general
        target |= flattened({setting: _value(text.strip())}, "--set")
    return general, own


def refuse_varied(
    general: Mapping[str, Any], own: Mapping[str, Mapping[str, Any]], varied: Sequence[Varied]
) -> None:
    """Refuse an override of what a ``[[vary]]`` varies: its names and labels would be wrong.

    Raises:
        ConfigError: there is one.
    """
    for alternative in varied:
        for setting in alternative.settings:
            if setting in general or setting in own.get(alternative.name, {}):
                raise ConfigError("override_varied", setting=setting, name=alternative.name)


def _value(text: str) -> Any:
    # As in TOML; a word without quotes is a string, for the shell's sake.
    try:
        parsed = parse_toml(f"value = {text}")
    except ValueError:
        return text
    # A line break could smuggle in a second key.
    return parsed["value"] if set(parsed) == {"value"} else text
