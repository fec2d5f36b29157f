"""`cotejo.compare`: alternatives and data in, a trained comparison out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cotejo.comparison.arrays import as_splits, pixels_of
from cotejo.comparison.comparison import Comparison
from cotejo.comparison.given import Given
from cotejo.comparison.interrupting import interrupted
from cotejo.comparison.observing import make_observer
from cotejo.config import DEFAULT_DATA, StudyConfig
from cotejo.config.durations import seconds_of
from cotejo.config.names import name_of
from cotejo.data import Dataset
from cotejo.data.own.objects import load_dataset
from cotejo.errors import ConfigError
from cotejo.messages import (
    LANGUAGES,
    current_language,
    did_you_mean,
    message,
    using_language,
)
from cotejo.study import Study
from cotejo.study.progress import Observer

if TYPE_CHECKING:
    from cotejo.study.tracking import Tracking
    from cotejo.trackers import Tracker

__all__ = ["compare"]

_NAME = "comparison"
"""How the name of a comparison begins that is given none, and of its folder in ``runs/``."""

_MOST_IN_TITLE = 4
"""The alternatives that are named in the title of a report that was given none."""

_LONGEST_NAMES = 40
"""The letters of the alternatives' names that the name of a comparison may hold."""


def compare(
    alternatives: Mapping[str, Any] | Iterable[str],
    data: Any = DEFAULT_DATA,
    *,
    seeds: int | Sequence[int] = 3,
    folds: int | None = None,
    claims: Sequence[Mapping[str, Any]] = (),
    search: Mapping[str, Mapping[str, Any]] | None = None,
    name: str | None = None,
    title: str | None = None,
    out: Path | str | None = None,
    data_dir: Path | str | None = None,
    quick: bool = False,
    until_settled: bool = False,
    runs: int | None = None,
    budget: str | float | None = None,
    language: str | None = None,
    observer: Observer | None = None,
    track: Tracking | Iterable[str | Tracker] = (),
    **settings: Any,
) -> Comparison:
    """Train alternatives side by side, and return what the evidence says of them.

    What has been trained before, with the same networks, settings, seeds and data, is not trained
    again: not by calling this once more, nor after it was interrupted.

    Args:
        alternatives: by name, each a model: a function ``(image_shape, num_classes, **options)``
            that returns a `keras.Model`, a model itself, of which the layers count and not the
            weights, a name such as ``"cnn3"``, or ``"nets.py:tiny"``; or a mapping with a
            ``model`` and the settings in which the alternative differs, options of its function
            among them. An alternative's name may hold spaces and accents. The settings ``loss``,
            ``optimizer``, ``schedule`` and ``callbacks`` take functions, classes and objects of
            Keras's too. A list of names is one of models of Cotejo's own.
        data: the name of a data set, a path, a `Dataset`, ``((x_train, y_train), (x_test,
            y_test))`` as `keras.datasets` gives it, or whatever `cotejo.load_dataset` takes.
        seeds: how many, or which; each alternative is trained once with each.
        folds: into how many parts the images are dealt for cross-validation; None for one split.
        claims: what is to be tested, each as in a study's ``[[claim]]``.
        search: by name, alternatives whose settings are looked for on the validation images, each
            as in a study's ``[[search]]``: ``{"tuned": {"trials": 20, "learning_rate": {"low":
            1e-4, "high": 1e-1, "log": True}}}``; ``alternative`` says which one it starts from.
        name: the comparison's, and its folder's in ``runs/``; made of the alternatives' names if
            left out, so that another comparison has another folder. A run that a comparison
            without a name has trained before, wherever in ``runs/``, is copied.
        title: the report's.
        out: its folder, where the runs are kept; ``runs/<name>``, with the data's name, if left
            out. What is another run, because a setting or a function changed, takes the place of
            the earlier one there, which is put aside.
        data_dir: as for `cotejo.load`.
        quick: a look of some two minutes, on a part of the images; no evidence.
        until_settled: go on with further seeds, where they tell most, until no claim is open or
            the limit is reached. The claims are looked at three times, as was fixed beforehand:
            after ``seeds``, at half of what is left then, and at the end.
        runs: with ``until_settled``, how many runs there may be in all; five times those at the
            first look if left out, or as many as were said before.
        budget: in place of ``runs``, how long all runs may take together: seconds, or a text such
            as ``"2h"``.
        language: ``"en"`` or ``"es"``; the current one if left out.
        observer: told of everything as it happens; shown in place, in a notebook, if left out.
        track: trackers that are told of it, such as ``["tensorboard"]`` (`docs/trackers.md`).
        **settings: of all alternatives, such as ``epochs=10``.

    Returns:
        The comparison. Its models take images as they are in the arrays that were given.

    Raises:
        KeyboardInterrupt: it was interrupted; it says how many runs are finished.
        CotejoError: something is wrong with an alternative, a setting, the data or the folder.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     comparison = compare(
        ...         {"small": {"model": "cnn", "convolutions": 1}, "mlp": "mlp"}, data="digits",
        ...         seeds=1, epochs=1, out=folder, observer=Observer(), language="en",
        ...     )
        ...     list(comparison.table["alternative"])
        ['small', 'mlp']

        Each of two gets three seeds, and then the one that tells most about the claim while it is
        open, up to eight runs in all:

        >>> claim = {"text": "deeper is better", "better": "mlp", "than": "flat", "margin": 0.02}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     comparison = compare(
        ...         {"mlp": "mlp", "flat": {"layers": ["flatten"]}}, data="digits", epochs=1,
        ...         claims=[claim], until_settled=True, runs=8,
        ...         out=folder, observer=Observer(), language="en",
        ...     )
        ...     6 <= len(comparison.runs) <= 8
        True
    """
    language = _language(language)
    with using_language(language):
        alternatives = _by_name(alternatives)
        watching = observer or make_observer()
        content: dict[str, Any] = {
            "name": name or _name(alternatives),
            "seeds": seeds if isinstance(seeds, int) else list(seeds),
            "claim": [dict(claim) for claim in claims],
            "search": dict(search or {}),
        }
        if title is None and name is None:
            content["title"] = _title(list(map(str, alternatives)))
        given = {"folds": folds, "title": title, "data": _named(data)}
        content |= {key: value for key, value in given.items() if value is not None}
        study = Study(_config(alternatives, settings, content))
        seconds = seconds_of(budget) if isinstance(budget, str) else budget
        try:
            result = study.run(
                out=out,
                data_dir=Path(data_dir) if data_dir is not None else None,
                dataset=None if "data" in content else _dataset(data, watching),
                quick=quick,
                observer=watching,
                track=track,
                command=_command(study.config),
                others=_others() if out is None and name is None else (),
                until_settled=until_settled,
                runs=runs,
                seconds=seconds,
            )
        except KeyboardInterrupt:
            raise interrupted(study) from None
        return Comparison(result.folder, language, study.config.sources, result, pixels_of(data))


def _command(config: StudyConfig) -> str | None:
    """Return what repeats a comparison of networks that no file builds; None of any other."""
    alone = (each.build is not None and not each.is_given for each in config.sources.values())
    return "cotejo.compare(…)" if any(alone) else None


def _language(language: str | None) -> str:
    if language is not None and language not in LANGUAGES:
        hint, known = did_you_mean(language, LANGUAGES), ", ".join(LANGUAGES)
        raise ConfigError("unknown_language", name=language, known=known, hint=hint)
    return language or current_language()


def _claim(claim: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a claim with the names of the alternatives as folders have them."""

    def named(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [named(each) for each in value]
        return names.get(value, value) if isinstance(value, str) else value

    return {key: value if key == "text" else named(value) for key, value in claim.items()}


def _by_name(alternatives: Any) -> Mapping[str, Any]:
    if isinstance(alternatives, Mapping):
        return alternatives
    if isinstance(alternatives, str | bytes) or not isinstance(alternatives, Iterable):
        raise ConfigError("compare_alternatives", type=type(alternatives).__name__)
    return {str(each): each for each in alternatives}


def _name(alternatives: Iterable[Any]) -> str:
    """Return a name made of those of the alternatives, whatever their order.

    Example:
        >>> _name(["mlp", "cnn3"]), _name({"the one": 1})
        ('comparison-cnn3-mlp', 'comparison-the-one')
    """
    names = sorted(map(str, alternatives))
    together = "-".join(name_of(name, "network") for name in names)
    if len(together) > _LONGEST_NAMES or not together:
        together = hashlib.sha256("\n".join(names).encode()).hexdigest()[:8]
    return f"{_NAME}-{together}"


def _title(names: list[str]) -> dict[str, str]:
    """Return the title of a report that was given none, in each language."""
    few = len(names) <= _MOST_IN_TITLE
    key, together = ("compare_title", " · ".join(names)) if few else ("compare_title_many", "")
    return {
        language: message(f"cli.{key}", names=together, count=len(names), language=language)
        for language in LANGUAGES
    }


def _others() -> list[Path]:
    """Return the folders of the comparisons without a name that were trained here before."""
    return sorted(path for path in Path("runs").glob(f"{_NAME}-*") if path.is_dir())


def _named(data: Any) -> str | None:
    """Return the name or the path under which data is found; None if it is given itself."""
    return str(data) if isinstance(data, str | Path) else None


def _dataset(data: Any, observer: Observer) -> Dataset:
    if isinstance(data, Dataset):
        return data
    return load_dataset(as_splits(data, observer.data_understood))


def _config(
    alternatives: Mapping[str, Any],
    base: Mapping[str, Any],
    content: Mapping[str, Any],
) -> StudyConfig:
    # A name is that of a folder. What a user calls an alternative can hold spaces and accents.
    names = {key: name_of(str(key), "network") for key in (*alternatives, *content["search"])}
    given = Given()
    shared = given.named(dict(base), "base")
    tables = []
    for key, value in alternatives.items():
        table = dict(value) if isinstance(value, Mapping) else {"model": value}
        called = {"name": names[key]} | ({} if names[key] == key else {"label": str(key)})
        if table.get("start_from") in names:
            table["start_from"] = names[table["start_from"]]
        tables.append({**called, **given.named(table, str(key))})
    claims = [_claim(claim, names) for claim in content["claim"]]
    searches = [_search(key, table, names, given) for key, table in content["search"].items()]
    content = {**content, "claim": claims, "search": searches}
    content |= {"base": shared, "alternative": tables}
    config = StudyConfig.parse(content, sources=given.files)
    changed = tuple(map(given.given_to, config.alternatives))
    return config.model_copy(update={"alternatives": changed})


def _search(
    key: str, search: Mapping[str, Any], names: Mapping[str, str], given: Given
) -> dict[str, Any]:
    """Return a search as a study's file has it."""
    table = {**search, "name": names[key]}
    if names[key] != key:
        table.setdefault("label", str(key))
    if table.get("alternative") in names:
        table["alternative"] = names[table["alternative"]]
    return given.named(table, str(key))
