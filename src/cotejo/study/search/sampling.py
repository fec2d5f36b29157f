"""Which values a trial has: drawn by Optuna from those of the trials before it.

Optuna keeps nothing. Its study is made anew for each draw from the trials that are in the folder,
and its sampler begins with a seed of the trial's own. So a search that was stopped goes on with the
same trials as one that was not.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from cotejo.config.search import Choices, Range, Search
from cotejo.errors import ConfigError
from cotejo.platform import interpreter

__all__ = ["draw", "optuna"]

FIRST_TRIALS = 10
"""Trials that are drawn at random before the sampler follows the good ones, as Optuna's default."""

_DIGITS = 4
"""Significant digits of a number that is tried: those that somebody would write down."""


def optuna() -> Any:
    """Return Optuna, imported only now.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise ConfigError("searching.needs_optuna", python=interpreter()) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def draw(search: Search, trials: Sequence[Mapping[str, Any]], first: int, count: int) -> list[Any]:
    """Return the values of trials that are drawn together.

    Args:
        search: whose space they are of.
        trials: those before them, as ``trial.json`` has them.
        first: the number of the first one.
        count: how many are drawn.

    Returns:
        For each, the values by setting.
    """
    library = optuna()
    spaces = {name: _distribution(library, values) for name, values in search.space.items()}
    with warnings.catch_warnings():
        # That trials of one batch keep away from each other is marked as experimental.
        warnings.simplefilter("ignore", library.exceptions.ExperimentalWarning)
        study = library.create_study(direction="maximize", sampler=_sampler(library, search, first))
    study.add_trials([_told(library, search, spaces, trial) for trial in trials])
    drawn = [study.ask(spaces) for _ in range(count)]
    return [
        {name: _value(values, each.params[name]) for name, values in search.space.items()}
        for each in drawn
    ]


def _sampler(library: Any, search: Search, number: int) -> Any:
    # The same for all searches of a study: those of equal spaces try the same values at random.
    digest = hashlib.sha256(f"trial {number}".encode()).digest()
    seed = int.from_bytes(digest[:4], "big")
    if search.sampler == "random":
        return library.samplers.RandomSampler(seed=seed)
    return library.samplers.TPESampler(
        seed=seed, n_startup_trials=FIRST_TRIALS, constant_liar=search.at_once > 1
    )


def _distribution(library: Any, values: Range | Choices) -> Any:
    if isinstance(values, Choices):
        # By their positions: Optuna takes plain values only, and an augmentation is a list.
        return library.distributions.CategoricalDistribution(range(len(values.values)))
    kind = "IntDistribution" if values.is_whole else "FloatDistribution"
    return getattr(library.distributions, kind)(values.low, values.high, log=values.log)


def _value(values: Range | Choices, drawn: Any) -> Any:
    if isinstance(values, Choices):
        return values.values[drawn]
    if values.is_whole:
        return drawn
    return min(max(float(f"{drawn:.{_DIGITS}g}"), values.low), values.high)


def _told(library: Any, search: Search, spaces: Mapping[str, Any], trial: Mapping[str, Any]) -> Any:
    """Return a trial as Optuna knows it; one that failed counts as the worst of all."""
    params = {
        name: values.values.index(trial["values"][name])
        if isinstance(values, Choices)
        else trial["values"][name]
        for name, values in search.space.items()
    }
    has_finished = trial["status"] == "finished"
    states = library.trial.TrialState
    course = trial["valid_accuracies"] if trial["status"] != "failed" else []
    return library.trial.create_trial(
        params=params,
        distributions=dict(spaces),
        value=trial["valid_accuracy"] if has_finished else None,
        intermediate_values=dict(enumerate(course, 1)),
        state=states.COMPLETE if has_finished else states.PRUNED,
    )
