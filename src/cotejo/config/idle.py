"""Settings that do nothing because of others, and alternatives that are the same: both are refused.

Two alternatives that differ only in a setting that does nothing are the same training, and a report
that compares them says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cotejo.config.settings import MOMENTUMS, Settings
from cotejo.errors import ConfigError

__all__ = ["Given", "IdleSettings", "refuse_twins"]


@dataclass(frozen=True)
class Given:
    """The settings that one table, or ``--set``, gives.

    Attributes:
        where: the table, in words.
        settings: those written there, with their values; those of its recipe are not among them.
        shared: whether they are for several alternatives.
    """

    where: str
    settings: Mapping[str, Any]
    shared: bool = False


@dataclass
class IdleSettings:
    """The settings given to no effect.

    A setting in an alternative's own table must do something. A setting that ``[base]``, a
    ``[[vary]]`` or ``--set`` gives to several alternatives is left out where it does nothing, and
    must do something in at least one of them. So ``[base]`` may give a momentum that only some of
    the compared optimizers take.
    """

    shared: dict[tuple[str, str], str] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)

    def look_at(self, settings: Settings, sources: Iterable[Given]) -> None:
        """Look at an alternative.

        Args:
            settings: all of its settings, before they are resolved.
            sources: the tables that gave them; an earlier one overrides a later.

        Raises:
            ConfigError: a setting of its own does nothing.
        """
        idle = settings.idle
        seen: set[str] = set()
        for source in sources:
            for key in source.settings:
                place = (source.where, key)
                if key in seen:
                    continue
                seen.add(key)
                if key not in idle or source.settings[key] == Settings.default(key):
                    self.used.add(place)
                elif source.shared:
                    self.shared.setdefault(place, _value_of(settings, idle[key]))
                else:
                    raise _error(key, source.where, _value_of(settings, idle[key]))

    def refuse_shared(self) -> None:
        """Refuse what was given to several alternatives and does nothing in any.

        Raises:
            ConfigError: there is such a setting.
        """
        for (where, key), value in self.shared.items():
            if (where, key) not in self.used:
                raise _error(key, where, value)


def _value_of(settings: Settings, name: str) -> str:
    return str(getattr(settings, name))


def _error(key: str, where: str, value: str) -> ConfigError:
    return ConfigError(
        f"settings.{key}.idle", where=where, value=value, takers=", ".join(MOMENTUMS)
    )


def refuse_twins(alternatives: Mapping[str, Settings]) -> None:
    """Refuse two alternatives whose settings are the same, all of them.

    With the same seeds they give the same predictions, bit for bit.

    Args:
        alternatives: the settings, resolved, by the alternative's name.

    Raises:
        ConfigError: two are the same.

    Example:
        >>> refuse_twins({"a": Settings(), "b": Settings(epochs=3)})
    """
    names: dict[str, str] = {}
    for name, settings in alternatives.items():
        content = json.dumps(settings.flat(), sort_keys=True, default=str)
        first = names.setdefault(content, name)
        if first != name:
            raise ConfigError("same_settings", first=first, second=name)
