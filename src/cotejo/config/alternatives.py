"""The alternatives of a study: each filled in from the base, each with a name of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cotejo.config.checking import Frozen, Name, Text, check_keys, checked, in_both_languages
from cotejo.config.overrides import parse_overrides, refuse_varied
from cotejo.config.recipes import with_recipe
from cotejo.config.settings import Settings
from cotejo.config.vary import Varied
from cotejo.errors import ConfigError
from cotejo.messages import message

__all__ = ["Alternative", "fill_in"]

# Endings of the files beside the alternatives' folders.
_FILE_SUFFIXES = {".csv", ".html", ".json", ".log", ".md", ".npz", ".pdf", ".toml"}


class Alternative(Frozen):
    """One thing compared.

    Attributes:
        name: its folder's name, and what `start_from` and `--set` call it.
        label: what a report calls it, by language.
        changes: the settings in which it differs from the base, as they were given.
        settings: everything, resolved.
    """

    name: Name
    label: Text
    changes: dict[str, Any]
    settings: Settings


def fill_in(
    tables: Sequence[Mapping[str, Any]],
    varied: Sequence[Varied],
    base: Any,
    overrides: Sequence[str],
) -> tuple[Alternative, ...]:
    """Return the alternatives of a study, those that a ``[[vary]]`` makes after the others.

    Args:
        tables: each ``[[alternative]]``.
        varied: what each ``[[vary]]`` makes.
        base: the table ``[base]``.
        overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.

    Raises:
        ConfigError: a key is unknown, a value out of range, a name used twice or missing.
    """
    entries = [*tables, *(one.table for one in varied)]
    if not entries:
        raise ConfigError("no_alternatives")
    names = [str(entry.get("name", "")) for entry in entries]
    general, own = parse_overrides(overrides, names)
    refuse_varied(general, own, varied)
    shared = _base(base)
    alternatives = tuple(
        _alternative(entry, shared, general, own.get(name, {}))
        for name, entry in zip(names, entries, strict=True)
    )
    _check_names(alternatives, {one.name for one in varied})
    return alternatives


def _base(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError("not_a_table", where="base")
    check_keys(value, ("recipe", *Settings.model_fields), "base")
    _refuse_lists(value, "base")
    return value


def _alternative(
    entry: Mapping[str, Any],
    base: Mapping[str, Any],
    general: Mapping[str, Any],
    own: Mapping[str, Any],
) -> Alternative:
    """Fill in one alternative; ``general`` overrides reach every one, ``own`` this one."""
    entry = dict(entry)
    if "name" not in entry:
        raise ConfigError("unnamed_alternative")
    name = entry.pop("name")
    where = message("errors.in_alternative", name=name)
    label = in_both_languages(entry.pop("label", name))
    check_keys(entry, ("recipe", *Settings.model_fields), where)
    _refuse_lists(entry, where)
    # A recipe of its own takes the place of the base's, not of what the base says besides.
    base = {**base, "recipe": None} if "recipe" in entry else base
    base, entry = with_recipe(base, "base"), with_recipe(entry, where)
    changes = {**entry, **{key: general[key] for key in general if key in entry}, **own}
    settings = checked(Settings, {**base, **general, **changes}, where).resolved()
    _check_together(settings, name)
    content = {"name": name, "label": label, "changes": changes, "settings": settings}
    return checked(Alternative, content, where)


def _check_together(settings: Settings, name: str) -> None:
    """Refuse settings that are right alone and make no sense together."""
    staged, epochs = settings.small_epochs + settings.hard_epochs, settings.epochs
    if staged > epochs:
        raise ConfigError("too_many_stages", name=name, staged=staged, epochs=epochs)
    if settings.hard_epochs == epochs:
        raise ConfigError("hard_epochs_alone", name=name, epochs=epochs)
    if settings.optimizer == "muon" and settings.weight_decay:
        raise ConfigError("muon_decays_nothing", name=name)


def _refuse_lists(table: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        if isinstance(value, list):
            raise ConfigError("list_outside_vary", key=key, where=where)


def _check_names(alternatives: Sequence[Alternative], varied: set[str]) -> None:
    seen: dict[str, Alternative] = {}
    for alternative in alternatives:
        name = alternative.name
        # Names are folders' names, which on some systems differ by more than their case.
        if name.casefold() in (other.casefold() for other in seen):
            raise ConfigError("name_twice_varied" if name in varied else "name_twice", name=name)
        if name.casefold() == "replaced" or Path(name).suffix in _FILE_SUFFIXES:
            raise ConfigError("reserved_name", name=name)
        _check_start(alternative, seen)
        seen[name] = alternative


def _check_start(alternative: Alternative, earlier: Mapping[str, Alternative]) -> None:
    settings = alternative.settings
    if settings.start_from is None:
        return
    # Only earlier ones, so that there is no circle and the order of training is plain.
    if settings.start_from not in earlier:
        known = ", ".join(earlier) or "-"
        raise ConfigError(
            "unknown_start", name=alternative.name, parent=settings.start_from, known=known
        )
    parent = earlier[settings.start_from].settings
    if (settings.model, settings.model_options) != (parent.model, parent.model_options):
        raise ConfigError("start_of_another", name=alternative.name, parent=settings.start_from)
