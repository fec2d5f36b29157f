"""A study that goes on until its claims are settled: train, look, choose the next runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cotejo.facts import gather
from cotejo.messages import current_language
from cotejo.report import open_claims
from cotejo.report.claims import Course, course_of, sides_of
from cotejo.report.judging import Judging
from cotejo.stats import allot
from cotejo.store import now, write_looks
from cotejo.study.description import write_study
from cotejo.study.execution import StudyResult, announce, conclude, train_missing
from cotejo.study.executor import Executor
from cotejo.study.looks import Limit, Looks, next_seeds, open_looks, with_seeds
from cotejo.study.planning import Plan, settle
from cotejo.study.progress import LookTaken, Observer

__all__ = ["carry_on"]


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
    looks = _planned(plan, looks) or looks
    plan = settle(with_seeds(plan, looks["looks"][-1]["asked"]), observer)
    announce(plan, observer)
    result = train_missing(plan, executor, observer)
    while result.finished and not _is_taken(looks):
        looks = _taken(plan.folder, looks)
        further = _planned(plan, looks)
        _tell(plan, looks, further, observer)
        if further is None:
            break
        looks = further
        plan = settle(with_seeds(plan, looks["looks"][-1]["asked"]), observer)
        write_study(plan)
        observer.runs_added(plan.runs)
        result = train_missing(plan, executor, observer, timed=False)
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


def _planned(plan: Plan, looks: Looks) -> Looks | None:
    """Return the plan with the look that follows its last one, and write it down.

    None where no claim is open, nothing is left of the limit, or the last look is still to be
    taken.
    """
    if not _is_taken(looks):
        return None
    course = course_of(gather(plan.folder))
    asked = looks["looks"][-1]["asked"]
    if course is None or not (added := _further_runs(course, looks["limit"], asked, looks)):
        return None
    look = {"asked": next_seeds(plan.config, asked, added)}
    looks = {**looks, "looks": [*looks["looks"], look]}
    write_looks(plan.folder, looks)
    return looks


def _further_runs(
    course: Course, limit: Mapping[str, Any], asked: Mapping[str, list[int]], looks: Looks
) -> dict[str, int]:
    """Return how many further runs of each alternative come before the next look; {} for none."""
    if not course.open:
        return {}
    facts = course.looks[-1].facts
    sides = sides_of(Judging(facts), course.verdicts)
    in_seconds = limit.get("seconds") is not None
    spent = course.looks[-1].seconds if in_seconds else sum(map(len, asked.values()))
    left = max((limit["seconds"] if in_seconds else limit["runs"]) - spent, 0)
    half = left / 2 if in_seconds else -(-left // 2)
    # The second look comes at half of what is left, where there is room for a run in it.
    for budget in [half, left] if len(looks["looks"]) == 1 else [left]:
        counts = allot(sides, budget, in_seconds=in_seconds)
        added = {name: counts[name] - side.seeds for name, side in sides.items()}
        if any(added.values()):
            return added
    return {}


def _tell(plan: Plan, looks: Looks, further: Looks | None, observer: Observer) -> None:
    course = course_of(gather(plan.folder))
    if course is None:
        return
    before = sum(map(len, looks["looks"][-1]["asked"].values()))
    runs = sum(map(len, further["looks"][-1]["asked"].values())) - before if further else 0
    observer.looked(
        LookTaken(
            number=course.looks[-1].number,
            runs=course.looks[-1].runs,
            claims=len(course.verdicts),
            settled=course.looks[-1].settled,
            open=tuple(open_claims(plan.folder, current_language())),
            further=runs,
        )
    )
