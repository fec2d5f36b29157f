"""A study that goes on until its claims are settled: train, look, choose the next runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cotejo.facts import gather
from cotejo.messages import current_language
from cotejo.report import AfterLook, after_look
from cotejo.stats import allot
from cotejo.store import now, write_looks
from cotejo.study.description import write_study
from cotejo.study.execution import StudyResult, announce, conclude, train_missing
from cotejo.study.executor import Executor, dismiss
from cotejo.study.looks import Limit, Looks, next_seeds, open_looks, with_seeds
from cotejo.study.planning import Plan, settle
from cotejo.study.progress import LookTaken, Observer

__all__ = ["carry_on", "further_runs"]


def carry_on(plan: Plan, limit: Limit, executor: Executor, observer: Observer) -> StudyResult:
    """Train the runs of a plan, and further ones, until no claim is open or the limit is reached.

    Args:
        plan: not settled; its folder is locked.
        limit: what all runs together may use; that of before where none is given.
        executor: trains the runs.
        observer: told of everything.

    Raises:
        ConfigError: looks have been taken at other claims or at other settings.
        OutputError: the folder can't be written.
        Exception: whatever the observer raises; it ends the study.
    """
    looks = open_looks(plan, limit)
    # After a look, a study that was stopped there has the next one still to plan.
    if _is_taken(looks) and (known := _after(plan)) is not None:
        looks = _planned(plan, looks, known) or looks
    plan = settle(with_seeds(plan, looks["looks"][-1]["asked"]), observer)
    announce(plan, observer)
    result = train_missing(plan, executor, observer)
    while result.finished and not _is_taken(looks):
        looks = _taken(plan.folder, looks)
        known = _after(plan)
        if known is None:
            break
        further = _planned(plan, looks, known)
        observer.looked(_told(known, looks, further))
        if further is None:
            break
        looks = further
        plan = settle(with_seeds(plan, looks["looks"][-1]["asked"]), observer)
        write_study(plan)
        observer.runs_added(plan.runs)
        result = train_missing(plan, executor, observer, timed=False)
    dismiss(executor)
    conclude(plan, result, observer)
    return result


def _is_taken(looks: Looks) -> bool:
    return looks["looks"][-1].get("finished") is not None


def _taken(folder: Path, looks: Looks) -> Looks:
    """Return the plan with its last look taken at the runs that there are, and write it down."""
    facts = gather(folder)
    seen = {each.name: each.seeds for each in facts.trained}
    last = {**looks["looks"][-1], "finished": seen, "time": now()}
    looks = {**looks, "looks": [*looks["looks"][:-1], last]}
    write_looks(folder, looks)
    return looks


def _after(plan: Plan) -> AfterLook | None:
    return after_look(plan.folder, current_language())


def _planned(plan: Plan, looks: Looks, known: AfterLook) -> Looks | None:
    """Return the plan with the look that follows its last one, and write it down.

    None where no claim is open, or nothing is left of the limit.
    """
    asked = looks["looks"][-1]["asked"]
    added = further_runs(known, looks["limit"], _runs(looks), len(looks["looks"]))
    if not added:
        return None
    look = {"asked": next_seeds(plan.config, asked, added)}
    looks = {**looks, "looks": [*looks["looks"], look]}
    write_looks(plan.folder, looks)
    return looks


def _runs(looks: Looks) -> int:
    """Return how many runs come before the last look."""
    return sum(map(len, looks["looks"][-1]["asked"].values()))


def further_runs(
    known: AfterLook, limit: Mapping[str, Any], runs: int, number: int
) -> dict[str, int]:
    """Return how many further runs of each alternative come before the next look; {} for none.

    Args:
        known: how the claims stand.
        limit: of the study.
        runs: how many runs were asked for so far.
        number: how many looks were taken.
    """
    in_seconds = limit.get("seconds") is not None
    left = limit["seconds"] - known.seconds if in_seconds else limit["runs"] - runs
    half = left / 2 if in_seconds else -(-left // 2)
    # The second look comes at half of what is left, where there is room for a run in it.
    for budget in [half, left] if number == 1 else [left]:
        counts = allot(known.sides, budget, in_seconds=in_seconds)
        added = {name: counts[name] - side.seeds for name, side in known.sides.items()}
        if any(added.values()):
            return added
    return {}


def _told(known: AfterLook, looks: Looks, further: Looks | None) -> LookTaken:
    more = _runs(further) - _runs(looks) if further is not None else 0
    return LookTaken(
        known.number,
        known.runs,
        known.claims,
        known.settled,
        tuple(claim.text for claim in known.open),
        tuple(claim.line for claim in known.open),
        more,
    )
