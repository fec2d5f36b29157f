"""The carrying out of a study's searches: draw trials, have them trained, keep what was found.

A trial is a job like a run, for whichever executor trains the runs. It is finished once its
``trial.json`` is in its folder, under the key of all that determines it: what it trains, and by
which accuracies it is stopped. Those follow from the trials before it, so that a search that was
stopped goes on where it was, and one whose space was changed begins anew where it differs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cotejo.backend import keras
from cotejo.config import StudyConfig
from cotejo.config.search import FIRST_TRIAL_SEED, Search, found_alternative, with_found
from cotejo.errors import ConfigError, CotejoError, OutputError, TrainingError, recorded_error
from cotejo.models import resolve
from cotejo.store import delete_checkpoints, read_trial, trial_folder, write_trial
from cotejo.study.description import write_study
from cotejo.study.events import (
    BatchEnded,
    EpochEnded,
    Event,
    RunFailed,
    RunFinished,
    RunPlaced,
    RunResumed,
    RunStarted,
)
from cotejo.study.executor import Executor
from cotejo.study.keys import run_keys
from cotejo.study.networks import built_networks, with_compiled
from cotejo.study.place import clear_half_written
from cotejo.study.planning import Job, Plan, Searched, planned_runs
from cotejo.study.preflight import check_writable
from cotejo.study.progress import Observer, PlannedRun, RunId, TrialBegun
from cotejo.study.quick import quickened
from cotejo.study.search.pruning import stop_below
from cotejo.study.search.sampling import draw
from cotejo.study.search.task import TrialTask
from cotejo.study.search.trial import failed_trial, without_test
from cotejo.study.telling import execute

__all__ = ["search_first"]

_OF_MACHINES = {"machines.worker_lost", "machines.node_lost", "end_unknown", "out_of_memory"}
"""The reasons for which a failed trial is trained again when the study goes on."""

Trial = Mapping[str, Any]
"""The content of ``trial.json``."""


@dataclass
class _Course:
    """A search on its way: its trials so far, by number, and their keys."""

    search: Search
    trials: dict[int, Trial] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)

    @property
    def best(self) -> Trial | None:
        """The trial with the highest validation accuracy; of equals, the first."""
        finished = [each for each in self.in_order if each["status"] == "finished"]
        return max(finished, key=lambda trial: trial["valid_accuracy"], default=None)

    @property
    def in_order(self) -> list[Trial]:
        """The trials, by number."""
        return [self.trials[number] for number in sorted(self.trials)]

    def next_numbers(self, round_: int) -> range:
        """Return the numbers of the trials that are drawn together in a round."""
        first = 1 + round_ * self.search.at_once
        return range(first, min(first + self.search.at_once, self.search.trials + 1))


def search_first(
    plan: Plan, executor: Executor, observer: Observer, *, needed: bool = False
) -> Plan:
    """Carry out the searches of a plan, and return it with what they found.

    Args:
        plan: not settled; its folder is locked.
        executor: trains the trials.
        observer: told of everything.
        needed: whether a search that finds nothing ends the study. If not, its alternative is not
            trained, and the others are.

    Raises:
        ConfigError: Optuna is missing, or a search found nothing that is needed.
        OutputError: the folder can't be written.
    """
    check_writable(plan.folder)
    plan = replace(plan, runs=tuple(run for run in plan.runs if not _is_searched(plan, run)))
    # Before the first trial, so that a folder whose search was stopped is known as a study's.
    write_study(plan)
    courses = [_Course(search) for search in plan.config.searches]
    observer.searching(plan.config.searches)
    for round_ in range(max(-(-each.search.trials // each.search.at_once) for each in courses)):
        _train_round(plan, courses, round_, executor, observer)
    found: dict[str, Mapping[str, Any]] = {}
    searched: dict[str, Searched] = {}
    for course in courses:
        name, best = course.search.name, course.best
        keys = tuple(course.keys[number] for number in sorted(course.keys))
        searched[name] = Searched(keys)
        if best is not None:
            found[name] = best["values"]
            searched[name] = Searched(keys, best["values"], best["number"])
            observer.search_ended(name, best)
            continue
        nothing = _nothing_found(course)
        if needed:
            raise nothing
        observer.search_failed(name, nothing)
    return _with_found(plan, found, searched)


def _is_searched(plan: Plan, run: PlannedRun) -> bool:
    return plan.config.search(run.alternative) is not None


def _nothing_found(course: _Course) -> ConfigError:
    why = recorded_error(course.in_order[0]["reason"])
    search = course.search
    return ConfigError(
        "searching.none_finished", name=search.name, trials=search.trials, reason=why
    )


def _with_found(
    plan: Plan, found: Mapping[str, Mapping[str, Any]], searched: Mapping[str, Searched]
) -> Plan:
    """Return the plan with the settings that were found, and the runs that are trained with them.

    What was found nothing for has no runs.
    """
    config, parameters, changes = _built(plan, with_found(plan.asked, found))
    keys = run_keys(config, plan.dataset, keras.config.backend())
    keys = {run: key for run, key in keys.items() if run[0] in found or run[0] not in searched}
    runs = planned_runs(config, keys, plan.folder, parameters)
    return replace(plan, config=config, runs=runs, changes=changes, searched=searched)


def _built(
    plan: Plan, config: StudyConfig
) -> tuple[StudyConfig, dict[str, int], dict[str, tuple[str, ...]]]:
    """Return a study as it is trained; and of its networks the parameters, and what was changed."""
    config = resolve(config)
    if plan.quick:
        config = quickened(config)
    built = built_networks(config, plan.dataset)
    changes = {name: each.changes for name, each in built.items() if each.changes}
    return (
        with_compiled(config, built),
        {name: each.parameters for name, each in built.items()},
        changes,
    )


def _train_round(
    plan: Plan,
    courses: Sequence[_Course],
    round_: int,
    executor: Executor,
    observer: Observer,
) -> None:
    """Draw the next trials of each search, and have those trained that are not there yet."""
    waiting: dict[RunId, tuple[_Course, Job, TrialTask]] = {}
    configs: list[StudyConfig] = []
    for course in courses:
        search, before = course.search, course.in_order
        numbers = course.next_numbers(round_)
        drawn = draw(search, before, numbers.start, len(numbers)) if numbers else []
        for number, values in zip(numbers, drawn, strict=True):
            config, job, task, refused = _trial(plan, search, before, number, values)
            course.keys[number] = job.run.key
            there = _there(job)
            if there is None and refused is not None:
                there = failed_trial(plan, job, task, refused)
                write_trial(job.run.folder, there)
            if there is not None:
                # A process that was killed once all was written may have left these.
                clear_half_written(job.run.folder)
                delete_checkpoints(job.run.folder)
                course.trials[number] = there
                observer.trial_ended(_begun(course, job, task), there)
            else:
                waiting[job.run.id] = course, job, task
                configs.append(config)
    if not waiting:
        return
    jobs = [job for _, job, _ in waiting.values()]
    alternatives = tuple(each for config in configs for each in config.alternatives)
    of_trials = replace(
        plan,
        config=plan.config.model_copy(update={"alternatives": alternatives, "claims": ()}),
        dataset=without_test(plan.dataset),
        runs=tuple(job.run for job in jobs),
    )
    relay = _Relay(of_trials, waiting, observer)
    execute(executor, of_trials, jobs, relay)
    relay.fail_silent_trials()


def _trial(
    plan: Plan, search: Search, before: Sequence[Trial], number: int, values: Mapping[str, Any]
) -> tuple[StudyConfig, Job, TrialTask, ConfigError | None]:
    """Return a trial as a study of one alternative and as a job, and why it can't be trained."""
    name, seed = f"{search.name}-trial-{number}", FIRST_TRIAL_SEED + number - 1
    config = plan.config
    start = config.alternative(search.name)
    refused: ConfigError | None = None
    parameters, network_key = {name: 0}, ""
    try:
        alternative = found_alternative(plan.asked.alternative(search.name), values, name)
        config, parameters, _ = _built(
            plan, plan.asked.model_copy(update={"alternatives": (alternative,), "searches": ()})
        )
        seeds = {name: [seed]}
        keys = run_keys(config, plan.dataset, keras.config.backend(), seeds=seeds)
        network_key, start = keys[name, seed], config.alternatives[0]
    except ConfigError as error:  # values that make no sense together, or a network too large
        refused = error
    epochs = start.settings.epochs
    limits = stop_below(before, epochs) if search.prune else ()
    task = TrialTask(search.name, number, values, limits)
    content = {"run": network_key or [dict(values), seed], "stop_below": list(limits)}
    key = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    folder = trial_folder(plan.folder, search.name, number)
    run = PlannedRun(
        name, seed, key, folder, finished=False, epochs=epochs, parameters=parameters[name]
    )
    return config, Job(run, start.settings, None, task), task, refused


def _there(job: Job) -> Trial | None:
    """Return the trial that is in a job's folder; None if there is none, or another one."""
    try:
        trial = read_trial(job.run.folder)
    except OutputError:
        return None  # damaged: it is trained again, and its key says that it will be the same
    if trial is None or trial["key"] != job.run.key:
        return None
    reason = trial["reason"]
    # It says nothing of the values that it tried.
    return None if reason is not None and reason["key"] in _OF_MACHINES else trial


def _begun(course: _Course, job: Job, task: TrialTask) -> TrialBegun:
    search = course.search
    return TrialBegun(search.name, task.number, search.trials, task.values, job.settings.epochs)


class _Relay:
    """Turns the events of an executor into calls of the observer, and gathers the trials."""

    def __init__(
        self,
        plan: Plan,
        waiting: Mapping[RunId, tuple[_Course, Job, TrialTask]],
        observer: Observer,
    ) -> None:
        self._plan = plan
        self._waiting = waiting
        self._observer = observer

    def __call__(self, event: Event) -> None:
        course, job, task = self._waiting[event.run]
        begun = _begun(course, job, task)
        match event:
            case RunStarted() | RunPlaced():  # or is begun again, elsewhere
                self._observer.trial_started(replace(begun, place=event.place))
            case BatchEnded():
                self._observer.trial_batch_ended(begun, event.epoch, event.step, event.steps)
            case EpochEnded():
                self._observer.trial_epoch_ended(begun, dict(event.row))
            case RunResumed():
                for row in event.rows:
                    self._observer.trial_epoch_ended(begun, dict(row))
            case RunFinished():
                self._end(event.run, None)
            case RunFailed():
                self._end(event.run, event.reason)

    def fail_silent_trials(self) -> None:
        """Count the trials as failed of which the executor did not say how they ended."""
        for run, (course, _, task) in self._waiting.items():
            if task.number not in course.trials:
                self._end(run, TrainingError("end_unknown"))

    def _end(self, run: RunId, reason: CotejoError | None) -> None:
        course, job, task = self._waiting[run]
        trial = _there(job)
        if trial is None:
            reason = reason or TrainingError("end_unknown")
            trial = failed_trial(self._plan, job, task, reason)
            write_trial(job.run.folder, trial)
        course.trials[task.number] = trial
        self._observer.trial_ended(_begun(course, job, task), trial)
