"""One run: one alternative trained with one seed, evaluated, and written to its folder."""

from __future__ import annotations

import time
import traceback
from contextlib import suppress
from typing import Any

from cotejo.backend import keras, use_precision
from cotejo.config import Settings
from cotejo.data.dataset import Split
from cotejo.data.splits import nested_subset
from cotejo.errors import CotejoError, OutputError, TrainingError
from cotejo.models import build_model
from cotejo.models.backbone import has_frozen_backbone
from cotejo.models.portable import load_portable
from cotejo.models.whitening import whiten
from cotejo.platform import resolve_precision
from cotejo.store import HISTORY_COLUMNS, RunFile, RunFolder, csv_content, make_folder, write_file
from cotejo.study.evaluation import Evaluation, evaluate, model_content
from cotejo.study.events import BatchEnded, Emit, EpochEnded
from cotejo.study.planning import Job, Plan
from cotejo.study.progress import PlannedRun
from cotejo.study.record import (
    described_model,
    described_reason,
    now,
    reason_of,
    start_record,
    timings,
)
from cotejo.study.replaced import clear
from cotejo.study.results import Results, save
from cotejo.train import Training, fresh_backend, train

__all__ = ["build_network", "train_run"]


def train_run(plan: Plan, job: Job, emit: Emit) -> CotejoError | None:
    """Train, evaluate and write a run; return why it failed, or None if it finished.

    Args:
        plan: the plan that the job is of.
        job: the run to train.
        emit: told of each batch and epoch.

    Raises:
        OutputError: its files can't be written, which would end the other runs too.
    """
    run = job.run
    clear(run.folder, run.key, plan.folder)
    make_folder(run.folder)
    results = Results(run, plan.folder, start_record(plan, job), files={})
    record = results.record
    log = [f"{record['started']} started {run.alternative} seed {run.seed}"]
    reason: CotejoError | None = None
    try:
        with fresh_backend(run.seed):
            _train_and_evaluate(plan, job, results, log, emit)
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
    return reason


def _train_and_evaluate(plan: Plan, job: Job, results: Results, log: list[str], emit: Emit) -> None:
    started = time.perf_counter()
    record, run = results.record, job.run
    learned = _learned_images(plan.dataset.train, job)
    network = build_network(job.settings, learned, plan.dataset.num_classes)
    if job.parent is not None:
        _load_weights(network, job.parent)
    record["model"] = described_model(network)
    was_frozen = has_frozen_backbone(network)
    record["dataset"]["train"] = len(learned)

    def on_epoch(row: dict[str, Any]) -> None:
        known = {name: value for name, value in row.items() if value is not None}
        log.append(" ".join(f"{name}={value:.6g}" for name, value in known.items()))
        emit(EpochEnded(run.id, row))

    training = train(
        network,
        plan.dataset,
        job.settings,
        run.seed,
        on_epoch=on_epoch,
        on_batch=lambda epoch, step, steps: emit(BatchEnded(run.id, epoch, step, steps)),
        deadline=plan.deadline,
    )
    if has_frozen_backbone(network) != was_frozen:
        record["model"] = described_model(network)  # more of it has learned
    evaluating = time.perf_counter()
    evaluation = evaluate(plan, job, network, learned)
    results.reading = evaluation.reading
    model = model_content(network, run.folder)
    record["model"]["bytes"] = len(model)
    history = csv_content(HISTORY_COLUMNS, training.history)
    results.files |= {RunFile.HISTORY: history, RunFile.MODEL: model, **evaluation.files}
    seconds = (time.perf_counter() - evaluating, time.perf_counter() - started)
    record |= _finished(training, evaluation, seconds)
    log.append(f"{record['finished']} finished")


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


def build_network(settings: Settings, train: Split, num_classes: int) -> keras.Model:
    """Build the network of ``settings`` for images of the size and the classes of ``train``."""
    height, width, channels = train.images.shape[1:]
    with use_precision(resolve_precision(settings.precision)):
        network = build_model(
            settings.model, (height, width, channels), num_classes, **settings.options
        )
    # A pretrained backbone brings its own whitening.
    if not has_frozen_backbone(network):
        whiten(network, train.images)
    return network


def _learned_images(train: Split, job: Job) -> Split:
    """Return the training images that the run learns from."""
    if job.settings.train_fraction == 1:
        return train
    chosen = nested_subset(train.labels, job.settings.train_fraction, job.run.seed)
    return Split(train.images[chosen], train.labels[chosen])


def _load_weights(network: keras.Model, parent: PlannedRun) -> None:
    run = RunFolder(parent.folder)
    if run.damage is not None:
        raise TrainingError("parent_damaged", parent=parent.alternative, reason=run.damage)
    if not run.is_finished:
        raise TrainingError("parent_failed", parent=parent.alternative)
    try:
        trained = load_portable(run.model)
    except OutputError as error:  # of a run whose files were not listed yet
        reason = str(error)
        raise TrainingError("parent_damaged", parent=parent.alternative, reason=reason) from error
    network.set_weights(trained.get_weights())


def _lines(log: list[str]) -> str:
    return "\n".join(log) + "\n"
