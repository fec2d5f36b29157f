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
from cotejo.models.portable import load_portable
from cotejo.models.whitening import whiten
from cotejo.platform import resolve_precision
from cotejo.progress import Observer, PlannedRun
from cotejo.store import HISTORY_COLUMNS, RunFolder, csv_content, make_folder, write_file
from cotejo.study.evaluation import Evaluation, evaluate, model_content
from cotejo.study.record import (
    RunJob,
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

__all__ = ["build_network", "execute"]


def execute(job: RunJob, observer: Observer) -> CotejoError | None:
    """Train, evaluate and write a run; return why it failed, or None where it finished.

    Raises:
        OutputError: its files can't be written, which no other run would mend.
    """
    folder = job.planned.folder
    clear(folder, job.planned.key, job.study_folder)
    make_folder(folder)
    results = Results(job.planned, job.study_folder, start_record(job), files={})
    record = results.record
    log = [f"{record['started']} started {job.planned.alternative} seed {job.planned.seed}"]
    reason: CotejoError | None = None
    try:
        with fresh_backend(job.planned.seed):
            _train_and_evaluate(job, results, log, observer)
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
            write_file(folder / "log.txt", _lines(log))
        raise
    results.files["log.txt"] = _lines(log).encode()
    save(results, observer)
    return reason


def _train_and_evaluate(job: RunJob, results: Results, log: list[str], observer: Observer) -> None:
    started = time.perf_counter()
    record, planned = results.record, job.planned
    learned = _learned_images(job)
    network = build_network(job.settings, learned, job.dataset.num_classes)
    if job.parent is not None:
        _load_weights(network, job.parent)
    record["model"] = described_model(network)
    record["dataset"]["train"] = len(learned)

    def on_epoch(row: dict[str, Any]) -> None:
        known = {name: value for name, value in row.items() if value is not None}
        log.append(" ".join(f"{name}={value:.6g}" for name, value in known.items()))
        observer.epoch_ended(planned, row)

    training = train(
        network,
        job.dataset,
        job.settings,
        planned.seed,
        on_epoch=on_epoch,
        on_batch=lambda epoch, step, steps: observer.batch_ended(planned, epoch, step, steps),
        deadline=job.deadline,
    )
    evaluating = time.perf_counter()
    found = evaluate(job, network, learned)
    results.reading = found.reading
    model = model_content(network, planned.folder)
    record["model"]["bytes"] = len(model)
    history = csv_content(HISTORY_COLUMNS, training.history)
    results.files |= {"history.csv": history, "model.keras": model, **found.files}
    seconds = (time.perf_counter() - evaluating, time.perf_counter() - started)
    record |= _finished(training, found, seconds)
    log.append(f"{record['finished']} finished")


def _finished(
    training: Training, found: Evaluation, seconds: tuple[float, float]
) -> dict[str, Any]:
    """Return what the record says of a run that finished; ``seconds`` of evaluating, and of all."""
    return {
        "status": "finished",
        "epochs": len(training.history),
        "best_epoch": training.best_epoch,
        "stopped_early": training.stopped_early,
        "timings": timings(training, *seconds, found.inference_seconds),
        "test_reads": found.test_reads,
        "finished": now(),
    }


def build_network(settings: Settings, train: Split, num_classes: int) -> keras.Model:
    """Build the network that ``settings`` name for images like those that it will learn from."""
    height, width, channels = train.images.shape[1:]
    with use_precision(resolve_precision(settings.precision)):
        network = build_model(
            settings.model, (height, width, channels), num_classes, **settings.options
        )
    whiten(network, train.images)
    return network


def _learned_images(job: RunJob) -> Split:
    """Return the training images that the run learns from."""
    train = job.dataset.train
    if job.settings.train_fraction == 1:
        return train
    chosen = nested_subset(train.labels, job.settings.train_fraction, job.planned.seed)
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
