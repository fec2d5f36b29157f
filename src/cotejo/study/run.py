"""One run: one alternative trained with one seed, evaluated, and written to its folder.

It trains one network; with cross-validation, one of each fold, one after the other.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from cotejo.backend import keras, use_precision
from cotejo.config import Settings, Sources
from cotejo.data.dataset import Split
from cotejo.data.folds import Fold, folds
from cotejo.errors import CotejoError, OutputError, TrainingError
from cotejo.models import build_model, family_of
from cotejo.models.backbone import has_frozen_backbone
from cotejo.models.notes import with_note
from cotejo.models.own.keeping import load_kept
from cotejo.models.own.statistics import adapt_normalization
from cotejo.models.program import program
from cotejo.models.whitening import whiten
from cotejo.platform import resolve_precision
from cotejo.store import (
    HISTORY_COLUMNS,
    RunFile,
    RunFolder,
    csv_content,
    delete_checkpoints,
    make_folder,
    now,
    write_file,
)
from cotejo.store.files import parse_json
from cotejo.study.evaluation import (
    Answers,
    Evaluation,
    ask,
    evaluate,
    model_content,
    note_test,
)
from cotejo.study.events import BatchEnded, Emit, EpochEnded, RunResumed
from cotejo.study.keeping import checkpoints_of, goes_on
from cotejo.study.networks import same_network
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import PlannedRun
from cotejo.study.record import (
    described_model,
    described_reason,
    reason_of,
    start_record,
    timings,
)
from cotejo.study.replaced import clear
from cotejo.study.results import Results, save
from cotejo.study.search.trial import trial_steps
from cotejo.study.together import together
from cotejo.train import Training, fresh_backend
from cotejo.train.checkpoint import Resumed
from cotejo.train.loop import training_steps
from cotejo.train.programs import about, mark
from cotejo.train.work import Steps, alone
from cotejo.trained.description import described, note_of
from cotejo.trained.learned import learned_part
from cotejo.trained.looking import Looked, look

__all__ = ["build_network", "run_steps", "train_run"]


def train_run(plan: Plan, job: Job, emit: Emit) -> CotejoError | None:
    """Train, evaluate and write a run; return why it failed, or None if it finished.

    Args:
        plan: the plan that the job is of.
        job: the run to train.
        emit: told of each batch and epoch.

    Raises:
        OutputError: its files can't be written, which would end the other runs too.
    """
    return alone(run_steps(plan, job, emit))


def run_steps(
    plan: Plan, job: Job, emit: Emit, clock: Callable[[], float] = time.perf_counter
) -> Steps[CotejoError | None]:
    """Do as `train_run` does, but leave the work of the device to whoever drives this run.

    Args:
        plan: the plan that the job is of.
        job: the run to train.
        emit: told of each batch and epoch.
        clock: what the seconds of the run are read from.
    """
    if job.trial is not None:
        return (yield from trial_steps(plan, job, job.trial, emit, clock))
    run = job.run
    clear(run.folder, run.key, plan.folder, but_checkpoints=True)
    make_folder(run.folder)
    results = Results(run, plan.folder, start_record(plan, job), files={})
    record = results.record
    log = [f"{record['started']} started {run.alternative} seed {run.seed}"]
    reason: CotejoError | None = None
    try:
        yield from _train_and_evaluate(plan, job, results, log, emit, clock)
    except OutputError:
        raise
    except Exception as error:
        reason = reason_of(error, job)
        log.append(traceback.format_exc())
        results.files.clear()
        record |= {"status": "failed", "finished": now(), "reason": described_reason(reason)}
    except BaseException:
        log.append(f"{now()} stopped")
        with suppress(OutputError):  # what stopped it says more
            write_file(run.folder / RunFile.LOG, _lines(log))
        raise
    results.files[RunFile.LOG] = _lines(log).encode()
    save(results, emit)
    if not goes_on(reason):
        delete_checkpoints(run.folder)
    return reason


@dataclass(frozen=True)
class _Trained:
    """One trained network of a run, as far as it is kept.

    Attributes:
        images: how many there were to learn from.
        training: how it went.
        answers: what the network answers.
        looked: what its limits rest on, if it is the network that is kept.
        seconds: how long the evaluation took.
    """

    images: int
    training: Training
    answers: Answers
    looked: Looked | None
    seconds: float


def _train_and_evaluate(
    plan: Plan,
    job: Job,
    results: Results,
    log: list[str],
    emit: Emit,
    clock: Callable[[], float],
) -> Steps[None]:
    started = clock()
    record, trained = results.record, []
    for number, fold in enumerate(folds(plan.dataset, job.run.seed)):
        with fresh_backend(_seed_of_fold(job.run.seed, number)):
            each = yield from _train_on(plan, job, fold, number, results, log, emit, clock)
            trained.append(each)
    training = together([each.training for each in trained])
    evaluating = clock()
    answers = [each.answers for each in trained]
    evaluation = evaluate(plan, job, answers, trained[0].looked)
    history = csv_content(HISTORY_COLUMNS, training.history)
    results.files |= {RunFile.HISTORY: history, **evaluation.files}
    # The network's own code travels with it, before the program that was made of the network if
    # both have one name; a saved network is in the model's file.
    results.files |= {
        source.file_name: source.content
        for source in job.settings.sources.values()
        if not source.is_model
    }
    ended = clock()
    seconds = sum(each.seconds for each in trained) + ended - evaluating
    whole = ended - started + sum(each.training.seconds_before for each in trained)
    record |= _finished(training, evaluation, (seconds, whole))
    margin = trained[0].answers.margin
    if isfinite(margin):
        record["views_margin"] = margin
    if len(trained) > 1:
        record["folds"] = [_of_fold(each) for each in trained]
    _note_use(results)
    log.append(f"{record['finished']} finished")


def _note_use(results: Results) -> None:
    """Write into the model's file how the model is used, so that it can be used without the run."""
    record, folder = results.record, results.planned.folder
    metrics = parse_json(results.files[RunFile.METRICS], folder / RunFile.METRICS)
    names = {key: tuple(each) for key, each in record["dataset"]["class_names"].items()}
    layers = {layer["name"]: layer["precision"] for layer in record["model"]["layers"]}
    note = note_of(described(record, metrics, names, folder), layers)
    model = with_note(results.files[RunFile.MODEL], note)
    results.files[RunFile.MODEL] = model
    record["model"]["bytes"] = len(model)


def _seed_of_fold(seed: int, number: int) -> int:
    """Return the seed of a fold's network; that of the first, or the only one, is the run's."""
    if number == 0:
        return seed
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0]) >> 1


def _train_on(
    plan: Plan,
    job: Job,
    fold: Fold,
    number: int,
    results: Results,
    log: list[str],
    emit: Emit,
    clock: Callable[[], float],
) -> Steps[_Trained]:
    """Train and evaluate the network of one fold; that of the first is the model that is kept."""
    record, run, before = results.record, job.run, number * job.settings.epochs
    checkpoints = checkpoints_of(plan, job, fold.dataset.train, number, log.append, emit)
    learned = learned_part(fold.dataset.train, job.settings.train_fraction, run.seed)
    network = build_network(job.settings, learned, fold.dataset.num_classes)
    if job.parent is not None:
        _load_weights(network, job.parent, job.settings.sources)
    if number == 0:
        record["model"] = described_model(network)
        record["dataset"]["train"] = len(learned)
    was_frozen = has_frozen_backbone(network)

    def on_epoch(row: dict[str, Any]) -> None:
        row = row | {"epoch": before + row["epoch"]}
        log.append(_logged(row))
        emit(EpochEnded(run.id, row))

    def on_resume(resumed: Resumed, rows: Sequence[dict[str, Any]]) -> None:
        rows = [row | {"epoch": before + row["epoch"]} for row in rows]
        log.extend(map(_logged, rows))
        log.append(f"{now()} went on in epoch {before + resumed.epoch} after step {resumed.step}")
        emit(RunResumed(run.id, before + resumed.epoch, rows))

    training = yield from training_steps(
        network,
        fold.dataset,
        job.settings,
        _seed_of_fold(run.seed, number),
        on_epoch=on_epoch,
        on_batch=lambda epoch, step, steps: emit(BatchEnded(run.id, before + epoch, step, steps)),
        deadline=plan.deadline,
        clock=clock,
        checkpoints=checkpoints,
        on_resume=on_resume,
    )
    if checkpoints is not None and checkpoints.resumed:
        record["started"] = min(record["started"], checkpoints.started)
        record["resumed"] = [*record.get("resumed", ()), *map(asdict, checkpoints.resumed)]
    evaluating = clock()
    if not training.is_of_epoch:
        described = record["model"]
        changes = {**dict.fromkeys(described.get("changes", ())), "callback_weights": None}
        described["changes"] = list(changes)
    if number == 0:
        if has_frozen_backbone(network) != was_frozen:
            record["model"] = described_model(network)  # more of it has learned
        results.reading = note_test(plan, job, emit)
    answers = yield from ask(network, fold, learned, job.settings.tta, clock)
    looked = None
    if number == 0:
        looked = look(
            network,
            learned,
            fold.dataset,
            views=job.settings.tta,
            margin=answers.margin,
        )
        model = model_content(network, run.folder)
        results.files[RunFile.MODEL] = model
        if (text := program(network)) is not None:
            results.files[RunFile.PROGRAM] = text.encode()
    seconds = clock() - evaluating
    return _Trained(len(fold.dataset.train), training, answers, looked, seconds)


def _logged(row: Mapping[str, Any]) -> str:
    """Return an epoch's row as the log has it."""
    known = {name: value for name, value in row.items() if value is not None}
    return " ".join(f"{name}={value:.6g}" for name, value in known.items())


def _finished(
    training: Training, evaluation: Evaluation, seconds: tuple[float, float]
) -> dict[str, Any]:
    """Return what the record of a finished run adds; ``seconds`` are of evaluating, and in all."""
    return {
        "status": "finished",
        "epochs": len(training.history),
        "best_epoch": training.best_epoch,
        "stopped_early": training.stopped_early,
        "timings": timings(training, *seconds, evaluation.inference_seconds),
        "test_reads": evaluation.test_reads,
        "finished": now(),
    }


def _of_fold(trained: _Trained) -> dict[str, Any]:
    """Return what the record says of one fold."""
    training = trained.training
    return {
        "train": trained.images,
        "valid": len(trained.answers.valid),
        "test": len(trained.answers.test),
        "epochs": len(training.history),
        "best_epoch": training.best_epoch,
        "stopped_early": training.stopped_early,
    }


def build_network(settings: Settings, train: Split, num_classes: int) -> keras.Model:
    """Build the network of ``settings`` for images of the size and the classes of ``train``."""
    height, width, channels = train.images.shape[1:]
    with use_precision(resolve_precision(settings.precision)):
        network = build_model(
            family_of(settings), (height, width, channels), num_classes, **settings.options
        )
    # A pretrained backbone brings its own whitening.
    if not has_frozen_backbone(network):
        whiten(network, train.images)
    adapt_normalization(network, train.images)
    if about(settings) is not None:
        mark(network, (same_network(settings), settings.precision, network.input_shape))
    return network


def _load_weights(network: keras.Model, parent: PlannedRun, sources: Sources) -> None:
    run = RunFolder(parent.folder)
    if run.damage is not None:
        raise TrainingError("parent_damaged", parent=parent.alternative, reason=run.damage)
    if not run.is_finished:
        raise TrainingError("parent_failed", parent=parent.alternative)
    try:
        trained = load_kept(run, sources, of_study=True)
    except OutputError as error:  # of a run whose files were not listed yet
        reason = str(error)
        raise TrainingError("parent_damaged", parent=parent.alternative, reason=reason) from error
    network.set_weights(trained.get_weights())


def _lines(log: list[str]) -> str:
    return "\n".join(log) + "\n"
