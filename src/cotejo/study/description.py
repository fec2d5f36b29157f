"""The writing of ``study.json`` and ``study.toml``: what was asked for, and how to repeat it."""

from __future__ import annotations

from typing import Any

from cotejo.config import Claim
from cotejo.config.search import Search
from cotejo.data import find_source
from cotejo.store import FORMAT, StudyFile, described_content, now, write_file, write_json
from cotejo.study.added_list import added_entries
from cotejo.study.planning import Plan, Searched

__all__ = ["write_study"]


def write_study(plan: Plan) -> None:
    """Write what a study is, resolved, before anything of it is trained.

    Raises:
        OutputError: the folder can't be written.
    """
    config, dataset, keys = plan.config, plan.dataset, plan.keys
    names = [alternative.name for alternative in config.alternatives]
    added, added_keys = added_entries(plan.folder, dataset.fingerprint, names, config.added)
    # A path says where the data is, not what it is.
    requested = config.data if find_source(config.data) else dataset.name
    content: dict[str, Any] = {
        "format": FORMAT,
        "name": config.name,
        "title": config.title,
        "report": config.report.model_dump(exclude_defaults=True),
        "data": dataset.name,
        "requested_data": requested,
        "quick": plan.quick,
        "final": plan.final,
        "seeds": list(config.seeds),
        "folds": config.folds,
        **_shard(plan),
        "alternatives": [
            {
                "name": alternative.name,
                "label": alternative.label,
                "changes": alternative.changes,
                "settings": alternative.settings.flat(),
                **_seeds(plan, alternative.name),
            }
            for alternative in config.alternatives
        ]
        + added,
        "searches": [_search(plan, search) for search in config.searches],
        "claims": [_claim(claim) for claim in config.claims],
        "error": config.error,
        "keys": {
            name: {str(seed): keys[name, seed] for seed in plan.seeds_of(name)} for name in names
        }
        | added_keys,
        "command": plan.command,
        "started": now(),
    }
    toml = plan.asked.to_toml().encode()
    # First, because a folder without it is not known as a study's, should this process be killed.
    own = {source.file_name: source.content for source in plan.config.sources.values()}
    files = {StudyFile.CONFIG: toml, **own}
    listed = {name: described_content(of_file) for name, of_file in files.items()}
    write_json(plan.folder / StudyFile.RECORD, {**content, "files": listed})
    for name, of_file in files.items():
        write_file(plan.folder / name, of_file)


def _shard(plan: Plan) -> dict[str, Any]:
    """Return which part of the plan is trained here, where it is not all of it."""
    if plan.shard is None:
        return {}
    return {"shard": {"number": plan.shard.number, "of": plan.shard.of}}


def _seeds(plan: Plan, name: str) -> dict[str, list[int]]:
    """Return the seeds of an alternative where they are not the study's."""
    seeds = plan.seeds_of(name)
    return {} if seeds == list(plan.config.seeds) else {"seeds": seeds}


def _search(plan: Plan, search: Search) -> dict[str, Any]:
    """Return what was searched, and what was found as soon as that is known."""
    ended = plan.searched.get(search.name, Searched())
    return {
        "name": search.name,
        "trials": search.trials,
        "adds": search.adds,
        "start": _start(plan, search),
        "sampler": search.sampler,
        "prune": search.prune,
        "at_once": search.at_once,
        "space": {name: values.to_table() for name, values in search.space.items()},
        "found": None if ended.found is None else dict(ended.found),
        "number": ended.number,
        "keys": list(ended.keys),
    }


def _start(plan: Plan, search: Search) -> str | None:
    """Return the alternative that has the settings from which a search starts; None without one."""
    if not search.adds:
        return None
    start = plan.asked.alternative(search.name).settings
    searched = {each.name for each in plan.config.searches}
    alike = (
        each.name
        for each in plan.asked.alternatives
        if each.settings == start and each.name not in searched
    )
    return next(alike, None)


def _claim(claim: Claim) -> dict[str, Any]:
    # A list of alternatives or a number, each under its own name, for whoever reads it.
    others = list(claim.others) or None
    return {**claim.model_dump(), "than": others, "value": claim.value}
