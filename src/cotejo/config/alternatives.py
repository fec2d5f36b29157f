"""The alternatives of a study: each is filled in from the base and has a name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import Field

from cotejo.config.augmentation_parts import parts
from cotejo.config.augmentations import idle_part
from cotejo.config.checking import (
    Frozen,
    Name,
    Text,
    checked,
    in_every_language,
    of_alternative,
    unknown_key,
)
from cotejo.config.idle import Given, IdleSettings, refuse_twins
from cotejo.config.overrides import parse_overrides, refuse_varied
from cotejo.config.recipes import recipe_settings
from cotejo.config.settings import Settings
from cotejo.config.sources import Source, Sources, file_of, read_sources
from cotejo.config.tables import checked_settings, flattened
from cotejo.config.vary import Varied, check_count
from cotejo.errors import ConfigError
from cotejo.messages import message

__all__ = ["LONGEST_CHAIN", "Alternative", "check_together", "fill_in"]

LONGEST_CHAIN = 100
"""The length of the longest chain of alternatives in which each starts from the one before."""

_BASE = "[base]"
"""How an error calls the table of what all alternatives start from."""

# Endings of the files beside the alternatives' folders.
_FILE_SUFFIXES = {
    ".csv", ".html", ".json", ".log", ".md", ".npz", ".pdf", ".toml",
    ".ipynb", ".keras", ".py",
}  # fmt: skip

_FOLDERS = ("replaced", "search", "tensorboard", "wandb")
"""Folders beside the alternatives' own: `cotejo.store.layout.FOLDERS`, without loading NumPy."""

_NAMING = ("model", "optimizer", "schedule", "loss", "callbacks")
"""The settings that may name something in a file of the user's own."""

_LISTS = ("augment", "callbacks", "layers")
"""The keys that take a list: an augmentation is a list of parts, a network one of layers."""


class Alternative(Frozen):
    """One thing compared.

    Attributes:
        name: its folder's name, and what `start_from` and `--set` call it.
        label: what a report calls it, by language.
        changes: the settings in which it differs from the base, as they were given.
        settings: everything, resolved.
        given: the names of the settings that the study gives, to it or to all.
        written: those settings as they were given, before anything that follows from them was
            filled in.
    """

    name: Name
    label: Text
    changes: dict[str, Any]
    settings: Settings
    given: frozenset[str] = frozenset()
    written: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)


@dataclass(frozen=True)
class _Common:
    """What all alternatives of a study have in common.

    Attributes:
        base: the settings that each starts from.
        overrides: those of ``--set`` for every alternative.
        folder: where the path of a ``recipe`` begins.
        sources: what was given in Python in place of files.
    """

    base: Mapping[str, Any]
    overrides: Mapping[str, Any]
    folder: Path | None
    sources: Sources


def fill_in(
    tables: Sequence[Mapping[str, Any]],
    varied: Sequence[Varied],
    base: Any,
    overrides: Sequence[str],
    folder: Path | None = None,
    sources: Sources | None = None,
    found: Sequence[Mapping[str, Any]] = (),
    searched: Collection[str] = (),
) -> tuple[Alternative, ...]:
    """Return the alternatives of a study, those that a ``[[vary]]`` makes after the others.

    Those that a ``[[search]]`` adds come last.

    Args:
        tables: each ``[[alternative]]``.
        varied: what each ``[[vary]]`` makes.
        base: the table ``[base]``.
        overrides: ``"key=value"``, for every alternative, or ``"alternative.key=value"``.
        folder: where the path of a ``recipe`` begins; the current folder if left out.
        sources: what was given in Python in place of files that settings name.
        found: the tables of those that a ``[[search]]`` adds.
        searched: the names of those whose settings are still to be found: until then they may be
            the same as others.

    Raises:
        ConfigError: a value is out of range, a name used twice or missing, a setting does nothing,
            or two alternatives are the same.
    """
    check_count(len(tables) + len(varied) + len(found))
    tables = [*tables, *(alternative.table for alternative in varied), *found]
    if len(tables) == len(found):
        raise ConfigError("no_alternatives")
    names = [_name(table) for table in tables]
    general, own = parse_overrides(overrides, names)
    refuse_varied(general, own, varied)
    common = _Common(_base(base), general, folder, sources or Sources())
    varied_by_name = {alternative.name: alternative for alternative in varied}
    _check_names(names, varied_by_name)
    idle = IdleSettings()
    alternatives = tuple(
        _alternative(name, table, common, own.get(name, {}), varied_by_name.get(name), idle)
        for name, table in zip(names, tables, strict=True)
    )
    _refuse_files_alike(alternatives)
    idle.refuse_shared()
    _check_starts(alternatives)
    refuse_twins({each.name: each.settings for each in alternatives if each.name not in searched})
    return alternatives


def _refuse_files_alike(alternatives: Sequence[Alternative]) -> None:
    """Refuse two files of one name: the study's folder keeps each under its name."""
    known: dict[str, Source] = {}
    for alternative in alternatives:
        for name, source in alternative.settings.sources.items():
            if known.setdefault(name.casefold(), source) != source:
                where = f" ({of_alternative(alternative.name)})"
                raise ConfigError("own_files_alike", name=name, where=where)


def _name(table: Mapping[str, Any]) -> str:
    if "name" not in table:
        raise ConfigError("unnamed_alternative")
    where = of_alternative(table["name"])
    return checked(_Named, {"name": table["name"]}, where).name


class _Named(Frozen):
    name: Name


def _base(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError("not_a_table", where="base")
    base = flattened(value, _BASE, ("recipe",))
    _refuse_lists(base, _BASE)
    return base


def _alternative(
    name: str,
    table: Mapping[str, Any],
    common: _Common,
    own: Mapping[str, Any],
    varied: Varied | None,
    idle: IdleSettings,
) -> Alternative:
    """Fill in one alternative.

    Args:
        name: the alternative's.
        table: its ``[[alternative]]``, or what a ``[[vary]]`` makes.
        common: what all alternatives have in common.
        own: the overrides of ``--set`` for this alternative.
        varied: the ``[[vary]]`` that makes it; None if it has a table of its own.
        idle: looks for settings that do nothing.
    """
    written = {key: value for key, value in table.items() if key not in ("name", "label")}
    where = of_alternative(name)
    label = in_every_language(table.get("label", name))
    written = flattened(written, where, ("recipe",))
    _refuse_lists(written, where)
    # A recipe of its own replaces the base's recipe, but not the base's other settings.
    base = {**common.base, "recipe": None} if "recipe" in written else common.base
    place = where if varied is None else varied.where
    own_layers = _layers(written, place, common.folder)
    general = common.overrides
    entry = _merged(own_layers)
    repeated = {key: general[key] for key in general if key in entry}
    layers = [
        *_layers(base, _BASE, common.folder),
        ("--set", general),
        *own_layers,
        ("--set", repeated),
        (f"--set, {where}", own),
    ]
    changes = {**entry, **repeated, **own}
    places = {key: place for place, layer in layers for key in layer}
    merged = _merged(layers)
    settings = checked_settings(merged, where, places)
    if "augment" in merged:
        _refuse_idle_part(merged["augment"], places["augment"])
    idle.look_at(settings, _sources(where, written, common, own, varied))
    settings = settings.resolved()
    if settings.own_names:
        place = places.get("model", where) if len(settings.own_names) == 1 else where
        sources, called = read_sources(settings.own_names, common.folder, place, common.sources)
        settings = settings.with_sources(sources, called)
        # Without the folder, which says where it lay and not what it is.
        changes |= {key: called[each] for key, each in changes.items() if _is_in(each, called)}
        if "callbacks" in changes:
            changes["callbacks"] = settings.callbacks
    check_together(settings, name)
    # What is in a file of the user's own is called by its name in the study from now on.
    named = {key: getattr(settings, key) for key in _NAMING if key in merged}
    content = {"name": name, "label": label, "changes": changes, "settings": settings}
    content |= {"given": frozenset(merged), "written": {**merged, **named}}
    return checked(Alternative, content, where)


def _is_in(value: Any, called: Mapping[str, str]) -> bool:
    return isinstance(value, str) and value in called


def _sources(
    where: str,
    written: Mapping[str, Any],
    common: _Common,
    own: Mapping[str, Any],
    varied: Varied | None,
) -> Iterator[Given]:
    """Return the tables that gave an alternative its settings; an earlier one overrides a later."""
    yield Given(f"--set, {where}", own)
    yield Given("--set", common.overrides, shared=True)
    if varied is None:
        yield Given(where, _settings(written))
    else:
        # The values that vary are the alternative's own; the rest of the table is for all it makes.
        chosen = {key: written[key] for key in varied.settings}
        yield Given(varied.where, chosen)
        yield Given(varied.where, _settings(written), shared=True)
    yield Given(_BASE, _settings(common.base), shared=True)


Layer = tuple[str, Mapping[str, Any]]
"""Settings and options, and before them the table in which they are written, in words."""


def _layers(table: Mapping[str, Any], where: str, folder: Path | None) -> list[Layer]:
    """Return the settings of a table's recipe, and over them those of the table itself."""
    of_recipe = message("errors.in_recipe", name=table.get("recipe"))
    return [(of_recipe, recipe_settings(table, where, folder)), (where, _settings(table))]


def _merged(layers: Iterable[Layer]) -> dict[str, Any]:
    """Return the settings of all layers; a later layer overrides an earlier one."""
    return {key: value for _, layer in layers for key, value in layer.items()}


def _settings(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "recipe"}


def check_together(settings: Settings, name: str) -> None:
    """Refuse settings that are right alone and make no sense together."""
    staged, epochs = settings.small_epochs + settings.hard_epochs, settings.epochs
    if staged > epochs:
        raise ConfigError("too_many_stages", name=name, staged=staged, epochs=epochs)
    if settings.hard_epochs == epochs:
        raise ConfigError("hard_epochs_alone", name=name, epochs=epochs)
    mixing = [part.name for part in parts(settings.augment) if part.kind.mixes]
    if mixing and settings.hard_epochs:
        # The loss of a mixed image says nothing of the one image that would be chosen by it.
        raise ConfigError("hard_epochs_mixed", name=name, part=mixing[0])
    if file_of(settings.loss) is not None:
        of_entropy = {
            "label_smoothing": settings.label_smoothing != 0,
            "class_weight": settings.class_weight != "none",
            "augment": bool(mixing),
        }
        for setting in (each for each, given in of_entropy.items() if given):
            raise ConfigError("own_loss_alone", name=name, setting=setting)
    if mixing and settings.batch_size == 1:
        raise ConfigError("batch_of_one_mixed", name=name, part=mixing[0])


def _refuse_lists(table: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        if isinstance(value, list) and key not in _LISTS:
            if get_close_matches(key, _LISTS, cutoff=0.8):
                raise unknown_key(key, _LISTS, where)
            raise ConfigError("list_outside_vary", key=key, where=where)


def _refuse_idle_part(augmentation: Any, where: str) -> None:
    """Refuse a part whose number is 0; in a list of numbers that a ``[[vary]]`` compares, 0 is one.

    What a ``[[vary]]`` makes of such a list has no such part any more.
    """
    part = idle_part(augmentation)
    if part is not None:
        default = part.kind.default
        raise ConfigError("augment_idle", part=part.name, where=f" ({where})", default=default)


def _check_names(names: Sequence[str], varied: Mapping[str, Varied]) -> None:
    seen: set[str] = set()
    for name in names:
        # A name is that of a folder, and on some systems folders must differ by more than case.
        if name.casefold() in seen:
            raise ConfigError("name_twice_varied" if name in varied else "name_twice", name=name)
        if name.casefold() in _FOLDERS or Path(name).suffix in _FILE_SUFFIXES:
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
