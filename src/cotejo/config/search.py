"""``[[search]]`` and ``tuned_with``: settings whose values are looked for on the validation images.

What a search finds becomes an alternative, which is trained with the study's seeds as the others
are. Until it has been found, that alternative has the settings that the search starts from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from cotejo.config.alternatives import Alternative, check_together
from cotejo.config.augmentations import AugmentationError, varied
from cotejo.config.checking import (
    Frozen,
    Name,
    check_keys,
    check_tables,
    checked,
    checked_value,
    kind_of,
    of_alternative,
    parts_of,
)
from cotejo.config.options import COMMON_OPTIONS
from cotejo.config.settings import Settings
from cotejo.config.sources import file_of
from cotejo.config.tables import checked_settings
from cotejo.errors import ConfigError
from cotejo.messages import did_you_mean

if TYPE_CHECKING:
    from cotejo.config.study import StudyConfig

__all__ = [
    "FIRST_TRIAL_SEED",
    "Choices",
    "Range",
    "Search",
    "check_searches",
    "found_alternative",
    "read_searches",
    "values_line",
    "with_found",
    "with_starts",
]

FIRST_TRIAL_SEED = 2**30
"""The seed of a search's first trial; the others follow. A study's own seeds are below it."""

MOST_TRIALS = 10_000
"""Trials that a search may have."""

Trials = Annotated[int, Field(ge=1, le=MOST_TRIALS)]

_UNSEARCHED = ("callbacks", "layers", "options", "precision", "recipe", "start_from", "tta")
"""What a search can't vary: a trial's validation accuracy doesn't say which value is better."""

_HEAD = ("name", "label", "alternative", "trials", "sampler", "prune", "at_once")
_RANGE = ("low", "high", "log")
_MOST_CHOICES = 1000


class Range(Frozen):
    """Numbers between two ends, both included.

    Attributes:
        low, high: the ends; whole numbers if the setting takes these.
        log: whether each factor of ten is as likely as the next, in place of each interval.
    """

    low: int | float
    high: int | float
    log: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are tried."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values by which it is known whether all between them are right."""
        return self.low, self.high

    def to_table(self) -> dict[str, Any]:
        """Return it as in a study's file."""
        return {"low": self.low, "high": self.high, **({"log": True} if self.log else {})}


class Choices(Frozen):
    """Values one by one, in no order."""

    values: tuple[Any, ...]

    @property
    def ends(self) -> tuple[Any, ...]:
        """All values."""
        return self.values

    def to_table(self) -> list[Any]:
        """Return it as in a study's file."""
        return list(self.values)


class Search(Frozen):
    """What is looked for, and with how many trials.

    Attributes:
        name: the alternative that gets what is found.
        trials: how many trainings it takes, each with other values.
        space: the settings that are searched.
        adds: whether the alternative is there because of the search, and not one of the study's
            that is tuned.
        start: the alternative that it starts from, of a search that adds one; None for the base.
        sampler: ``"tpe"`` draws where trials were good before; ``"random"`` draws each trial
            independently of the others.
        prune: whether a trial is stopped after an epoch in which it is worse than half of the
            trials that were trained to their end.
        at_once: trials that are drawn together, so that an executor can train them at the same
            time.
    """

    name: Name
    trials: Trials
    space: dict[str, Range | Choices]
    adds: bool = True
    start: Name | None = None
    sampler: Literal["tpe", "random"] = "tpe"
    prune: bool = True
    at_once: Annotated[int, Field(ge=1, le=1000)] = 1

    def probes(self) -> Iterator[dict[str, Any]]:
        """Yield values of all settings, so that each end and each choice of each comes up once."""
        first = {name: values.ends[0] for name, values in self.space.items()}
        yield first
        for name, values in self.space.items():
            yield from ({**first, name: value} for value in values.ends[1:])

    def to_table(self) -> dict[str, Any]:
        """Return its keys in a study's file, without the settings that it starts from."""
        fields = self.model_dump(include={"name", "trials"})
        fields |= self.model_dump(include={"sampler", "prune", "at_once"}, exclude_defaults=True)
        return fields | {name: values.to_table() for name, values in self.space.items()}


def found_alternative(
    start: Alternative, values: Mapping[str, Any], name: str | None = None
) -> Alternative:
    """Return an alternative with values that a search tries or has found.

    Args:
        start: what the search starts from.
        values: of the settings that are searched.
        name: of the alternative that is returned, if not that of ``start``.

    Raises:
        ConfigError: the values make no sense together.
    """
    name = name or start.name
    where = of_alternative(name)
    places = dict.fromkeys(values, where)
    settings = checked_settings({**start.written, **values}, where, places).resolved()
    settings = settings.model_copy(update={"sources": start.settings.sources})
    check_together(settings, name)
    return start.model_copy(
        update={
            "name": name,
            "settings": settings,
            "changes": {**start.changes, **values},
            "given": start.given | frozenset(values),
        }
    )


def with_found(study: StudyConfig, found: Mapping[str, Mapping[str, Any]]) -> StudyConfig:
    """Return a study with the values that its searches found, by alternative."""
    alternatives = tuple(
        found_alternative(each, found[each.name]) if each.name in found else each
        for each in study.alternatives
    )
    return study.model_copy(update={"alternatives": alternatives})


def read_searches(
    tables: Any, tuned: Mapping[str, Any], space: Any, alternatives: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Search], list[dict[str, Any]]]:
    """Read the searches of a study file.

    Args:
        tables: each ``[[search]]``.
        tuned: ``tuned_with`` of each alternative that has one, by name.
        space: the table ``[space]``, in which these are tuned.
        alternatives: the tables of the alternatives, by name.

    Returns:
        The searches, and the tables of the alternatives that they add.

    Raises:
        ConfigError: a key is unknown or missing, or a value is one that it can't have.
    """
    searches, added = [], []
    for number, table in enumerate(check_tables(tables, "search"), 1):
        search, alternative = _search(table, f"[[search]] {number}", alternatives)
        searches.append(search)
        added.append(alternative)
    if tuned and space is None:
        raise ConfigError("searching.no_space")
    if space is not None and not tuned:
        raise ConfigError("searching.idle_space")
    for name, trials in tuned.items():
        where = of_alternative(name)
        trials = checked_value(Trials, "tuned_with", trials, where)
        values = _space(space, "[space]")
        # Drawn independently and trained to their end: only then does the curve of the best of
        # n trials say what n trials are worth.
        fields = {"name": name, "trials": trials, "space": values, "adds": False}
        searches.append(checked(Search, {**fields, "sampler": "random", "prune": False}, where))
    return searches, added


def _search(
    table: Mapping[str, Any], where: str, alternatives: Mapping[str, Mapping[str, Any]]
) -> tuple[Search, dict[str, Any]]:
    for key in ("name", "trials"):
        if key not in table:
            raise ConfigError("searching.incomplete", key=key, where=where)
    head = {key: table[key] for key in _HEAD if key in table}
    start = head.pop("alternative", None)
    if start == "base" and "base" not in alternatives:
        start = None
    if start is not None and start not in alternatives:
        known, hint = ", ".join(alternatives), did_you_mean(start, list(alternatives))
        raise ConfigError(
            "searching.unknown_start", where=where, name=start, known=known, hint=hint
        )
    settings = {key: value for key, value in table.items() if key not in _HEAD}
    searched = {key: value for key, value in settings.items() if _is_searched(key, value)}
    constants = {key: value for key, value in settings.items() if key not in searched}
    if only := _varied(constants.get("augment", "none"), ""):
        constants["augment"] = only[0]  # the only one of a list
    label = head.pop("label", None)
    search = checked(Search, {**head, "space": _space(searched, where), "start": start}, where)
    own = {key: value for key, value in alternatives.get(start or "", {}).items() if key != "label"}
    named = {"name": search.name, **({} if label is None else {"label": label})}
    return search, {**own, **constants, **named}


def _is_searched(key: str, value: Any) -> bool:
    """Whether a value is a range or a list of choices, and not one for all trials."""
    if key == "options":
        return False
    if key == "augment":
        augmentations = _varied(value, "")
        return augmentations is not None and len(augmentations) != 1
    return isinstance(value, list | dict)


def _varied(augmentation: Any, where: str) -> list[Any] | None:
    try:
        return varied(augmentation)
    except AugmentationError as error:
        raise ConfigError(error.key, where=f" ({where})", **error.values) from error


def _space(table: Any, where: str) -> dict[str, Range | Choices]:
    if not isinstance(table, dict):
        raise ConfigError("not_a_table", where=where)
    if not table:
        raise ConfigError("searching.nothing", where=where)
    space: dict[str, Range | Choices] = {}
    for key, value in table.items():
        if key in _UNSEARCHED:
            raise ConfigError("searching.not_searchable", key=key, where=where)
        space[key] = (
            _range(key, value, where) if isinstance(value, dict) else _choices(key, value, where)
        )
    return space


def _range(key: str, table: Mapping[str, Any], where: str) -> Range:
    place = f"{where}, {key}"
    check_keys(table, _RANGE, place)
    ends: list[Any] = [table.get(end) for end in ("low", "high")]
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        raise ConfigError("searching.range", key=key, where=where)
    kind = _kind(key)
    kinds = [int, float] if kind is None else parts_of(kind)
    if not {int, float} & set(kinds):
        raise ConfigError("searching.no_number", key=key, where=where)
    if float in kinds and int not in kinds:
        ends = [float(end) for end in ends]
    low, high = (checked_settings({key: end}, place).flat()[key] for end in ends)
    log = checked_value(bool, "log", table.get("log", False), place)
    if low >= high:
        raise ConfigError("searching.empty_range", key=key, where=where, low=low, high=high)
    if log and low <= 0:
        raise ConfigError("searching.log", key=key, where=where, low=low)
    return Range(low=low, high=high, log=log)


def _choices(key: str, given: Any, where: str) -> Choices:
    given = _varied(given, where) if key == "augment" else given
    if not isinstance(given, list):
        raise ConfigError("searching.range", key=key, where=where)
    if not 1 < len(given) <= _MOST_CHOICES:
        raise ConfigError("searching.few", key=key, where=where, most=_MOST_CHOICES)
    if key != "augment" and any(value is None or isinstance(value, list | dict) for value in given):
        raise ConfigError("vary_nested", key=key, where=where)
    taken = [checked_settings({key: value}, where).flat()[key] for value in given]
    for index, value in enumerate(taken):
        if file_of(value) is not None:
            raise ConfigError("searching.own", key=key, where=where, value=value)
        if value in taken[:index]:
            raise ConfigError("vary_twice", key=key, where=where, value=value)
    return Choices(values=tuple(taken))


def _kind(key: str) -> Any:
    """Return the annotated type of a setting or a shared option; None of another option."""
    if key in Settings.names():
        return kind_of(Settings.model_fields[key])
    return COMMON_OPTIONS.get(key)


def values_line(values: Mapping[str, Any]) -> str:
    """Return the values of a trial as a study's file has them.

    Example:
        >>> values_line({"learning_rate": 0.01, "optimizer": "sgd"})
        'learning_rate=0.01 optimizer=sgd'
    """
    return " ".join(f"{name}={value}" for name, value in values.items())


def with_starts(overrides: Sequence[str], searches: Sequence[Search]) -> list[str]:
    """Return overrides with those of an alternative given to the searches that start from it, too.

    Example:
        >>> search = Search(name="tuned", trials=2, space={}, start="a")
        >>> with_starts(["a.epochs=2", "b.epochs=3"], [search])
        ['tuned.epochs=2', 'a.epochs=2', 'b.epochs=3']
    """
    inherited = []
    for search in searches:
        of_start = [each for each in overrides if each.startswith(f"{search.start}.")]
        for override in of_start:
            setting = override.removeprefix(f"{search.start}.")
            if setting.partition("=")[0].strip() not in search.space:
                inherited.append(f"{search.name}.{setting}")
    # First, so that an override of the search's own stands over them.
    return [*inherited, *overrides]


def check_searches(study: StudyConfig, overrides: Sequence[str] = ()) -> None:
    """Refuse searches that can't be carried out, or whose result would say nothing.

    Raises:
        ConfigError: there is one.
    """
    if not study.searches:
        return
    if study.folds is not None:
        raise ConfigError("searching.folds")
    if taken := next((seed for seed in study.seeds if seed >= FIRST_TRIAL_SEED), None):
        raise ConfigError("searching.seeds", seed=taken, most=FIRST_TRIAL_SEED - 1)
    for search in study.searches:
        start = study.alternative(search.name)
        if start.settings.start_from is not None:
            raise ConfigError("searching.start_from", name=search.name)
        for other in study.alternatives:
            if other.settings.start_from == search.name:
                names = {"name": other.name, "search": search.name}
                raise ConfigError("searching.started_from", **names)
        for setting in search.space:
            for override in overrides:
                name, _, key = override.partition("=")[0].strip().rpartition(".")
                if key == setting and name in ("", search.name):
                    raise ConfigError("searching.override", setting=setting, name=search.name)
            if not search.adds and setting in start.changes:
                raise ConfigError("searching.given", setting=setting, name=search.name)
        _check_probes(search, start)


def _check_probes(search: Search, start: Alternative) -> None:
    """Refuse a value that is wrong, and a setting that never does anything."""
    idle: dict[str, str] = {}
    used: set[str] = set()
    for values in search.probes():
        tried = checked_settings({**start.written, **values}, of_alternative(search.name))
        idle |= tried.idle
        used |= set(values) - set(tried.idle)
    for setting in search.space:
        if setting not in used:
            because = idle[setting]
            raise ConfigError("searching.idle", setting=setting, name=search.name, because=because)
