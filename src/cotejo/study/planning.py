"""The plan of a study: what is trained, on what, where, and under which keys.

`make_plan` makes it from a study and the arguments of `Study.run`, and refuses what can't be
trained before anything is downloaded or written. `settle` then looks at the study's folder, which
is locked by now: which runs are finished, and whether the others can be written.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from cotejo.backend import keras
from cotejo.config import Settings, StudyConfig
from cotejo.data import Dataset, find_source, is_published, load
from cotejo.data.dataset import without_validation
from cotejo.data.folds import check_folds, fold_count, in_folds
from cotejo.errors import DownloadError
from cotejo.models import check_models, resolve
from cotejo.store import (
    RunFolder,
    StudyFile,
    StudyFolder,
    checkpoint_files,
    delete_checkpoints,
    make_folder,
    put_damaged_readings_aside,
)
from cotejo.study.borrowing import borrow
from cotejo.study.keys import Keys, run_keys
from cotejo.study.networks import built_networks, with_compiled
from cotejo.study.place import check_place, clear_half_written, default_folder
from cotejo.study.preflight import check_before_training, check_final, check_splits
from cotejo.study.progress import Observer, PlannedRun, RunId
from cotejo.study.quick import first_images, quickened
from cotejo.study.replaced import bring_back
from cotejo.study.results import bring_back_kept
from cotejo.study.search.task import TrialTask
from cotejo.study.shards import Shard, check_shard_place, dealt
from cotejo.texts import shown_path

__all__ = ["Job", "Plan", "RunOptions", "Searched", "make_plan", "planned_runs", "settle"]


@dataclass(frozen=True)
class RunOptions:
    """The arguments of `Study.run` that decide what is trained; they are described there."""

    out: Path | None = None
    data_dir: Path | None = None
    dataset: Dataset | None = None
    quick: bool = False
    final: bool = False
    deadline: float | None = None
    fallback: str | None = None
    command: str | None = None
    others: tuple[Path, ...] = ()
    until_settled: bool = False
    shard: Shard | None = None


@dataclass(frozen=True)
class Job:
    """One run to train.

    Attributes:
        run: which run, under which key, and where its files go.
        settings: its settings, resolved.
        parent: the run whose weights it starts from; None if it starts from random weights.
        trial: what it tries, if it is a trial of a search and not a run.
    """

    run: PlannedRun
    settings: Settings
    parent: PlannedRun | None
    trial: TrialTask | None = None


@dataclass(frozen=True)
class Searched:
    """A search that has come to its end.

    Attributes:
        keys: of its trials, in order.
        found: the values of the best trial; None if none finished.
        number: of that trial.
    """

    keys: tuple[str, ...] = ()
    found: Mapping[str, Any] | None = None
    number: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a study trains.

    Attributes:
        config: the study, resolved, and cut down if this is a quick look.
        asked: the study, resolved and not cut down: what ``study.toml`` repeats.
        dataset: the images that are learned from and tested on.
        folder: the study's folder.
        runs: every run with its key, seed by seed, each after the one that it starts from.
        quick: whether this is a quick look.
        command: the command that repeats the study.
        deadline: when training has to end, in seconds of this process's `time.perf_counter`.
        changes: what was changed of networks of the user's own, by alternative.
        others: the folders of other studies, whose runs are copied where they are the same.
        shard: the part of the plan that is trained here; None for all of it.
        searched: the searches that have come to their end, by the alternative's name.
    """

    config: StudyConfig
    asked: StudyConfig
    dataset: Dataset
    folder: Path
    runs: tuple[PlannedRun, ...]
    quick: bool = False
    command: str = ""
    deadline: float | None = None
    changes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[Path, ...] = ()
    shard: Shard | None = None
    searched: Mapping[str, Searched] = field(default_factory=dict)

    @property
    def final(self) -> bool:
        """Whether the validation images are learned from too, so that nothing can be chosen."""
        return self.dataset.split.get("method") == "final"

    @property
    def keys(self) -> Keys:
        """The key of every run, by alternative and seed."""
        return {run.id: run.key for run in self.runs}

    def seeds_of(self, alternative: str) -> list[int]:
        """Return the seeds that an alternative is trained with, in order."""
        return [run.seed for run in self.runs if run.alternative == alternative]

    @property
    def own_runs(self) -> tuple[PlannedRun, ...]:
        """The runs that are trained here: all of them, or those of the shard."""
        if self.shard is None:
            return self.runs
        parents = {each.name: each.settings.start_from for each in self.config.alternatives}
        own = dealt(self.shard, [run.id for run in self.runs], parents)
        return tuple(run for run in self.runs if run.id in own)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Those of `own_runs` that are not finished, as jobs, in their order."""
        return tuple(self.job(run) for run in self.own_runs if not run.finished)

    def job(self, run: PlannedRun) -> Job:
        """Return a run of the plan as a job."""
        settings = self.config.alternative(run.alternative).settings
        start = settings.start_from
        return Job(run, settings, self._by_id[start, run.seed] if start is not None else None)

    @cached_property
    def _by_id(self) -> dict[RunId, PlannedRun]:
        return {run.id: run for run in self.runs}


def make_plan(config: StudyConfig, options: RunOptions, observer: Observer) -> Plan:
    """Make the plan of a study, and its folder; no run is looked at yet, so none is finished.

    Args:
        config: the study as it was written.
        options: how it is to be run.
        observer: told of downloads.

    Raises:
        CotejoError: the data can't be had, an alternative can't be built as it is written, or
            the folder can't be written.
    """
    # Before anything is downloaded or written, so that a mistake costs nothing. Again, because a
    # model of the user's own may have been registered anew since.
    check_models(config)
    if options.final:
        check_final(config)
    if options.out is not None:
        check_place(options.out)
    asked = config = resolve(_named_for(config, options.dataset))
    # This refuses other images under a known name.
    by_name = _has_name(config, options.dataset)
    dataset = options.dataset or _load_data(config, options, observer)
    if options.quick:
        config, dataset = quickened(config), first_images(dataset)
    if options.final:
        dataset = without_validation(dataset)
    check_splits(dataset, options.final)
    if config.folds is not None:
        dataset = in_folds(dataset, config.folds)
        for seed in config.seeds:
            check_folds(dataset, seed)
    built = built_networks(config, dataset)
    config, asked = with_compiled(config, built), with_compiled(asked, built)
    parameters = {name: each.parameters for name, each in built.items()}
    folder = options.out or default_folder(
        config, dataset, options.quick, options.final, options.shard
    )
    check_place(folder)
    if options.shard is not None:
        check_shard_place(folder, options.shard)
    make_folder(folder)
    keys = run_keys(config, dataset, keras.config.backend(), options.deadline is not None)
    return Plan(
        config,
        asked,
        dataset,
        folder,
        planned_runs(config, keys, folder, parameters, fold_count(dataset)),
        options.quick,
        options.command or _command(folder, options, by_name),
        options.deadline,
        {name: each.changes for name, each in built.items() if each.changes},
        options.others,
        options.shard,
    )


def planned_runs(
    config: StudyConfig, keys: Keys, folder: Path, parameters: Mapping[str, int], networks: int = 1
) -> tuple[PlannedRun, ...]:
    """Return the runs of a study as if nothing of them was there, in the order of ``keys``.

    A run trains its number of ``networks`` one after the other, and has the epochs of all.
    """
    study = StudyFolder(folder)
    epochs = {each.name: networks * each.settings.epochs for each in config.alternatives}
    return tuple(
        PlannedRun(
            name,
            seed,
            key,
            study.run(name, seed).path,
            finished=False,
            epochs=epochs[name],
            parameters=parameters[name],
        )
        for (name, seed), key in keys.items()
    )


def settle(plan: Plan, observer: Observer) -> Plan:
    """Bring the plan and its folder, which is locked, together; return it with what is finished.

    Half-written files are deleted, damaged readings put aside, runs that lie elsewhere brought
    back, and those of other studies copied. Then everything is checked that would end the study
    after its training.

    Raises:
        OutputError: the folder can't be written, or the disk has no room.
        ConfigError: an alternative can't be trained on so few images, or on their size.
    """
    clear_half_written(plan.folder)
    if (aside := put_damaged_readings_aside(plan.folder)) is not None:
        observer.readings_put_aside(aside)
    bring_back(plan.folder, plan.keys)
    bring_back_kept(plan.folder, plan.keys)
    borrow(plan.folder, plan.keys, plan.others)
    plan = replace(plan, runs=tuple(map(_as_it_is, plan.runs)))
    check_before_training(plan.config, plan.dataset, plan.own_runs, plan.folder)
    return plan


def _as_it_is(run: PlannedRun) -> PlannedRun:
    """Return a run with what its folder holds: whether it is finished, or what is in the way.

    Raises:
        OutputError: what is left over in the folder of a finished run can't be deleted.
    """
    there = RunFolder(run.folder)
    finished = there.is_finished and there.key == run.key
    if finished:  # a process that was killed once all was written may have left these
        clear_half_written(run.folder)
        delete_checkpoints(run.folder)
    # What was being written when a process was killed is written again.
    half_written = not there.is_written and any(checkpoint_files(run.folder))
    in_the_way = None if finished or half_written else there.in_the_way(run.key)
    return replace(run, finished=finished, in_the_way=in_the_way)


def _named_for(config: StudyConfig, dataset: Dataset | None) -> StudyConfig:
    """Return the study with the name of the dataset that it is given in place of its own.

    A path stays if the dataset is one that can be read from a path, as CIFAR-10 can: the path then
    says where to find this very data.
    """
    if dataset is None:
        return config
    source = find_source(dataset.name)
    from_path = dataset.pictures is not None or (source is not None and source.read is not None)
    if from_path and find_source(config.data) is None:
        return config
    return config.model_copy(update={"data": dataset.name})


def _load_data(config: StudyConfig, options: RunOptions, observer: Observer) -> Dataset:
    wanted = config.data
    try:
        return load(
            wanted,
            data_dir=options.data_dir,
            progress=observer.data_progress,
            images=config.images,
            on_pictures=observer.pictures_read,
        )
    except DownloadError as error:
        if options.fallback is None:
            raise
        observer.data_missing(wanted, options.fallback, error)
        return load(options.fallback, data_dir=options.data_dir, progress=observer.data_progress)


def _command(folder: Path, options: RunOptions, by_name: bool) -> str:
    """Return what repeats the study: a command, or Python if the dataset has no name there."""
    wanted = {
        "--quick": options.quick,
        "--final": options.final,
        "--until-settled": options.until_settled,
    }
    flags = [flag for flag, is_wanted in wanted.items() if is_wanted]
    shard = options.shard
    path = folder / StudyFile.CONFIG
    if by_name:
        words: Sequence[str] = ["cotejo", "study", shown_path(path), "--out", shown_path(folder)]
        return shlex.join([*words, *flags, *([] if shard is None else ["--shard", str(shard)])])
    arguments = "".join(f", {flag[2:].replace('-', '_')}=True" for flag in flags)
    if shard is not None:
        arguments += f", shard=({shard.number}, {shard.of})"
    study = f"cotejo.Study.load({str(path)!r})"
    code = f"import cotejo; {study}.run(out={str(folder)!r}, dataset=…{arguments})"
    return shlex.join(["python", "-c", code])


def _has_name(config: StudyConfig, dataset: Dataset | None) -> bool:
    """Return whether a command can name the study's data: not if only this process knows it.

    Raises:
        DataError: ``dataset`` has the name of another one.
    """
    if dataset is not None:
        return is_published(dataset) or (
            dataset.pictures is not None and find_source(config.data) is None
        )
    source = find_source(config.data)
    return source is None or source.ships
