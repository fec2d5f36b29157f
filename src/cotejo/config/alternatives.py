"""The alternatives of a study: each filled in from the base, each with a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cotejo.config.checking import (
    Frozen,
    Name,
    Text,
    check_keys,
    checked,
    in_both_languages,
    of_alternative,
)
from cotejo.config.idle import Given, IdleSettings, refuse_twins
from cotejo.config.overrides import parse_overrides, refuse_varied
from cotejo.config.recipes import with_recipe
from cotejo.config.settings import Settings
from cotejo.config.vary import Varied, check_count
from cotejo.errors import ConfigError

__all__ = ["LONGEST_CHAIN", "Alternative", "fill_in"]

LONGEST_CHAIN = 100
"""How many alternatives may start one from another in a row."""

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


@dataclass(frozen=True)
class _Shared:
    """What all alternatives of a study share: its base, and the overrides for every one."""

    base: Mapping[str, Any]
    general: Mapping[str, Any]
    folder: Path | None


def fill_in(
    tables: Sequence[Mapping[str, Any]],
    varied: Sequence[Varied],
    base: Any,
    overrides: Sequence[str],
    folder: Path | None = None,
) -> tuple[Alternative, ...]:
    """Return the alternatives of a study, those that a ``[[vary]]`` makes after the others.

    Args:
        tables: each ``[[alternative]]``.
        varied: what each ``[[vary]]`` makes.
        base: the table ``[base]``.
        overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
        folder: where the path of a ``recipe`` begins; the current folder if left out.

    Raises:
        ConfigError: a key is unknown, a value out of range, a name used twice or missing, a
            setting does nothing, or two alternatives are the same.
    """
    check_count(len(tables) + len(varied))
    entries = [*tables, *(one.table for one in varied)]
    if not entries:
        raise ConfigError("no_alternatives")
    names = [_name(entry) for entry in entries]
    general, own = parse_overrides(overrides, names)
    refuse_varied(general, own, varied)
    shared = _Shared(_base(base), general, folder)
    by_name = {one.name: one for one in varied}
    _check_names(names, by_name)
    idle = IdleSettings()
    alternatives = tuple(
        _alternative(name, entry, shared, own.get(name, {}), by_name.get(name), idle)
        for name, entry in zip(names, entries, strict=True)
    )
    idle.refuse_shared()
    _check_starts(alternatives)
    refuse_twins({one.name: one.settings for one in alternatives})
    return alternatives


def _name(entry: Mapping[str, Any]) -> str:
    if "name" not in entry:
        raise ConfigError("unnamed_alternative")
    where = of_alternative(entry["name"])
    return checked(_Named, {"name": entry["name"]}, where).name


class _Named(Frozen):
    name: Name


def _base(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError("not_a_table", where="base")
    check_keys(value, ("recipe", *Settings.model_fields), "base")
    _refuse_lists(value, "base")
    return value


def _alternative(
    name: str,
    entry: Mapping[str, Any],
    shared: _Shared,
    own: Mapping[str, Any],
    varied: Varied | None,
    idle: IdleSettings,
) -> Alternative:
    """Fill in one alternative; ``own`` overrides are for this one."""
    written = {key: value for key, value in entry.items() if key not in ("name", "label")}
    where = of_alternative(name)
    label = in_both_languages(entry.get("label", name))
    check_keys(written, ("recipe", *Settings.model_fields), where)
    _refuse_lists(written, where)
    # A recipe of its own takes the place of the base's, not of what the base says besides.
    base = {**shared.base, "recipe": None} if "recipe" in written else shared.base
    base, entry = (
        with_recipe(base, "base", shared.folder),
        with_recipe(written, where, shared.folder),
    )
    general = shared.general
    changes = {**entry, **{key: general[key] for key in general if key in entry}, **own}
    settings = checked(Settings, {**base, **general, **changes}, where)
    idle.look_at(settings, _sources(where, written, shared, own, varied))
    settings = settings.resolved()
    _check_together(settings, name)
    content = {"name": name, "label": label, "changes": changes, "settings": settings}
    return checked(Alternative, content, where)


def _sources(
    where: str,
    written: Mapping[str, Any],
    shared: _Shared,
    own: Mapping[str, Any],
    varied: Varied | None,
) -> Iterator[Given]:
    """Return what gave an alternative its settings, the one that has its way first."""
    yield Given(f"--set, {where}", own)
    yield Given("--set", shared.general, shared=True)
    if varied is None:
        yield Given(where, _settings(written))
    else:
        # The values that vary are the alternative's own; the rest of the table is for all it makes.
        chosen = {key: written[key] for key in varied.settings}
        yield Given(varied.where, chosen)
        yield Given(varied.where, _settings(written), shared=True)
    yield Given("base", _settings(shared.base), shared=True)


def _settings(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "recipe"}


def _check_together(settings: Settings, name: str) -> None:
    """Refuse settings that are right alone and make no sense together."""
    staged, epochs = settings.small_epochs + settings.hard_epochs, settings.epochs
    if staged > epochs:
        raise ConfigError("too_many_stages", name=name, staged=staged, epochs=epochs)
    if settings.hard_epochs == epochs:
        raise ConfigError("hard_epochs_alone", name=name, epochs=epochs)


def _refuse_lists(table: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        # An augmentation is a list of parts.
        if isinstance(value, list) and key != "augment":
            raise ConfigError("list_outside_vary", key=key, where=where)


def _check_names(names: Sequence[str], varied: Mapping[str, Varied]) -> None:
    seen: set[str] = set()
    for name in names:
        # Names are folders' names, which on some systems differ by more than their case.
        if name.casefold() in seen:
            raise ConfigError("name_twice_varied" if name in varied else "name_twice", name=name)
        if name.casefold() == "replaced" or Path(name).suffix in _FILE_SUFFIXES:
            raise ConfigError("reserved_name", name=name)
        seen.add(name.casefold())


def _check_starts(alternatives: Sequence[Alternative]) -> None:
    models: dict[str, str] = {}
    chains: dict[str, int] = {}
    for alternative in alternatives:
        name, settings = alternative.name, alternative.settings
        parent = settings.start_from
        if parent is not None:
            # Only earlier ones, so that there is no circle and the order of training is plain.
            if parent not in models:
                known = ", ".join(models) or "-"
                raise ConfigError("unknown_start", name=name, parent=parent, known=known)
            # The options are compared once the models' own are known.
            if models[parent] != settings.model:
                raise ConfigError("start_of_another", name=name, parent=parent)
        models[name] = settings.model
        chains[name] = 1 if parent is None else chains[parent] + 1
        if chains[name] > LONGEST_CHAIN:
            raise ConfigError("long_chain", name=name, most=LONGEST_CHAIN)
