"""The plan of a study that goes on until its claims are settled: its limit, its looks, its seeds.

The looks are fixed before the first run (`cotejo.stats.looks`): one after the study's seeds, one at
half of what is left of the limit, one at its end. Which runs come before the next look is decided
at the look before it and written down, so that a study that was stopped goes on with the same ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.config.study import MOST_RUNS
from cotejo.data.folds import fold_count
from cotejo.errors import ConfigError
from cotejo.store import read_looks, write_looks
from cotejo.study.keys import run_keys
from cotejo.study.planning import Plan, planned_runs

__all__ = ["FIRST_SEEDS", "Limit", "check_limit", "first_seeds", "open_looks", "with_seeds"]

FIRST_SEEDS = 3
"""The seeds of each alternative at the first look, of a study that has only one seed."""

_TIMES = 5
"""The runs of a study without a limit, as a multiple of those at its first look."""

Looks = dict[str, Any]
"""The content of ``looks.json``."""


@dataclass(frozen=True)
class Limit:
    """What a study may use until its claims are settled, all of its runs together.

    Attributes:
        runs: how many runs.
        seconds: how many seconds of training and evaluating, in place of ``runs``.
    """

    runs: int | None = None
    seconds: float | None = None


def check_limit(
    config: StudyConfig, limit: Limit, *, quick: bool, final: bool, shard: bool = False
) -> None:
    """Refuse what can't go on until claims are settled, before anything costs time.

    Raises:
        ConfigError: the study states no claim, is a quick look, a final training, a shard or a
            cross-validation; or two limits are given, or too few runs, or too many.
    """
    if not config.claims:
        raise ConfigError("looks_no_claims")
    folds = config.folds is not None
    others = (("quick", quick), ("final", final), ("folds", folds), ("shard", shard))
    for what, is_so in others:
        if is_so:
            raise ConfigError("looks_and_other", option=f"--{what}")
    if limit.runs is not None and limit.seconds is not None:
        raise ConfigError("looks_two_limits")
    fewest = len(config.alternatives) * len(first_seeds(config))
    if limit.runs is not None and not fewest <= limit.runs <= MOST_RUNS:
        raise ConfigError("looks_runs", runs=limit.runs, fewest=fewest, most=MOST_RUNS)
    if limit.seconds is not None and limit.seconds <= 0:
        raise ConfigError("budget_form", text=limit.seconds)


def first_seeds(config: StudyConfig) -> tuple[int, ...]:
    """Return the seeds at the first look: the study's, or three if it has only one.

    Example:
        >>> first_seeds(StudyConfig.parse({"seeds": [7], "alternative": [{"name": "a"}]}))
        (7, 8, 9)
    """
    return config.seeds if len(config.seeds) > 1 else _more(config.seeds, FIRST_SEEDS)


def _more(seeds: Sequence[int], count: int) -> tuple[int, ...]:
    """Return so many seeds: those that there are, and those that follow the largest of them."""
    new = range(max(seeds) + 1, max(seeds) + 1 + max(count - len(seeds), 0))
    return (*seeds, *new)[:count]


def open_looks(plan: Plan, limit: Limit) -> Looks:
    """Return the plan of looks of a study, whose folder is locked, and write it down.

    A plan that is there goes on. Another limit takes the place of its own for what is still to be
    planned; a look that is planned stays as it is.

    Raises:
        ConfigError: looks have been taken at other claims or at other settings.
        OutputError: it is damaged, or can't be written.
    """
    seeds, study = first_seeds(plan.config), _digest(plan)
    fresh: Looks = {
        "study": study,
        "limit": _described(limit, len(plan.config.alternatives) * len(seeds)),
        "looks": [{"asked": {each.name: list(seeds) for each in plan.config.alternatives}}],
    }
    looks = read_looks(plan.folder)
    if looks is None or (looks["study"] != study and not _taken(looks)):
        looks = fresh
    elif looks["study"] != study:
        raise ConfigError("looks_of_other", path=plan.folder)
    elif limit != Limit():
        looks = {**looks, "limit": fresh["limit"]}
    write_looks(plan.folder, looks)
    return looks


def _described(limit: Limit, first: int) -> dict[str, Any]:
    if limit.seconds is not None:
        return {"seconds": float(limit.seconds)}
    return {"runs": limit.runs or min(_TIMES * first, MOST_RUNS)}


def _taken(looks: Looks) -> bool:
    return any(look.get("finished") is not None for look in looks["looks"])


def _digest(plan: Plan) -> str:
    """Return the SHA-256 of what the verdicts are about: the claims, and the runs' keys."""
    claims = [claim.model_dump(mode="json", exclude={"text"}) for claim in plan.config.claims]
    seeds = dict.fromkeys((each.name for each in plan.config.alternatives), plan.config.seeds[:1])
    keys = sorted(with_seeds(plan, seeds).keys.values())
    content = {"claims": claims, "error": plan.config.error, "keys": keys}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def with_seeds(plan: Plan, seeds: Mapping[str, Sequence[int]]) -> Plan:
    """Return a plan with other seeds of each alternative; no run is looked at yet.

    Args:
        plan: the plan.
        seeds: by alternative. One that continues another has no seed that the other has not.
    """
    keys = run_keys(plan.config, plan.dataset, keras.config.backend(), seeds=seeds)
    parameters = {run.alternative: run.parameters for run in plan.runs}
    networks = fold_count(plan.dataset)
    runs = planned_runs(plan.config, keys, plan.folder, parameters, networks)
    return replace(plan, runs=runs)


def next_seeds(
    config: StudyConfig, asked: Mapping[str, Sequence[int]], added: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return the seeds of each alternative with so many more of some.

    Example:
        >>> config = StudyConfig.parse({"seeds": [5, 2], "alternative": [{"name": "a"}]})
        >>> next_seeds(config, {"a": [5, 2]}, {"a": 2})
        {'a': [5, 2, 6, 7]}
    """
    counts = {name: len(seeds) + added.get(name, 0) for name, seeds in asked.items()}
    for each in reversed(config.alternatives):
        parent = each.settings.start_from
        if parent is not None:  # it stands earlier in the study
            counts[parent] = max(counts[parent], counts[each.name])
    first = first_seeds(config)
    return {name: list(_more(first, count)) for name, count in counts.items()}
